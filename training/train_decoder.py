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
from ordering import Voxels, agreement, at_places, pair_order_loss, surface_loss

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
        warp, certainty = self.decoder.coarse(a, b, a16, b16)
        if not self.stages:
            return [warp], [certainty], [], tokens
        with torch.autocast(x.device.type, torch.bfloat16, enabled=low):
            local_a = self.encoder.local.pyramid(x[: len(image_a)])
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


class Ablation(nn.Module):
    """What may be added to the matching loss of the plain global features, each with its weight (0: nothing): agreement
    (L2M's first stage), patch order (3DPoV), with the moving average as its teacher, and alignment with the surface's voxels
    (MatchGS), whose embedding learns along."""

    def __init__(self, weights, teacher, generator):
        super().__init__()
        self.agree, self.order, self.surface = weights
        # In a list: the teacher's weights are no part of this module.
        self.teacher, self.generator = [teacher], generator
        self.voxels = Voxels()

    def forward(self, tokens, batch, cells):
        warp, visible = at_stride(batch['warp'], batch['visible'], 16)
        a, b = (t.transpose(1, 2).unflatten(2, (cells, cells)) for t in tokens[0])
        total = 0
        if self.agree:
            total = total + self.agree * agreement(a, b, warp, visible)
        if self.order:
            with torch.no_grad():
                slow = self.teacher[0].encoder.wide((batch['image_a'] - MEAN) / STD)
            total = total + self.order * pair_order_loss(a, b, slow, warp, visible, generator=self.generator)
        if self.surface:
            voxels = self.voxels(batch['image_a'], batch['image_b'], batch['warp'], cells)
            there = at_places(b, warp.flatten(2).transpose(1, 2))
            total = total + self.surface * surface_loss(voxels, unit(tokens[0][0], -1), there, visible.flatten(1))
        return total


