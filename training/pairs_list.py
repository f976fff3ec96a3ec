"""A cache's pairs as pictures with their warps, for `npm run evaluate`: what the engine says of them, verdicts above all.

  python3 pairs_list.py runs/cache/validation --kind worlds --out runs/worlds
  npm run evaluate -- --pairs training/runs/worlds/pairs.json
"""

import argparse
import glob
import json
import os

import cv2
import numpy as np

from cache import UNIT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('--kind', choices=('planes', 'worlds', '*'), default='*')
    parser.add_argument('--out', required=True)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    listed = []
    for path in sorted(glob.glob(os.path.join(options.folder, options.kind + '-*.npy'))):
        kind, _, _, first = os.path.basename(path)[:-4].split('-')
        for k, record in enumerate(np.load(path, mmap_mode='r')):
            name = f'{kind}-{int(first) + k:06d}'
            for side in 'ab':
                picture = np.ascontiguousarray(record['image_' + side].transpose(1, 2, 0)[:, :, ::-1])
                cv2.imwrite(os.path.join(options.out, f'{name}-{side}.png'), picture)
            warp = record['warp'].astype(np.float32) / UNIT
            np.savez(os.path.join(options.out, f'{name}.npz'), warp=warp, visible=record['visible'][0])
            # Two places of the same kind, or two pictures: neither shows anything of the other.
            is_related = record['visible'].any() or record['visible_back'].any()
            listed.append({
                'name': name, 'scene': kind, 'kind': 'warp' if is_related else 'unrelated',
                'a': f'{name}-a.png', 'b': f'{name}-b.png', 'truth': f'{name}.npz',
            })
    with open(os.path.join(options.out, 'pairs.json'), 'w') as file:
        json.dump(listed, file, indent=1)
    print(f'{len(listed)} pairs in {options.out}')


if __name__ == '__main__':
    main()
