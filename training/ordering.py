"""Three losses that make features of one place alike in all views, for ablations: L2M's agreement, 3DPoV's patch ordering and
MatchGS's alignment with the surface.

Agreement: the features of a place, in both views where it is visible, have cosine one (L2M's first stage on exact warps).

Ordering (3DPoV): sort a set of reference patches by how like they are to a query. The order that a slow teacher finds for the
query in the first view is the order that the student shall find in another view of the same place. Sorting is made
differentiable by an odd-even network whose comparators swap softly.

Alignment (MatchGS): InfoNCE between embeddings of the surface's voxels and the patch embeddings of both views, negatives within the
scene. There a point transformer embeds voxels of Gaussians (centre, shape, 48 numbers of colour). Here a voxel is the piece of the
surface that a cell of A shows, and a small network embeds what it looks like in both views: 4 x 4 colours, laid on the surface by the
exact warp, 48 numbers as well.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def at_places(features, places):
    """Features (B, C, h, w), unit length, at normalised places (B, Q, 2): (B, Q, C)."""
    found = F.grid_sample(features, places[:, :, None], padding_mode='border', align_corners=False)
    return F.normalize(found[..., 0].transpose(1, 2), dim=-1)


def agreement(features_a, features_b, warp, visible):
    """Mean of 1 - cosine between A's cells and B at the warp (B, 2, h, w), weighed by visibility (B, 1, h, w)."""
    a = F.normalize(features_a, dim=1).flatten(2).transpose(1, 2)
    b = at_places(features_b, warp.flatten(2).transpose(1, 2))
    weight = visible.flatten(1)
    return ((1 - (a * b).sum(-1)) * weight).sum() / weight.sum().clamp(min=1)


def swap(low, high, f):
    """Soft comparator's outputs: `f` of staying, 1 - f of swapping."""
    return f * low + (1 - f) * high, (1 - f) * low + f * high


def soft_order(values, steepness):
    """Soft permutation (..., n reference, n rank) that sorts `values` (..., n) upwards; doubly stochastic.

    An odd-even network of n layers. A comparator of a and b stays with f = arctan(steepness · (b - a)) / pi + 1/2.
    """
    n = values.shape[-1]
    wires = list(values.unbind(-1))
    columns = list(torch.eye(n, dtype=values.dtype, device=values.device).expand(*values.shape[:-1], n, n).unbind(-1))
    wires, columns = torch.stack(wires, -1), torch.stack(columns, -1)
    for layer in range(n):
        first = layer % 2
        last = first + (n - first) // 2 * 2
        low, high = wires[..., first:last:2], wires[..., first + 1 : last : 2]
        f = torch.atan(steepness * (high - low)) / math.pi + 0.5
        wires = merged(wires, first, last, *swap(low, high, f))
        low, high = columns[..., first:last:2], columns[..., first + 1 : last : 2]
        columns = merged(columns, first, last, *swap(low, high, f[..., None, :]))
    return columns


def merged(whole, first, last, low, high):
    """`whole` with its places first..last taken by low and high in turn."""
    between = torch.stack((low, high), -1).flatten(-2)
    return torch.cat((whole[..., :first], between, whole[..., last:]), -1)


def order_loss(student, teacher, visible, steepness=(20.0, 3.0)):
    """Cross-entropy between the student's and the teacher's order of references.

    student, teacher: distances 1 - cosine (B, Q, n) of each query to each reference; visible (B, Q): the place is seen in
    both views. Summed over ranks, mean over references and visible queries. The teacher stands inside the logarithm.
    """
    p = soft_order(student, steepness[0])
    with torch.no_grad():
        q = soft_order(teacher, steepness[1])
    each = -(p * (q + 1e-6).log()).sum(-1).mean(-1)
    return (visible * each).sum() / (visible.sum() + 1e-6)


def pair_order_loss(student_a, student_b, teacher_a, warp, visible, queries=64, references=64, generator=None):
    """order_loss of a batch of pairs: queries are random cells of A (teacher) and their places in B (student), the
    references are the student's cells of the other pairs' images. Features (B, C, h, w); warp and visible on their grid."""
    batch, channels = student_a.shape[:2]
    cells = torch.randint(0, warp[0, 0].numel(), (batch, queries), generator=generator)
    pick = lambda t: t.flatten(2).gather(2, cells[:, None].expand(-1, t.shape[1], -1)).transpose(1, 2)
    query_t = F.normalize(pick(teacher_a), dim=-1)
    query_s = at_places(student_b, pick(warp))
    pool = F.normalize(student_a.roll(1, 0), dim=1).flatten(2)
    chosen = torch.randint(0, pool.shape[2], (batch, references), generator=generator)
    pool = pool.gather(2, chosen[:, None].expand(-1, channels, -1))
    return order_loss(1 - query_s @ pool, 1 - query_t @ pool.detach(), pick(visible)[..., 0])


class Voxels(nn.Module):
    """Embeddings of the surface's voxels, one for each cell of A: (B, N, channels), unit length."""

    TEXELS = 4

    def __init__(self, channels=128):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(3 * self.TEXELS**2, 2 * channels), nn.ReLU(), nn.Linear(2 * channels, channels))

    def forward(self, image_a, image_b, warp, cells):
        """Images (B, 3, H, W) in 0..1; the exact warp (B, 2, h, w) on any grid; `cells` of A on each side."""
        side = cells * self.TEXELS
        texels = F.interpolate(warp, (side, side), mode='bilinear', align_corners=False)
        seen_a = F.interpolate(image_a, (side, side), mode='area')
        # Area first: a texel is as large as four pixels of the cell or more.
        small_b = F.interpolate(image_b, (side, side), mode='area')
        seen_b = F.grid_sample(small_b, texels.permute(0, 2, 3, 1), padding_mode='border', align_corners=False)
        colours = F.pixel_unshuffle((seen_a + seen_b) / 2 - 0.5, self.TEXELS)
        return F.normalize(self.embed(colours.flatten(2).transpose(1, 2)), dim=-1)


def surface_loss(voxels, query_a, query_b, visible, temperature=0.07):
    """MatchGS's InfoNCE, both ways. voxels, query_a, query_b: (B, N, C), unit length, row i of all three of one place;
    visible (B, N): it is seen in both views. A voxel's two views are its partners, and a view's voxel is its; negatives are
    the other visible places of the same pair."""
    seen = visible > 0
    keep = seen[:, None, :]
    to_a, to_b = (voxels @ q.transpose(1, 2) / temperature for q in (query_a, query_b))
    total = voxels.new_zeros(())
    # From voxels: both views' patches are in the denominator, the two partners in the numerator.
    every = torch.cat((to_a.masked_fill(~keep, -1e4), to_b.masked_fill(~keep, -1e4)), -1).logsumexp(-1)
    partners = torch.logaddexp(to_a.diagonal(dim1=1, dim2=2), to_b.diagonal(dim1=1, dim2=2))
    total = total + ((every - partners) * seen).sum()
    for scores in (to_a, to_b):
        back = scores.transpose(1, 2).masked_fill(~keep, -1e4)
        total = total + 0.5 * ((back.logsumexp(-1) - scores.diagonal(dim1=1, dim2=2)) * seen).sum()
    return total / (2 * seen.sum()).clamp(min=1)
