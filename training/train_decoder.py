"""Stage 2: the decoder learns, with the local encoder inside its refiners; the global encoder goes on with stage 1's loss.

No gradient goes from the decoder's warps into the global features: they keep learning from the matching loss alone, at
their own rate (0 freezes them). For some pairs the refiners start from the true warp plus smooth noise instead of the
coarse one, so that they learn from views that the coarse stage does not manage yet.
"""

import argparse
import math
import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import common
from losses import at_stride, matching_cross_entropy, stage_losses, window_cross_entropy
from network import MEAN, STD, Decoder, Encoder, unit

TOLERANCE = {16: 8.0, 8: 4.0, 4: 2.0}  # pixels within which a match counts as right for certainty


class Stage2(nn.Module):
    """Encoder and decoder; the local encoder is one module in both."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()
        self.decoder.local = self.encoder.local
        self.stages = Decoder.STAGES

    def parts(self):
        """Modules whose gradients are clipped on their own."""
        d = self.decoder
        return d.coarse, d.local, *d.refiners.values(), self.encoder.wide, d.context

    def groups(self, rate, wide_rate):
        """Parameter groups of the optimiser with their peak rates."""
        d = self.decoder
        own = [p for m in (d.coarse, d.local, d.refiners) for p in m.parameters()]
        wide = [p for m in (self.encoder.wide, d.context) for p in m.parameters()]
        for p in wide:
            p.requires_grad_(wide_rate > 0)
        return [{'params': own, 'peak': rate}, {'params': wide, 'peak': wide_rate}]

    def forward(self, image_a, image_b, start=None):
        """Warps and certainties of all stages, coarse one first, and what the matching loss needs.

        start: (warp, mask) for the refiners to begin from instead of the coarse warp where the mask is set.
        """
        x = (torch.cat((image_a, image_b)) - MEAN) / STD
        low = self.decoder.low_precision
        with torch.autocast(x.device.type, torch.bfloat16, enabled=low):
            a16, b16 = self.encoder.wide(x).float().chunk(2)
            a, b = (t.float() for t in self.decoder.context(a16, b16))
        tokens = [tuple(f.flatten(2).transpose(1, 2) for f in (a16, b16)), (a, b)]
        a16, b16, a, b = (t.detach() for t in (a16, b16, a, b))
        with torch.autocast(x.device.type, torch.bfloat16, enabled=low):
            local_a = self.encoder.local.pyramid(x[: len(image_a)])
        warp, certainty = self.decoder.coarse(a, b, a16, b16)
        begin = warp if start is None else torch.where(start[1], start[0], warp)
        warps, certainties, windows = self.decoder.refine(local_a, x[len(image_a) :], begin, certainty, self.stages)
        return [warp, *warps], [certainty, *certainties], windows, tokens


def noisy_start(batch, share, generator):
    """The true warp at stride 16 with affine-like smooth noise of up to about two cells, for `share` of the pairs."""
    warp, visible = at_stride(batch['warp'], torch.ones_like(batch['visible']), 16)
    n, _, height, width = warp.shape
    knots = torch.randn(n, 2, 3, 3, generator=generator).to(warp.device)
    smooth = F.interpolate(knots, size=(height, width), mode='bicubic', align_corners=True)
    amount = torch.rand(n, 1, 1, 1, generator=generator).to(warp.device) * 1.2
    noise = torch.randn(warp.shape, generator=generator).to(warp.device) * 0.2
    chosen = (torch.rand(n, 1, 1, 1, generator=generator) < share).to(warp.device)
    return (warp + (smooth * amount + noise * amount) * (2 / width)).clamp(-3, 3), chosen


def matching_losses(tokens, log_temperature, batch, cells):
    """Stage 1's loss of plain features and of features with context, and the latter's share of right cells."""
    warp, visible = at_stride(batch['warp'], batch['visible'], 16)
    total = 0
    for (x, y), share in zip(tokens, (0.5, 1.0)):
        logits = unit(x, -1) @ unit(y, -1).transpose(1, 2) * log_temperature.exp()
        loss, right = matching_cross_entropy(logits, warp, visible, cells, cells)
        total = total + share * loss
    return total, right


def losses(model, batch, start=None):
    """Total loss; a tensor of numbers to report (per stage the shares of visible cells with errors under 1, 3, 5 and 10
    px and the certainty's loss, then the share of right coarse cells); and the last stage's logit, error, visibility."""
    warps, certainties, windows, tokens = model(batch['image_a'], batch['image_b'], start)
    size, report = batch['image_a'].shape[-1], []
    matching, right = matching_losses(tokens, model.decoder.coarse.log_temperature, batch, size // 16)
    total = matching if matching.requires_grad else 0
    target, seen = batch['warp'], batch['visible']
    for i, (warp, certainty) in enumerate(zip(warps, certainties)):
        stride = model.stages[max(0, i - 1)]
        before = windows[i - 1][0] if i > 0 else None
        place, sure, error, visible = stage_losses(
            warp, certainty, before, target, seen, size, stride, 4.5 * stride, TOLERANCE[stride]
        )
        total = total + place + 0.4 * sure
        if i > 0:
            total = total + 0.2 * window_cross_entropy(*windows[i - 1], target, seen, stride)
        count = visible.sum().clamp(min=1)
        report += [((error < k) * visible).sum() / count for k in (1, 3, 5, 10)] + [sure.detach()]
    report.append(right)
    return total, torch.stack(report).detach(), (certainties[-1].detach(), error, visible)


def auroc(scores, labels):
    order = scores.argsort()
    labels = labels[order].double()
    ranks = torch.arange(1, len(labels) + 1, dtype=torch.double)
    positive = labels.sum()
    return ((ranks * labels).sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)).clamp(min=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    common.add_arguments(parser)
    parser.add_argument('--encoder', help='encoder.pt of stage 1')
    parser.add_argument('--wide-rate', type=float, default=3e-4, help='peak rate of the global encoder and context')
    parser.add_argument('--prototype', help='folder of the prototype whose first layers start the local encoder')
    parser.add_argument('--from-true', type=float, default=0.35, help='share of pairs refined from the noisy true warp')
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    model = Stage2().to(options.device)
    if options.prototype:
        weights = common.prototype_weights(options.prototype)[0]
        common.copy_convolutions(nn.ModuleList((model.decoder.local.s2, model.decoder.local.s4, model.decoder.local.s8)), weights[:7])
    if options.encoder:
        state = torch.load(options.encoder, map_location=options.device)['average']
        pick = lambda name: {k[len(name) + 1 :]: v for k, v in state.items() if k.startswith(name + '.')}
        model.encoder.wide.load_state_dict(pick('wide'))
        model.decoder.context.load_state_dict(pick('context'))
        model.decoder.coarse.log_temperature.data.copy_(state['log_temperature'][1])
    average = common.Average(model)
    optimiser = torch.optim.AdamW(model.groups(options.rate, options.wide_rate), lr=options.rate, weight_decay=1e-3)
    path, step, spent = os.path.join(options.out, 'checkpoint.pt'), 0, 0.0
    if os.path.exists(path):
        state = torch.load(path, map_location=options.device)
        model.load_state_dict(state['model'])
        average.module.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        step, spent, average.steps = state['step'], state['spent'], state['step']
        for group, peak in zip(optimiser.param_groups, (options.rate, options.wide_rate)):
            group['peak'] = peak
    model.decoder.low_precision = not options.full_precision
    average.module.decoder.low_precision = False
    log, validation = common.Log(options.out), common.validation_batches(options, pairs=48)
    batches = common.Batches(options, first=step * options.batch)

    def validate():
        numbers, certainty, right = [], [], []
        with torch.no_grad():
            for batch in validation:
                _, report, (logit, error, visible) = losses(average.module, batch)
                numbers.append(report)
                certainty.append(logit.flatten())
                right.append(((error < 2) * visible).flatten() > 0)
        numbers = torch.stack(numbers).mean(0)
        pck = [[round(v, 3) for v in row] for row in numbers[:-1].reshape(-1, 5).tolist()]
        log.write(step=step, validation=pck, right=numbers[-1].item(), auroc=auroc(torch.cat(certainty), torch.cat(right)).item())

    if step == 0:
        validate()
    begin, sums = time.time() - spent, []
    while spent < options.minutes * 60:
        for group in optimiser.param_groups:
            group['lr'] = group['peak'] * common.cosine(spent / (options.minutes * 60))
        batch = next(batches)
        # The last stage repeats the one before it with the same weights: once in three steps is enough for it.
        model.stages = Decoder.STAGES if step % 3 == 0 else Decoder.STAGES[:-1]
        loss, report, _ = losses(model, batch, noisy_start(batch, options.from_true, generator))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norms = [nn.utils.clip_grad_norm_(part.parameters(), 1.0) for part in model.parts()]
        if all(torch.isfinite(norm) for norm in norms):
            optimiser.step()
            average.update(model)
        step, spent = step + 1, time.time() - begin
        sums.append(torch.cat((report[-6:], loss.detach()[None])))
        if step % 50 == 0:
            mean = torch.stack(sums).mean(0).tolist()
            sums = []
            log.write(step=step, spent=spent, loss=mean[-1], right=mean[-2], last=[round(v, 4) for v in mean[-7:-2]])
        if step % 200 == 0:
            content = dict(model=model.state_dict(), average=average.module.state_dict(), step=step, spent=spent)
            common.save(path, **content, optimiser=optimiser.state_dict())
        if step % 600 == 0:
            validate()
    validate()
    common.save(os.path.join(options.out, 'matcher.pt'), average=average.module.state_dict(), step=step)


if __name__ == '__main__':
    main()
