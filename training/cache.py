"""Pairs rendered ahead into files of 64, so that training only reads. A file's pairs are a function of its name.

Warps are kept in 1/4096 of the normalised range (1/32 px at 256 px), visibility as bytes. A second process may
write while training reads: a file appears when it is whole, and each pass over the cache takes what is there.

  nice python3 cache.py --kind planes --pairs 2048 --seed 5
  nice python3 cache.py --kind worlds --pairs 4096 --seed 6 --part train
"""

import argparse
import glob
import os

import numpy as np
import torch

from pairs import Pairs, load_photos

SHARD = 64
UNIT = 4096


def layout(size):
    half, fields = size // 2, []
    for end in ('', '_back'):
        fields += [('warp' + end, '<i2', (2, half, half)), ('visible' + end, 'u1', (1, half, half))]
    return np.dtype([('image_a', 'u1', (3, size, size)), ('image_b', 'u1', (3, size, size)), *fields])


def dataset(kind, photos, size, seed, length):
    if kind == 'planes':
        return Pairs(photos, size, seed, length)
    from worlds import Worlds

    return Worlds(photos, size, seed, length)


def write_shard(data, first, path):
    out = np.empty(min(SHARD, len(data) - first), layout(data.size))
    for k in range(len(out)):
        pair = data[first + k]
        for name in ('image_a', 'image_b'):
            out[name][k] = pair[name]
        for end in ('', '_back'):
            out['warp' + end][k] = (pair['warp' + end].clip(-7.9, 7.9) * UNIT).round()
            out['visible' + end][k] = pair['visible' + end]
    with open(path + '.part', 'wb') as file:
        np.save(file, out)
    os.replace(path + '.part', path)


def tensors(record):
    """One record as a pair of tensors; images stay uint8."""
    pair = {k: torch.from_numpy(record[k].copy()) for k in ('image_a', 'image_b')}
    for end in ('', '_back'):
        pair['warp' + end] = torch.from_numpy(record['warp' + end].astype(np.float32) / UNIT)
        pair['visible' + end] = torch.from_numpy(record['visible' + end].astype(np.float32))
    return pair


def mirrored(pair):
    """Both photos mirrored left to right."""
    out = {k: v.flip(-1) for k, v in pair.items()}
    for name in ('warp', 'warp_back'):
        out[name] = out[name] * torch.tensor([-1.0, 1.0]).reshape(2, 1, 1)
    return out


def swapped(pair):
    """B to A in place of A to B."""
    other = lambda k: k.replace('_a', '_b') if '_a' in k[-2:] else k.replace('_b', '_a') if k.endswith('_b') else None
    out = {other(k): pair[k] for k in ('image_a', 'image_b')}
    for name in ('warp', 'visible'):
        out[name], out[name + '_back'] = pair[name + '_back'], pair[name]
    return out


class Cached:
    """Endless pairs from a folder's files, in an order of its own for each pass; half of them mirrored, half swapped.

    shares: {'planes': 0.3, 'worlds': 0.7}: how often each kind is taken. The order is a function of the seed and of the
    files that are there when a pass begins.
    """

    def __init__(self, folder, shares, seed):
        self.folder, self.shares, self.rng = folder, shares, np.random.default_rng(seed)
        self.queues, self.open = {kind: [] for kind in shares}, {}

    def refill(self, kind):
        paths = sorted(glob.glob(os.path.join(self.folder, f'{kind}-*.npy')))
        if not paths:
            raise FileNotFoundError(f'no {kind}-*.npy in {self.folder}: render some with cache.py')
        for path in paths:
            if path not in self.open:
                self.open[path] = np.load(path, mmap_mode='r')
        places = [(path, k) for path in paths for k in range(len(self.open[path]))]
        self.queues[kind] = [places[i] for i in self.rng.permutation(len(places))]

    def __next__(self):
        kinds = list(self.shares)
        kind = kinds[self.rng.choice(len(kinds), p=[self.shares[k] for k in kinds])]
        if not self.queues[kind]:
            self.refill(kind)
        path, k = self.queues[kind].pop()
        pair = tensors(self.open[path][k])
        if self.rng.random() < 0.5:
            pair = mirrored(pair)
        return swapped(pair) if self.rng.random() < 0.5 else pair


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--photos', default='../../shared/train')
    parser.add_argument('--kind', choices=('planes', 'worlds'), required=True)
    parser.add_argument('--part', default='train', choices=('train', 'validation'))
    parser.add_argument('--pairs', type=int, required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--size', type=int, default=256)
    parser.add_argument('--out', default='runs/cache')
    options = parser.parse_args()
    folder = os.path.join(options.out, options.part)
    os.makedirs(folder, exist_ok=True)
    data = dataset(options.kind, load_photos(options.photos, options.part), options.size, options.seed, options.pairs)
    for first in range(0, options.pairs, SHARD):
        path = os.path.join(folder, f'{options.kind}-{options.size}-{options.seed}-{first:06d}.npy')
        if not os.path.exists(path):
            write_shard(data, first, path)


if __name__ == '__main__':
    main()
