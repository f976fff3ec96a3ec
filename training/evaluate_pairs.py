"""Quick numbers of an exported matcher: on held-out synthetic pairs, on homography pairs, and against its reference.

The ONNX files themselves are run (run_onnx.mjs). Errors are taken at the centres of the warp's cells, at 640 px long side.
The product's own measurement is `npm run evaluate`; this is for use while training.

  python3 evaluate_pairs.py ../public/models/embedded --synthetic 64
  python3 evaluate_pairs.py ../public/models/embedded --pairs ../../shared/eval/pairs.json --size 448 --rescue
  python3 evaluate_pairs.py ../public/models/embedded --reference
"""

import argparse
import json
import os
import struct
import subprocess
from collections import defaultdict

import cv2
import numpy as np

from pairs import Pairs, load_photos

THRESHOLDS = (1, 3, 5, 10)


class Matcher:
    """An exported matcher in a Node process."""

    def __init__(self, folder):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run_onnx.mjs')
        self.process = subprocess.Popen(['node', script, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, a, b):
        """Images (h, w, 3) float32 in 0..1, sides multiples of 32. Warp (h/4, w/4, 2) normalised and certainty."""
        pipe = self.process
        pipe.stdin.write(struct.pack('<4I', *a.shape[:2], *b.shape[:2]))
        for image in (a, b):
            pipe.stdin.write(np.ascontiguousarray(image.transpose(2, 0, 1), '<f4').tobytes())
        pipe.stdin.flush()
        height, width = struct.unpack('<2I', pipe.stdout.read(8))
        planes = np.frombuffer(pipe.stdout.read(12 * height * width), '<f4').reshape(3, height, width)
        return planes[:2].transpose(1, 2, 0), 1 / (1 + np.exp(-planes[2]))


def centres(height, width):
    x, y = ((np.arange(n, dtype=np.float32) + 0.5) * (2 / n) - 1 for n in (width, height))
    return np.stack(np.meshgrid(x, y), -1)


def fit(image, long_side):
    scale = long_side / max(image.shape[:2])
    height, width = (max(64, int(round(n * scale / 32)) * 32) for n in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def turned(matcher, a, b, turns, size_a, size_b):
    """Match with B turned by `turns` quarter turns; the warp is given in B as it was."""
    warp, certainty = matcher(fit(a, size_a), fit(np.rot90(b, turns), size_b))
    x, y = warp[..., 0], warp[..., 1]
    x, y = [(x, y), (-y, x), (-x, -y), (y, -x)][turns]
    return np.stack((x, y), -1), certainty


def match(matcher, a, b, size, rescue):
    """Warp and certainty; with `rescue` four orientations and three relative scales are tried small first."""
    turns, size_a, size_b = 0, size, size
    if rescue:
        trials = [(t, sa, sb) for t in range(4) for sa, sb in ((1, 1), (1, 0.5), (0.5, 1))]
        score = [turned(matcher, a, b, t, size * 0.57 * sa, size * 0.57 * sb)[1].mean() for t, sa, sb in trials]
        turns, scale_a, scale_b = trials[int(np.argmax(score))]
        size_a, size_b = size * scale_a, size * scale_b
    return turned(matcher, a, b, turns, size_a, size_b)


def truth_of_homography(h, a, b, height, width):
    """True places in B, normalised, of the warp's cells in A and whether they lie inside."""
    grid = (centres(height, width) + 1) / 2 * np.array([a.shape[1], a.shape[0]])
    places = np.dstack((grid, np.ones((height, width)))) @ np.array(h).reshape(3, 3).T
    places = places[..., :2] / places[..., 2:]
    places = places / np.array([b.shape[1], b.shape[0]]) * 2 - 1
    return places, np.abs(places).max(-1) < 1


def auroc(scores, labels):
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(1, len(scores) + 1)
    positive = labels.sum()
    return (ranks[labels].sum() - positive * (positive + 1) / 2) / max(1, positive * (len(labels) - positive))


class Report:
    def __init__(self):
        self.rows, self.scores, self.right = defaultdict(list), [], []

    def add(self, scene, error, visible, certainty):
        share = [(error[visible] < k).mean() for k in THRESHOLDS]
        self.rows[scene].append([*share, np.median(error[visible])])
        self.scores.append(certainty.ravel())
        self.right.append((visible & (error < 3)).ravel())

    def print(self):
        self.rows['all'] = [row for rows in self.rows.values() for row in rows]
        print('scene', *(f'PCK@{k}' for k in THRESHOLDS), 'median EPE', 'pairs', sep='\t')
        for scene, rows in self.rows.items():
            print(scene, *(f'{v:.3f}' for v in np.mean(rows, 0)), len(rows), sep='\t')
        print(f'AUROC of certainty against error < 3 px: {auroc(np.concatenate(self.scores), np.concatenate(self.right)):.3f}')


def synthetic(matcher, options):
    """Held-out photos, fixed seed. Also the mean certainty of related and unrelated pairs."""
    report, certainties = Report(), {True: [], False: []}
    data = Pairs(load_photos(options.photos, 'validation'), options.size or 256, 20240, options.synthetic)
    for index in range(options.synthetic):
        pair = data[index]
        a, b = (pair[k].transpose(1, 2, 0).astype(np.float32) / 255 for k in ('image_a', 'image_b'))
        warp, certainty = matcher(a, b)
        target, visible = (cv2.resize(pair[k].transpose(1, 2, 0), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for k in ('warp', 'visible'))
        related = pair['visible'].any()
        certainties[bool(related)].append(certainty.mean())
        if related:
            error = np.linalg.norm((warp - target) * (a.shape[0] / 2), axis=-1) * (640 / 448)
            report.add('synthetic', error, visible > 0.9, certainty)
    report.print()
    for related, values in certainties.items():
        if values:
            print('related' if related else 'unrelated', 'mean certainty', np.round(np.percentile(values, (5, 50, 95)), 3), len(values))


def homographies(matcher, options):
    report, folder = Report(), os.path.dirname(options.pairs)
    load = lambda name: cv2.cvtColor(cv2.imread(os.path.join(folder, name)), cv2.COLOR_BGR2RGB).astype(np.float32) / 255
    for pair in json.load(open(options.pairs)):
        if pair['kind'] != 'homography':
            continue
        a, b = load(pair['a']), load(pair['b'])
        warp, certainty = match(matcher, a, b, options.size or 448, options.rescue)
        target, visible = truth_of_homography(pair['H'], a, b, *warp.shape[:2])
        pixels = np.array([b.shape[1], b.shape[0]]) / 2 * (640 / max(b.shape[:2]))
        error = np.linalg.norm((warp - target) * pixels, axis=-1)
        report.add(pair['name'].rsplit('-', 2)[0], error, visible, certainty)
        print(pair['name'], ' '.join(f'{(error[visible] < k).mean():.3f}' for k in THRESHOLDS), f'certainty {certainty.mean():.2f}', flush=True)
    report.print()


def reference(matcher, options):
    """Largest difference from the outputs that PyTorch gave at export."""
    layout = json.load(open(os.path.join(options.model, 'reference.json')))
    data, values = open(os.path.join(options.model, layout['file']), 'rb').read(), {}
    for name, entry in layout['order'].items():
        kind = np.uint8 if entry['type'].startswith('uint8') else np.dtype('<f4')
        count = int(np.prod(entry['shape']))
        values[name] = np.frombuffer(data, kind, count).reshape(entry['shape'])[0].transpose(1, 2, 0)
        data = data[count * np.dtype(kind).itemsize :]
    warp, certainty = matcher(*(values[k].astype(np.float32) / 255 for k in ('image_a', 'image_b')))
    expected = 1 / (1 + np.exp(-values['certainty_logit'][..., 0]))
    print('largest difference: warp', np.abs(warp - values['warp']).max(), 'certainty', np.abs(certainty - expected).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', help='folder with manifest.json')
    parser.add_argument('--photos', default='../../shared/train')
    parser.add_argument('--synthetic', type=int, help='number of held-out pairs')
    parser.add_argument('--pairs', help='JSON list of homography pairs')
    parser.add_argument('--size', type=int, help='long side; 256 for synthetic pairs and 448 for photos by default')
    parser.add_argument('--rescue', action='store_true')
    parser.add_argument('--reference', action='store_true')
    options = parser.parse_args()
    matcher = Matcher(options.model)
    if options.reference:
        reference(matcher, options)
    if options.synthetic:
        synthetic(matcher, options)
    if options.pairs:
        homographies(matcher, options)
    matcher.process.stdin.close()
    matcher.process.wait()


if __name__ == '__main__':
    main()
