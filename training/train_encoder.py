"""Stage 1: the global encoder and the context layers learn which stride-16 cells of two views show the same point.

The loss is a cross-entropy of the similarity of cells against the true place: on the features themselves, and on the
features after context.
"""

import argparse
import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import common
from losses import at_stride, matching_cross_entropy
from network import Context, GlobalEncoder, MEAN, STD, unit


class Stage1(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide, self.context = GlobalEncoder(), Context()
        self.log_temperature = nn.Parameter(torch.tensor([2.9, 2.9]))

    def logits(self, image_a, image_b):
        """Similarities (B, N, M) of plain features and of features with context."""
        features = self.wide((torch.cat((image_a, image_b)) - MEAN) / STD).float()
        a, b = features.chunk(2)
        plain = [f.flatten(2).transpose(1, 2) for f in (a, b)]
        out = []
        for (x, y), t in zip((plain, self.context(a, b)), self.log_temperature.exp()):
            out.append(unit(x.float(), -1) @ unit(y.float(), -1).transpose(1, 2) * t.clamp(5, 80))
        return out, features.shape[-2:]


def losses(model, batch):
    (plain, context), (height, width) = model.logits(batch['image_a'], batch['image_b'])
    warp, visible = at_stride(batch['warp'], batch['visible'], 16)
    loss_plain, right_plain = matching_cross_entropy(plain, warp, visible, width, height)
    loss, right = matching_cross_entropy(context.float(), warp, visible, width, height)
    return loss + 0.5 * loss_plain, torch.stack((loss_plain, right_plain, loss, right)).detach()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    common.add_arguments(parser)
    parser.add_argument('--prototype', help='folder of the prototype whose weights to start from')
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    model = Stage1().to(options.device)
    if options.prototype:
        common.copy_convolutions(model.wide, common.prototype_weights(options.prototype)[0])
    average = common.Average(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=1e-3)
    path, step, spent = os.path.join(options.out, 'checkpoint.pt'), 0, 0.0
    if os.path.exists(path):
        state = torch.load(path, map_location=options.device)
        model.load_state_dict(state['model'])
        average.module.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        step, spent, average.steps = state['step'], state['spent'], state['step']
    log, validation = common.Log(options.out), common.validation_batches(options)
    batches = common.Batches(options, first=step * options.batch)

    def validate():
        with torch.no_grad():
            numbers = torch.stack([losses(average.module, b)[1] for b in validation]).mean(0).tolist()
        log.write(step=step, validation=dict(zip(('ce', 'right', 'ce_context', 'right_context'), numbers)))

    validate()
    begin, sums = time.time() - spent, []
    while spent < options.minutes * 60:
        for group in optimiser.param_groups:
            group['lr'] = options.rate * common.cosine(spent / (options.minutes * 60))
        batch = next(batches)
        with torch.autocast(options.device, torch.bfloat16, enabled=not options.full_precision):
            loss, numbers = losses(model, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if torch.isfinite(norm):
            optimiser.step()
            average.update(model)
        step, spent = step + 1, time.time() - begin
        sums.append(numbers)
        if step % 50 == 0:
            ce, right, ce_context, right_context = torch.stack(sums).mean(0).tolist()
            sums = []
            log.write(step=step, spent=spent, ce=ce, right=right, ce_context=ce_context, right_context=right_context)
        if step % 200 == 0:
            content = dict(model=model.state_dict(), average=average.module.state_dict(), step=step, spent=spent)
            common.save(path, **content, optimiser=optimiser.state_dict())
        if step % 400 == 0:
            validate()
    validate()
    common.save(os.path.join(options.out, 'encoder.pt'), average=average.module.state_dict(), step=step)


if __name__ == '__main__':
    main()
