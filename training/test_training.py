"""Checks of the training code that need no data: `python3 test_training.py`."""

import math
import os

import torch

from consensus import OFFSETS, REACH, SHIFTS
from exported import difference, load_exported
from ordering import Voxels, agreement, order_loss, pair_order_loss, soft_order, surface_loss


def test_steep_order_is_a_permutation():
    values = torch.randn(5, 9, dtype=torch.double)
    p = soft_order(values, 1e9)
    wanted = torch.nn.functional.one_hot(values.argsort(-1), 9).transpose(-1, -2).double()
    assert (p - wanted).abs().max() < 1e-6
    assert ((p.transpose(-1, -2) @ values[..., None])[..., 0] - values.sort(-1).values).abs().max() < 1e-6


def test_order_is_doubly_stochastic():
    for n in (2, 7, 16):
        p = soft_order(torch.randn(3, n, dtype=torch.double), 3.0)
        assert (p >= 0).all()
        for axis in (-1, -2):
            assert (p.sum(axis) - 1).abs().max() < 1e-12


def test_gradient_by_differences():
    student = torch.rand(1, 2, 6, dtype=torch.double, requires_grad=True)
    teacher, visible = torch.rand(1, 2, 6, dtype=torch.double), torch.ones(1, 2, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda s: order_loss(s, teacher, visible), student, eps=1e-6, atol=1e-5)


def test_best_order_is_the_teachers():
    """The loss of P against Q is least where each row of P is one at Q's largest entry: the teacher's own order."""
    teacher, visible = torch.randperm(8)[None, None].double(), torch.ones(1, 1, dtype=torch.double)
    of = lambda student: order_loss(student, teacher, visible, (1e12, 20.0)).item()
    best = of(teacher)
    q = soft_order(teacher, 20.0)
    assert abs(best - -(q.max(-1).values + 1e-6).log().mean().item()) < 1e-6
    for _ in range(50):
        assert of(torch.rand(1, 1, 8, dtype=torch.double)) >= best - 1e-9


def test_unseen_places_give_no_gradient():
    student = torch.rand(1, 3, 5, requires_grad=True)
    visible = torch.tensor([[1.0, 0.0, 1.0]])
    order_loss(student, torch.rand(1, 3, 5), visible).backward()
    assert student.grad[0, 1].abs().max() == 0 and student.grad[0, 0].abs().max() > 0
    a, b = torch.randn(2, 4, 3, 3), torch.randn(2, 4, 3, 3, requires_grad=True)
    warp = torch.zeros(2, 2, 3, 3)
    agreement(a, b, warp, torch.zeros(2, 1, 3, 3)).backward()
    assert b.grad.abs().max() == 0


def test_agreement_of_equal_features_is_nothing():
    f = torch.randn(1, 8, 5, 7)
    y, x = torch.meshgrid(*((torch.arange(n) + 0.5) * 2 / n - 1 for n in (5, 7)), indexing='ij')
    same = torch.stack((x, y))[None]
    assert agreement(f, f, same, torch.ones(1, 1, 5, 7)).abs() < 1e-5
    assert agreement(f, -f, same, torch.ones(1, 1, 5, 7)) - 2 < 1e-5
    assert pair_order_loss(f.repeat(2, 1, 1, 1), f.repeat(2, 1, 1, 1), f.repeat(2, 1, 1, 1), same.repeat(2, 1, 1, 1), torch.ones(2, 1, 5, 7)) > 0


def test_surface_loss_is_info_nce():
    """Against the formula, term by term; unseen places are no partners and no negatives."""
    unit = lambda *shape: torch.nn.functional.normalize(torch.randn(*shape, dtype=torch.double), dim=-1)
    v, a, b = unit(1, 5, 6), unit(1, 5, 6), unit(1, 5, 6)
    seen, t = [0, 1, 3], 0.1
    e = lambda p, q: torch.exp(p @ q / t).item()
    from_voxels = from_patches = 0
    for i in seen:
        every = sum(e(v[0, i], q[0, j]) for j in seen for q in (a, b))
        from_voxels -= math.log((e(v[0, i], a[0, i]) + e(v[0, i], b[0, i])) / every)
        for q in (a, b):
            from_patches -= 0.5 * math.log(e(v[0, i], q[0, i]) / sum(e(v[0, j], q[0, i]) for j in seen))
    visible = torch.tensor([[1.0, 1.0, 0.0, 1.0, 0.0]])
    found = surface_loss(v, a, b, visible, t).item()
    assert abs(found - (from_voxels + from_patches) / (2 * len(seen))) < 1e-9
    assert surface_loss(v, v, v, visible, 1e-3) < surface_loss(v, a, b, visible, 1e-3)


def test_voxels_see_the_surface_in_both_views():
    """B is A mirrored: laid on the surface by the warp both views show the same, and the order of cells is A's."""
    image = torch.rand(1, 3, 32, 32)
    y, x = torch.meshgrid((torch.arange(16) + 0.5) / 8 - 1, (torch.arange(16) + 0.5) / 8 - 1, indexing='ij')
    straight, flipped = torch.stack((x, y))[None], torch.stack((-x, y))[None]
    voxels = Voxels(8)
    plain, mirrored = voxels(image, image, straight, 4), voxels(image, image.flip(-1), flipped, 4)
    assert (plain - mirrored).abs().max() < 1e-5
    other = voxels(image, torch.rand(1, 3, 32, 32), straight, 4)
    assert (plain - other).abs().max() > 1e-3


def test_shifts_are_the_map_seen_from_there():
    image = torch.randn(1, 1, 11, 13)
    found = torch.nn.functional.conv2d(image, SHIFTS, padding=REACH)
    padded = torch.nn.functional.pad(image, (REACH,) * 4)
    for k, (x, y) in enumerate(OFFSETS):
        wanted = padded[:, 0, REACH + y : REACH + y + 11, REACH + x : REACH + x + 13]
        assert torch.equal(found[:, k], wanted)


def test_exported_weights_come_back():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'public', 'models', 'embedded')
    warp, logit = difference(load_exported(folder), folder)
    assert warp < 1e-5 and logit < 1e-3, (warp, logit)


def main():
    torch.manual_seed(0)
    for name, test in list(globals().items()):
        if name.startswith('test_'):
            test()
            print('ok', name[5:].replace('_', ' '))


if __name__ == '__main__':
    main()
