"""Draws training pairs: A, B, B warped onto A by the exact warp, and the same where it is visible."""

import argparse

import cv2
import numpy as np

from cache import dataset
from pairs import load_photos


def row(pair):
    a, b = (pair[k].transpose(1, 2, 0) for k in ('image_a', 'image_b'))
    size = a.shape[0]
    warp = cv2.resize(pair['warp'].transpose(1, 2, 0), (size, size), interpolation=cv2.INTER_LINEAR)
    warped = cv2.remap(b, (warp + 1) * (size / 2) - 0.5, None, cv2.INTER_LINEAR)
    visible = cv2.resize(pair['visible'][0], (size, size), interpolation=cv2.INTER_NEAREST)[..., None]
    return np.hstack((a, b, warped, (warped * visible).astype(np.uint8)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--photos', default='../../shared/train')
    parser.add_argument('--kind', default='planes', choices=('planes', 'worlds'))
    parser.add_argument('--part', default='train', choices=('train', 'validation'))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--size', type=int, default=192)
    parser.add_argument('--rows', type=int, default=8)
    parser.add_argument('--out', default='runs/contact-sheet.png')
    options = parser.parse_args()
    pairs = dataset(options.kind, load_photos(options.photos, options.part), options.size, options.seed, 2 * options.rows)
    rows = [np.hstack((row(pairs[2 * i]), row(pairs[2 * i + 1]))) for i in range(options.rows)]
    cv2.imwrite(options.out, cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == '__main__':
    main()
