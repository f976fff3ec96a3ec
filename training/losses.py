"""Losses of both stages. Warps are normalised (x, y), visibility is 0 or 1; both come at stride 2 and are pooled."""

import torch
import torch.nn.functional as F


def at_stride(warp, visible, stride):
    """Warp and visibility (more than 60 % of the cell seen) on the grid of `stride`, from stride 2."""
    k = stride // 2
    share = F.avg_pool2d(visible, k)
    return F.avg_pool2d(warp * visible, k) / share.clamp(min=1e-3), (share > 0.6).float()


def matching_cross_entropy(logits, warp, visible, width, height):
    """Cross-entropy of logits (B, N, width·height) against the true place in B, spread bilinearly over four cells.

    Returns the mean loss over visible cells and the share whose most likely cell is within 1.5 cells of the truth.
    """
    x, y = ((warp[:, i].flatten(1) + 1) * n / 2 - 0.5 for i, n in ((0, width), (1, height)))
    mask = visible[:, 0].flatten(1) * (x > -0.5) * (x < width - 0.5) * (y > -0.5) * (y < height - 0.5)
    log_p = logits.log_softmax(-1)
    x0, y0, loss = x.floor(), y.floor(), 0
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (1 - (x - x0 - dx).abs()) * (1 - (y - y0 - dy).abs())
            index = (y0 + dy).clamp(0, height - 1) * width + (x0 + dx).clamp(0, width - 1)
            loss = loss - weight * log_p.gather(-1, index.long()[..., None])[..., 0]
    best = logits.argmax(-1)
    right = ((best % width - x).abs() < 1.5) & ((best // width - y).abs() < 1.5)
    total = mask.sum().clamp(min=1)
    return (loss * mask).sum() / total, (right * mask).sum() / total


def stage_losses(warp, certainty, before, target, visible, size, stride, reach, tolerance):
    """Loss of one stage: root of the end-point error where visible, and whether certainty foretells success.

    before is the warp that the stage was given (None for the first): what it could not reach within `reach` pixels is
    left out. Errors are in pixels of the training image. A cell is a success when it is visible and within `tolerance`.
    """
    target, visible = at_stride(target, visible, stride)
    error = (((warp - target) * (size / 2)).pow(2).sum(1, keepdim=True) + 1e-3).sqrt()
    mask = visible
    if before is not None:
        mask = visible * ((((before - target) * (size / 2)).pow(2).sum(1, keepdim=True)).sqrt() < reach).float()
    place = ((error + 0.01).sqrt() * mask).sum() / mask.sum().clamp(min=1)
    success = visible * (error.detach() < tolerance).float()
    return place, F.binary_cross_entropy_with_logits(certainty, success), error.detach(), visible


def slopes(warp):
    """Change of the warp from cell to cell in x and in y, each (B, 2, h, w), by central differences."""
    padded = F.pad(warp, (1, 1, 1, 1), mode='replicate')
    across = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
    return across, down


def window_cross_entropy(given, logits, target, visible, stride):
    """Cross-entropy of a refiner's window (B, (2r+1)², h, w) against the offset that it should find.

    The offset is counted in cells of the aligned image: the given warp's slopes turn the error in B into it. Cells whose
    offset lies outside the window, or where the given warp folds, are left out.
    """
    target, visible = at_stride(target, visible, stride)
    (ax, ay), (bx, by) = (s.unbind(1) for s in slopes(given.detach()))
    ex, ey = (target - given.detach()).unbind(1)
    det = ax * by - bx * ay
    cell = (2 / given.shape[3]) * (2 / given.shape[2])
    safe = torch.where(det.abs() < 0.02 * cell, torch.ones_like(det), det)
    x, y = (by * ex - bx * ey) / safe, (ax * ey - ay * ex) / safe
    side = int(round(logits.shape[1] ** 0.5))
    radius = side // 2
    mask = visible[:, 0] * (x.abs() < radius) * (y.abs() < radius) * (det > 0.05 * cell)
    x, y = (x + radius).clamp(0, side - 1.001), (y + radius).clamp(0, side - 1.001)
    log_p, loss = logits.log_softmax(1), 0
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (1 - (x - x.floor() - dx).abs()) * (1 - (y - y.floor() - dy).abs())
            index = (y.floor() + dy) * side + x.floor() + dx
            loss = loss - weight * log_p.gather(1, index.long()[:, None])[:, 0]
    return (loss * mask).sum() / mask.sum().clamp(min=1)
