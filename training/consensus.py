"""Local consensus: which coarse matches agree with their neighbours, and what affine motion do those describe.

No weights are learned here. Everything is differentiable and made of shifts, pools and sums, so that it exports. Places
and displacements are in cells of the coarse grid, from the image's centre.
"""

import torch
import torch.nn.functional as F

OFFSETS = [(x, y) for y in range(-2, 3) for x in range(-2, 3) if (x, y) != (0, 0)]
OFFSETS += [(4 * x, 4 * y) for y in (-1, 0, 1) for x in (-1, 0, 1) if (x, y) != (0, 0)]


def shifted(padded, x, y, reach):
    """The map seen `x` cells right and `y` cells down, cut from a copy padded by `reach`."""
    return padded[:, :, reach + y : y - reach or None, reach + x : x - reach or None]


def local_support(displacement, confidence, bend=0.55):
    """How much confidence around a cell agrees with its displacement: (B, 1, H, W) in 0..1, and the sum behind it.

    Two cells agree when the difference of their displacements is small against their distance, as it is in any motion
    whose local linear part is within about `bend` of the identity; outliers rarely agree by chance.
    """
    reach = 4
    padded = F.pad(torch.cat((displacement, confidence), 1), (reach,) * 4)
    others = torch.stack([shifted(padded, x, y, reach) for x, y in OFFSETS], 1)
    tolerance = [(bend * bend) * (x * x + y * y) + 0.1 for x, y in OFFSETS]
    sharpness = (-1 / torch.tensor(tolerance, device=displacement.device)).reshape(1, -1, 1, 1)
    off = (others[:, :, :2] - displacement[:, None]).pow(2).sum(2)
    weight = others[:, :, 2]
    agreed = (weight * torch.exp(off * sharpness)).sum(1, keepdim=True)
    return agreed / (weight.sum(1, keepdim=True) + 1e-3), agreed


def moments(weight, place, value):
    """The twelve weighted products that an affine fit of `value` over `place` needs, (B, 12, H, W)."""
    x, y = place.chunk(2, 1)
    basis = torch.cat((torch.ones_like(x), x, y, x * x, x * y, y * y), 1)
    return torch.cat((weight * basis, weight * value, weight * x * value, weight * y * value), 1)


def solve(m, place, ridge, doubt):
    """Value of the fitted affine motion at `place`; shrinks its slope by `ridge` (cells²), its size by `doubt`."""
    n = m[:, :1]
    mx, my, xx, xy, yy, mu, mv, xu, xv, yu, yv = (m[:, 1:] / (n + 1e-6)).chunk(11, 1)
    xx, xy, yy = xx - mx * mx + ridge, xy - mx * my, yy - my * my + ridge
    scale = 1 / (xx * yy - xy * xy).clamp(min=1e-3)
    dx, dy = (place - torch.cat((mx, my), 1)).chunk(2, 1)
    out = []
    for mean, px, py in ((mu, xu - mx * mu, yu - my * mu), (mv, xv - mx * mv, yv - my * mv)):
        out.append(mean + ((px * yy - py * xy) * dx + (py * xx - px * xy) * dy) * scale)
    return torch.cat(out, 1) * (n / (n + doubt))


def robust(residual, sigma):
    return 1 / (1 + residual.pow(2).sum(1, keepdim=True) * (1 / (sigma * sigma))).pow(2)


def fit_everywhere(displacement, weight, place):
    """One affine motion for the whole image, reweighted four times so that the largest consistent part wins."""
    motion, w = None, weight
    for sigma in (None, 6.0, 3.0, 2.0, 2.0):
        if sigma is not None:
            w = weight * robust(displacement - motion, sigma)
        m = moments(w, place, displacement).sum((2, 3), keepdim=True)
        motion = solve(m, place, 1.0, 1e-3)
    return motion


def fit_windows(displacement, weight, place, window, sigma, doubt):
    """An affine motion around every cell, from a `window` x `window` neighbourhood, reweighted once."""
    pool = lambda t: F.avg_pool2d(t, window, 1, window // 2) * (window * window)
    motion = solve(pool(moments(weight, place, displacement)), place, 0.5, doubt)
    weight = weight * robust(displacement - motion, sigma)
    return solve(pool(moments(weight, place, displacement)), place, 0.5, doubt)


def consensus_candidates(displacement, confidence, place):
    """Motions of ever smaller neighbourhoods, each correcting the one before where there is evidence.

    displacement (B, 2, H, W), confidence (B, 1, H, W) in 0..1, place (1, 2, H, W): all in cells.
    Returns [whole image, 15 cells, 7 cells] (each B, 2, H, W), the support and the weight of each cell.
    """
    support, evidence = local_support(displacement, confidence)
    weight = confidence * support * support
    whole = fit_everywhere(displacement, weight, place)
    wide = whole + fit_windows(displacement - whole, weight, place, 15, 2.0, 0.3)
    near = wide + fit_windows(displacement - wide, weight, place, 7, 1.0, 0.3)
    return [whole, wide, near], support, evidence, weight
