"""Numbers that the tests of src/features compare with, computed by NumPy alone and not by this project's code.

    python3 scripts/reference/features.py ../shared/parity/vit*

Prints, for the 30 × 6 features that src/features/wave-features.test-helper.ts computes by the same formula:
principal components and colours (numpy.linalg.eigh), and the best of 2,000 spherical k-means runs from random starts
(Lloyd's steps on unit vectors). With recorded ViTs: the colours, 0…255, of some of their patch tokens.
"""

import json
import sys
from pathlib import Path

import numpy as np


def wave_features():
    i, j = np.mgrid[0:30, 0:6]
    return np.sin(1.3 * i + 0.7 * j * j) + 0.1 * j * np.cos(0.9 * i) + np.where(j == 2, 0.02 * i, 0)


def principal_components(features, count=3):
    """Rows by falling variance, the largest coefficient of each positive; variances; variance of all together."""
    values, vectors = np.linalg.eigh(np.cov(features.T))
    order = np.argsort(values)[::-1][:count]
    basis = vectors[:, order].T
    basis *= np.sign(basis[np.arange(count), np.abs(basis).argmax(1)])[:, None]
    return basis, values[order], values.sum()


def colours(scores):
    """L2M's scaling: each component at its own mean and (unbiased) spread."""
    spread = scores.std(0, ddof=1) + 1e-5
    return np.clip((scores - scores.mean(0)) / spread * 0.5 + 0.5, 0, 1)


def spherical_k_means(features, k, starts=2000, seed=0):
    """Labels by falling size and the mean cosine of the best run."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    random = np.random.default_rng(seed)
    best = (-2.0, None)
    for _ in range(starts):
        centres = unit[random.choice(len(unit), k, replace=False)]
        labels = None
        for _ in range(100):
            now = (unit @ centres.T).argmax(1)
            if labels is not None and (now == labels).all():
                break
            labels = now
            sums = np.array([unit[labels == c].sum(0) if (labels == c).any() else centres[c] for c in range(k)])
            centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        mean_cosine = (unit @ centres.T).max(1).mean()
        if mean_cosine > best[0] + 1e-9:
            best = (mean_cosine, labels)
    sizes = np.bincount(best[1], minlength=k)
    rank = np.argsort(np.argsort(-sizes, kind='stable'), kind='stable')
    return rank[best[1]], best[0]


def patch_tokens(folder):
    tensors = json.loads((folder / 'case.json').read_text())['tensors']
    entry = tensors['patch_tokens_70x70']
    count = int(np.prod(entry['shape']))
    return np.fromfile(folder / 'tensors.bin', '<f4', count, offset=entry['byteOffset']).reshape(entry['shape'][1:])


def report(title, features):
    basis, variances, total = principal_components(features)
    print(title)
    print('  shares of variance', np.round(variances / total, 5).tolist(), 'variances', np.round(variances, 6).tolist())
    if basis.shape[1] < 10:
        print('  basis', np.round(basis, 5).tolist())
    print('  first colours', np.round(colours((features - features.mean(0)) @ basis.T)[:3], 5).tolist())


if __name__ == '__main__':
    np.set_printoptions(suppress=True)
    report('wave features', wave_features())
    for clusters in (2, 3, 4, 5):
        labels, mean_cosine = spherical_k_means(wave_features(), clusters)
        print(f'  {clusters} clusters: mean cosine {mean_cosine:.6f}, labels {"".join(map(str, labels))}')
    for folder in map(Path, sys.argv[1:]):
        tokens = patch_tokens(folder).astype(np.float64)
        basis, variances, total = principal_components(tokens)
        pixels = 255 * colours((tokens - tokens.mean(0)) @ basis.T)
        print(folder.name, 'shares', np.round(variances / total, 4).tolist())
        for place in (0, 7, 24):
            print(f'  place {place}:', np.round(pixels[place], 1).tolist())