def losses(model, batch, start=None, extra=None):
    """Total loss with what `extra` adds; a tensor of numbers to report (per stage the shares of visible cells with errors under 1, 3, 5 and 10
    px and the certainty's loss, then the share of right coarse cells); and the last stage's logit, error, visibility."""
    warps, certainties, windows, tokens = model(batch['image_a'], batch['image_b'], start)
    size, report = batch['image_a'].shape[-1], []
    matching, right = matching_losses(tokens, model.decoder.coarse.log_temperature, batch, size // 16)
    total = matching if matching.requires_grad else 0
    if extra:
        total = total + extra(tokens, batch, size // 16)
    target, seen = batch['warp'], batch['visible']
    for i, (warp, certainty) in enumerate(zip(warps, certainties)):
        stride = model.stages[i - 1] if i > 0 else 16
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


def start(options, model):
    """Fills the model from what the options name: exported weights, stage 1's encoder, the prototype's first layers."""
    if options.start:
        model.load_state_dict(torch.load(options.start, map_location=options.device)['average'])
    if options.prototype:
        weights = common.prototype_weights(options.prototype)[0]
        common.copy_convolutions(nn.ModuleList((model.decoder.local.s2, model.decoder.local.s4, model.decoder.local.s8)), weights[:7])
    if options.encoder:
        state = torch.load(options.encoder, map_location=options.device)['average']
        pick = lambda name: {k[len(name) + 1 :]: v for k, v in state.items() if k.startswith(name + '.')}
        model.encoder.wide.load_state_dict(pick('wide'))
        model.decoder.context.load_state_dict(pick('context'))
        model.decoder.coarse.log_temperature.data.copy_(state['log_temperature'][1])


@torch.no_grad()
def validate(module, batches):
    """Per stage PCK@1, 3, 5, 10 and the certainty's loss; the share of right coarse cells; the last stage's AUROC."""
    numbers, certainty, right = [], [], []
    module.stages = Decoder.STAGES
    for batch in batches:
        _, report, (logit, error, visible) = losses(module, batch)
        numbers.append(report)
        certainty.append(logit.flatten())
        right.append(((error < 2) * visible).flatten() > 0)
    numbers = torch.stack(numbers).mean(0)
    pck = [[round(v, 3) for v in row] for row in numbers[:-1].reshape(-1, 5).tolist()]
    return dict(validation=pck, right=numbers[-1].item(), auroc=auroc(torch.cat(certainty), torch.cat(right)).item())


# What each of eight steps in a row refines. The coarse stage limits the matcher, so it learns in every step and the refiners,
# which cost three times as much, in two of them; the last stage repeats the one before it with the same weights.
TURNS = (Decoder.STAGES, (), (), (), Decoder.STAGES[:-1], (), (), ())


def train(rank, options):
    team = common.Team(rank, options.processes)
    torch.manual_seed(options.seed + 1000 * rank)
    generator = torch.Generator().manual_seed(options.seed + 1000 * rank)
    torch.set_num_threads(1 if options.processes > 1 else options.threads)
    torch.set_flush_denormal(True)
    model = Stage2().to(options.device)
    start(options, model)
    average = common.Average(model, options.average)
    model = model.to(memory_format=torch.channels_last)
    extra, added = None, []
    if options.agreement or options.ordering or options.surface:
        extra = Ablation((options.agreement, options.ordering, options.surface), average.module, generator)
        added = [{'params': list(extra.parameters()), 'peak': options.wide_rate}]
    optimiser = torch.optim.AdamW([*model.groups(options.rate, options.wide_rate), *added], lr=options.rate, weight_decay=1e-3)
    path, step, spent = os.path.join(options.out, 'checkpoint.pt'), 0, 0.0
    if os.path.exists(path):
        state = torch.load(path, map_location=options.device)
        model.load_state_dict(state['model'])
        average.module.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        step, spent, average.steps = state['step'], state['spent'], state['step'] // team.every
        for group, peak in zip(optimiser.param_groups, (options.rate, options.wide_rate, options.wide_rate)):
            group['peak'] = peak
    model.decoder.low_precision = not options.full_precision
    average.module.decoder.low_precision = False
    batches = common.Batches(options, first=step * options.batch, seed=rank)
    log, held_out = None, {}
    if rank == 0:
        log = common.Log(options.out)
        if options.cache:
            held_out = {kind: common.cached_validation(options, kind, 48) for kind in ('planes', 'worlds')}
        else:
            held_out = {'planes': common.validation_batches(options, pairs=48)}

    def check():
        for kind, list_of in held_out.items():
            log.write(step=step, kind=kind, **validate(average.module, list_of))

    if rank == 0 and not os.path.exists(log.path):
        check()
    begin, clock, sums = time.time() - spent, spent, []
    while clock < options.minutes * 60 and step < (options.steps or math.inf):
        progress = step / options.steps if options.steps else (time.time() - begin) / (options.minutes * 60)
        share = common.cosine(progress, options.warm_up)
        for group in optimiser.param_groups:
            group['lr'] = group['peak'] * share
        batch, turn = next(batches), step % len(TURNS)
        if options.enlarge and turn == 3:
            batch = common.larger({k: v[: (len(v) + 1) // 2] for k, v in batch.items()}, 1.5)
        model.stages = () if options.coarse else TURNS[turn]
        loss, report, _ = losses(model, batch, noisy_start(batch, options.from_true, generator), extra)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norms = [nn.utils.clip_grad_norm_([p for p in part.parameters() if p.grad is not None], 1.0) for part in model.parts()]
        if all(torch.isfinite(norm) for norm in norms):
            optimiser.step()
        step += 1
        if turn == 0:
            sums.append(torch.cat((report[-6:], report[:4], loss.detach()[None])))
        if step % team.every:
            continue
        spent = time.time() - begin
        clock = team.meet(model, spent)
        if rank > 0:
            continue
        average.update(model)
        if step % 48 == 0:
            mean = torch.stack(sums).mean(0).tolist()
            sums = []
            log.write(step=step, spent=spent, loss=mean[-1], right=mean[5], coarse=[round(v, 4) for v in mean[6:10]], last=[round(v, 4) for v in mean[:5]])
        if step % 96 == 0:
            content = dict(model=model.state_dict(), average=average.module.state_dict(), step=step, spent=spent)
            common.save(path, **content, optimiser=optimiser.state_dict())
            common.save(os.path.join(options.out, 'matcher.pt'), average=average.module.state_dict(), step=step)
        if step % options.check_every == 0:
            check()
    if rank == 0:
        common.save(os.path.join(options.out, 'matcher.pt'), average=average.module.state_dict(), step=step)
        check()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    common.add_arguments(parser)
    parser.add_argument('--start', help='matcher.pt of an earlier run, or what exported.py wrote')
    parser.add_argument('--encoder', help='encoder.pt of stage 1')
    parser.add_argument('--wide-rate', type=float, default=3e-4, help='peak rate of the global encoder and context')
    parser.add_argument('--prototype', help='folder of the prototype whose first layers start the local encoder')
    parser.add_argument('--from-true', type=float, default=0.35, help='share of pairs refined from the noisy true warp')
    parser.add_argument('--processes', type=int, default=1, help='copies of one thread each that average their weights')
    parser.add_argument('--average', type=float, default=0.98, help='decay of the moving average, once in eight steps')
    parser.add_argument('--warm-up', type=float, default=0.02, help='share of the schedule in which the rate rises')
    parser.add_argument('--enlarge', action='store_true', help='one step of eight learns from pairs enlarged by 1.5')
    parser.add_argument('--check-every', type=int, default=576, help='steps between validations, a multiple of 8')
    parser.add_argument('--steps', type=int, help='the schedule ends after these steps, for equal comparisons')
    parser.add_argument('--coarse', action='store_true', help='the refiners are never trained')
    parser.add_argument('--agreement', type=float, default=0, help='weight of the agreement loss, for ablations')
    parser.add_argument('--ordering', type=float, default=0, help='weight of the patch-order loss, for ablations')
    parser.add_argument('--surface', type=float, default=0, help='weight of the alignment with the surface, for ablations')
    options = parser.parse_args()
    if options.processes > 1:
        torch.multiprocessing.spawn(train, (options,), options.processes)
    else:
        train(0, options)


if __name__ == '__main__':
    main()
