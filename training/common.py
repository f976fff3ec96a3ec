"""What both training stages share: data loading, schedule, moving average, checkpoints, the prototype's weights."""

import copy
import glob
import json
import math
import os
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.utils.data import DataLoader

from cache import Cached, tensors
from pairs import Pairs, load_photos


def add_arguments(parser):
    parser.add_argument('--photos', default='../../shared/train')
    parser.add_argument('--out', required=True, help='folder for checkpoint and log; an existing checkpoint is resumed')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--size', type=int, default=256)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--minutes', type=float, required=True, help='the cosine schedule ends after this much training')
    parser.add_argument('--rate', type=float, default=5e-4)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--cache', help='folder of cache.py to read pairs from instead of rendering them')
    parser.add_argument('--worlds', type=float, default=0.65, help='share of cached pairs that are worlds, not planes')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--full-precision', action='store_true', help='no bf16 in convolutions and products')


class Average:
    """Exponential moving average of a module's weights; the average is what is validated and exported."""

    def __init__(self, module, decay=0.998):
        self.module, self.decay, self.steps = copy.deepcopy(module).eval(), decay, 0

    @torch.no_grad()
    def update(self, module):
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        for mine, new in zip(self.module.parameters(), module.parameters()):
            mine.lerp_(new.detach(), 1 - decay)


class Batches:
    """Endless batches on the device. Each resume goes on with fresh pair numbers."""

    def __init__(self, options, first=0, part='train', seed=None):
        self.device, self.batch, self.cached = options.device, options.batch, None
        if options.cache:
            shares = {'planes': 1 - options.worlds, 'worlds': options.worlds}
            self.cached = Cached(os.path.join(options.cache, part), shares, [options.seed, first, seed or 0])
            return
        data = Pairs(load_photos(options.photos, part), options.size, options.seed, 1 << 30)
        order = range(first, 1 << 30)
        self.loader = iter(
            DataLoader(data, options.batch, sampler=order, num_workers=options.workers, prefetch_factor=3)
        )

    def __next__(self):
        if self.cached:
            pairs = [next(self.cached) for _ in range(self.batch)]
            batch = {k: torch.stack([p[k] for p in pairs]) for k in pairs[0]}
        else:
            batch = next(self.loader)
        batch = {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}
        for k in ('image_a', 'image_b'):
            batch[k] = batch[k].float() / 255
        return batch


def validation_batches(options, pairs=64, seed=20240):
    """A fixed list of batches from photos that training never sees."""
    data = Pairs(load_photos(options.photos, 'validation'), options.size, seed, pairs)
    out = []
    for batch in DataLoader(data, 8):
        for k in ('image_a', 'image_b'):
            batch[k] = batch[k].float() / 255
        out.append({k: v.to(options.device) for k, v in batch.items()})
    return out


def cached_validation(options, kind, pairs):
    """The first held-out pairs of a kind (from photos that training never sees), in batches of eight."""
    paths = sorted(glob.glob(os.path.join(options.cache, 'validation', f'{kind}-*.npy')))
    records = np.concatenate([np.load(p) for p in paths])[:pairs]
    out = []
    for first in range(0, len(records), 8):
        made = [tensors(r) for r in records[first : first + 8]]
        batch = {k: torch.stack([p[k] for p in made]).to(options.device) for k in made[0]}
        for k in ('image_a', 'image_b'):
            batch[k] = batch[k].float() / 255
        out.append(batch)
    return out


def larger(batch, scale):
    """The batch enlarged, for learning from more cells than the pairs were rendered with."""
    smooth = lambda t: F.interpolate(t, scale_factor=scale, mode='bilinear', align_corners=False)
    near = lambda t: F.interpolate(t, scale_factor=scale, mode='nearest')
    return {k: near(v) if k.startswith('visible') else smooth(v) for k, v in batch.items()}


def cosine(progress, warm_up=0.02):
    """Share of the peak rate at `progress` in 0..1."""
    return min(1, progress / warm_up + 0.02) * (0.5 + 0.5 * math.cos(math.pi * min(1, progress)))


class Team:
    """Processes of one thread each that train copies and average them every few steps (local SGD).

    On cores that other work shares, two single threads do several times the work of one process with two: nobody waits
    for the other at each of a step's thousands of small operations.
    """

    def __init__(self, rank, size, every=8, port=29511):
        self.rank, self.size, self.every = rank, size, every
        if size > 1:
            address = f'tcp://127.0.0.1:{port}'
            dist.init_process_group('gloo', init_method=address, rank=rank, world_size=size)

    @torch.no_grad()
    def meet(self, model, spent):
        """Every model becomes the mean of all; returns the first process's clock."""
        if self.size == 1:
            return spent
        flat = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
        dist.all_reduce(flat)
        at = 0
        for p in model.parameters():
            p.copy_(flat[at : at + p.numel()].reshape(p.shape) / self.size)
            at += p.numel()
        clock = torch.tensor([spent])
        dist.broadcast(clock, 0)
        return clock.item()


class Log:
    """Prints and appends one JSON line per entry; entries hold plain numbers."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, 'log.jsonl')

    def write(self, **entry):
        entry = {k: round(v, 4) if isinstance(v, float) else v for k, v in entry.items()}
        line = json.dumps({'time': time.strftime('%H:%M:%S'), **entry})
        print(line, flush=True)
        with open(self.path, 'a') as file:
            file.write(line + '\n')


def save(path, **content):
    """Write a checkpoint so that an interruption never leaves half a file."""
    torch.save(content, path + '.part')
    os.replace(path + '.part', path)


def prototype_weights(folder):
    """Convolution weights and biases of the prototype's ONNX files in graph order: encoder list, decoder list.

    Its batch normalisation is already folded into the convolutions.
    """
    import onnx
    from onnx import numpy_helper

    lists = []
    for name in ('encoder', 'decoder'):
        graph = onnx.load(os.path.join(folder, name + '.onnx')).graph
        values = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
        lists.append([tuple(values[i] for i in n.input[1:3]) for n in graph.node if n.op_type == 'Conv'])
    return lists


@torch.no_grad()
def copy_convolutions(module, weights):
    """Fill the module's convolutions, in order of definition, with (weight, bias) pairs."""
    for layer, (weight, bias) in zip((m for m in module.modules() if isinstance(m, torch.nn.Conv2d)), weights):
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
