"""Local consensus: which coarse matches agree with their neighbours, and what affine motion do those describe.

No weights are learned here. Everything is differentiable and made of shifts, pools and sums, so that it exports, in as
few graph nodes as that can be said: opening a graph on a GPU takes time for every node. Places and displacements are in
cells of the coarse grid, from the image's centre.
"""

import torch
import torch.nn.functional as F

OFFSETS = [(x, y) for y in range(-2, 3) for x in range(-2, 3) if (x, y) != (0, 0)]
OFFSETS += [(4 * x, 4 * y) for y in (-1, 0, 1) for x in (-1, 0, 1) if (x, y) != (0, 0)]
REACH = 4


def shifts():
    """Kernels (offsets, 1, 9, 9) of a convolution that gives the map as seen from each of OFFSETS away."""
    side = 2 * REACH + 1
    kernels = torch.zeros(len(OFFSETS), 1, side, side)
    for k, (x, y) in enumerate(OFFSETS):
        kernels[k, 0, REACH + y, REACH + x] = 1
    return kernels


SHIFTS = shifts()


def local_support(displacement, confidence, bend=0.55):
    """How much confidence around a cell agrees with its displacement: (B, 1, H, W) in 0..1, and the sum behind it.

    Two cells agree when the difference of their displacements is small against their distance, as it is in any motion
    whose local linear part is within about `bend` of the identity; outliers rarely agree by chance.
    """
    n = len(OFFSETS)
    kernels = SHIFTS.to(displacement.device).repeat(3, 1, 1, 1)
    others = F.conv2d(torch.cat((displacement, confidence), 1), kernels, padding=REACH, groups=3)
    x, y, weight = others.split((n, n, n), 1)
    tolerance = [(bend * bend) * (x * x + y * y) + 0.1 for x, y in OFFSETS]
    sharpness = (-1 / torch.tensor(tolerance, device=displacement.device)).reshape(1, -1, 1, 1)
    mine_x, mine_y = displacement.split((1, 1), 1)
    off = (x - mine_x).square() + (y - mine_y).square()
    agreed = (weight * torch.exp(off * sharpness)).sum(1, keepdim=True)
    return agreed / (weight.sum(1, keepdim=True) + 1e-3), agreed


# Of x, y, u, v: the factors of xx, yy, xy, xu, xv, yu, yv.
LEFT, RIGHT = [0, 1, 0, 0, 0, 1, 1], [0, 1, 1, 2, 3, 2, 3]


class Place:
    """Places (1, 2, H, W) with what all fits over them share."""

    def __init__(self, place):
        self.xy = place
        self.x, self.y = place.split((1, 1), 1)
        self.squares = torch.cat((place * place, self.x * self.y), 1)
        self.ones = torch.ones_like(self.x)

    def products(self, value):
        """What an affine fit of `value` (u, v) over the places sums up: 1, x, y, u, v, xx, yy, xy, xu, xv, yu, yv."""
        own = [t.expand(value.shape[0], -1, -1, -1) if value.shape[0] > 1 else t for t in (self.ones, self.xy, self.squares)]
        return torch.cat((*own[:2], value, own[2], self.x * value, self.y * value), 1)

    def solve(self, m, ridge, doubt):
        """Value of the fitted affine motion at the places from the weighted sums or means of products (B, 12, h, w);
        shrinks its slope by `ridge` (cells²), its size by `doubt`."""
        n, rest = m.split((1, 11), 1)
        mean, products = (rest / (n + 1e-6)).split((4, 7), 1)
        spread = products - mean[:, LEFT] * mean[:, RIGHT]
        squares, xy, px, py = spread.split((2, 1, 2, 2), 1)
        xx, yy = (squares + ridge).split((1, 1), 1)
        place, value = mean.split((2, 2), 1)
        dx, dy = (self.xy - place).split((1, 1), 1)
        scale = 1 / (xx * yy - xy * xy).clamp(min=1e-3)
        slope = ((px * yy - py * xy) * dx + (py * xx - px * xy) * dy) * scale
        return (value + slope) * (n / (n + doubt))


def robust(residual, sigma):
    return 1 / (1 + residual.pow(2).sum(1, keepdim=True) * (1 / (sigma * sigma))).pow(2)


def fit_everywhere(displacement, weight, place):
    """One affine motion for the whole image, reweighted four times so that the largest consistent part wins."""
    motion, w, products = None, weight, place.products(displacement)
    for sigma in (None, 6.0, 3.0, 2.0, 2.0):
        if sigma is not None:
            w = weight * robust(displacement - motion, sigma)
        motion = place.solve((w * products).sum((2, 3), keepdim=True), 1.0, 1e-3)
    return motion


def fit_windows(displacement, weight, place, window, sigma, doubt):
    """An affine motion around every cell, from a `window` x `window` neighbourhood, reweighted once."""
    products = place.products(displacement)
    pool = lambda w: F.avg_pool2d(w * products, window, 1, window // 2) * (window * window)
    motion = place.solve(pool(weight), 0.5, doubt)
    return place.solve(pool(weight * robust(displacement - motion, sigma)), 0.5, doubt)


def consensus_candidates(displacement, confidence, place):
    """Motions of ever smaller neighbourhoods, each correcting the one before where there is evidence.

    displacement (B, 2, H, W), confidence (B, 1, H, W) in 0..1, place of (1, 2, H, W): all in cells.
    Returns [whole image, 15 cells, 7 cells] (each B, 2, H, W), the support and the weight of each cell.
    """
    support, evidence = local_support(displacement, confidence)
    weight = confidence * support * support
    whole = fit_everywhere(displacement, weight, place)
    wide = whole + fit_windows(displacement - whole, weight, place, 15, 2.0, 0.3)
    near = wide + fit_windows(displacement - wide, weight, place, 7, 1.0, 0.3)
    return [whole, wide, near], support, evidence, weight
