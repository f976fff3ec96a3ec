"""The embedded matcher: encoder (global and local features of one image) and decoder (warp and certainty of a pair).

encoder: image 1x3xHxW in 0..1 -> f16 (128 channels, for matching across the whole image), l16, l8 (64) and l4 (32),
    local features for comparing aligned patches, and f1, the normalised image itself.
decoder: matches f16 globally, replaces outliers by a local consensus of affine motions (consensus.py), then aligns image
    B with A by the warp so far, encodes the aligned B anew and refines, at strides 16, 8, 4 and 4 again. Encoding after
    alignment makes the comparison of patches indifferent to the rotation, scale and slant that the warp has explained.

Everything is written so that the traced graph keeps height and width dynamic and uses operators that onnxruntime's
WebGPU provider has; see export.py.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from consensus import Place, consensus_candidates

MEAN, STD = 0.45, 0.226


def conv(i, o, stride=1, dilation=1):
    return nn.Conv2d(i, o, 3, stride, dilation, dilation)


def conv_relu(i, o, stride=1, dilation=1):
    return nn.Sequential(conv(i, o, stride, dilation), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a, self.b = conv_relu(channels, channels), conv(channels, channels)

    def forward(self, x):
        return F.relu(x + self.b(self.a(x)))


def up2(x):
    return F.interpolate(x, scale_factor=2.0, mode='bilinear', align_corners=False)


def unit(x, dim):
    """x divided by its length along `dim`; spelled out because the exporter's own form has a CPU-only operator."""
    return x * (x.pow(2).sum(dim, keepdim=True) + 1e-6).rsqrt()


def batch_of(x):
    """x's batch size; the exported graph always has one, and a number there spares it the arithmetic of shapes."""
    return 1 if torch.onnx.is_in_onnx_export() else x.shape[0]


def rows_of(x):
    """(B, C, H, W) to (B, H·W, C)."""
    return x.reshape(batch_of(x), x.shape[1], -1).transpose(1, 2)


def axes(x):
    """Pixel-centre coordinates (1, 2, H, W) of x's grid and the step of one cell in x and y, (1, 2, 1, 1).

    Taken from a running sum over x's own shape, so that the traced graph follows any size.
    """
    one = torch.ones_like(x[:1, :1])
    column, row = one.cumsum(3), one.cumsum(2)
    width, height = column[:, :, :1, -1:], row[:, :, -1:, :1]
    grid = torch.cat(((column * 2 - 1) / width - 1, (row * 2 - 1) / height - 1), 1)
    return grid, torch.cat((2 / width, 2 / height), 1)


class GlobalEncoder(nn.Module):
    """Features for matching anywhere: 128 channels at stride 16, seen through a stride-32 bottleneck."""

    def __init__(self):
        super().__init__()
        self.s2 = conv_relu(3, 16, 2)
        self.s4 = nn.Sequential(conv_relu(16, 32, 2), Residual(32))
        self.s8 = nn.Sequential(conv_relu(32, 64, 2), Residual(64), Residual(64))
        self.s16 = nn.Sequential(conv_relu(64, 96, 2), Residual(96), Residual(96))
        self.s32 = nn.Sequential(conv_relu(96, 128, 2), Residual(128), Residual(128))
        self.o16, self.u16 = nn.Conv2d(96, 128, 1), nn.Conv2d(128, 128, 1)
        self.m16 = nn.Sequential(conv_relu(128, 128), nn.Conv2d(128, 128, 1))

    def forward(self, x):
        x16 = self.s16(self.s8(self.s4(self.s2(x))))
        h = self.o16(x16) + up2(self.u16(self.s32(x16)))
        return h + self.m16(h)


class LocalEncoder(nn.Module):
    """Features for comparing aligned patches: 64 channels at strides 16 and 8, 32 at stride 4."""

    def __init__(self):
        super().__init__()
        self.s2 = conv_relu(3, 16, 2)
        self.s4 = nn.Sequential(conv_relu(16, 32, 2), Residual(32))
        self.s8 = nn.Sequential(conv_relu(32, 64, 2), Residual(64))
        self.s16 = nn.Sequential(conv_relu(64, 64, 2), Residual(64))
        self.out = nn.ModuleDict({'16': nn.Conv2d(64, 64, 1), '8': nn.Conv2d(64, 64, 1), '4': nn.Conv2d(32, 32, 1)})

    def forward(self, x, stride):
        """Features at the one stride that is asked for."""
        x = self.s4(self.s2(x))
        if stride >= 8:
            x = self.s8(x)
        if stride >= 16:
            x = self.s16(x)
        return self.out[str(stride)](x)

    def pyramid(self, x):
        """Features at strides 16, 8 and 4."""
        x4 = self.s4(self.s2(x))
        x8 = self.s8(x4)
        return self.out['16'](self.s16(x8)), self.out['8'](x8), self.out['4'](x4)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide, self.local = GlobalEncoder(), LocalEncoder()

    def forward(self, image):
        """Normalisation is inside. Returns f16, l16, l8, l4 and the normalised image f1."""
        x = (image - MEAN) / STD
        return (self.wide(x), *self.local.pyramid(x), x)


class Attention(nn.Module):
    """Pre-norm attention and feed-forward; both end in zero weights at the start, so a new layer changes nothing."""

    def __init__(self, width=128, heads=4):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, width)
        self.norm, self.norm_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        for last in (self.out, self.feed[-1]):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def split(self, x, order=(0, 2, 1, 3)):
        return x.reshape(batch_of(x), -1, self.heads, 32).permute(order)

    def forward(self, x, source):
        a = self.norm(x)
        b = a if source is x else self.norm(source)
        q, k, v = self.split(self.query(a)), self.split(self.key(b), (0, 2, 3, 1)), self.split(self.value(b))
        weights = (q @ k * (1 / math.sqrt(32))).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(batch_of(x), -1, 128))
        return x + self.feed(self.norm_feed(x))


class Context(nn.Module):
    """Lets the stride-16 features of both images see their own image and the other one."""

    def __init__(self, layers=2):
        super().__init__()
        self.within = nn.ModuleList(Attention() for _ in range(layers))
        self.across = nn.ModuleList(Attention() for _ in range(layers))
        self.position = nn.Conv2d(2, 64, 1)
        self.strength = nn.Parameter(torch.tensor(0.05))

    def tokens(self, f):
        phase = self.position(axes(f)[0] * math.pi)
        code = torch.cat((phase.sin(), phase.cos()), 1) * self.strength
        return rows_of(f + code)

    def forward(self, a16, b16):
        """Tokens (B, N, 128) of A and of B."""
        a, b = self.tokens(a16), self.tokens(b16)
        for within, across in zip(self.within, self.across):
            a, b = within(a, a), within(b, b)
            a, b = across(a, b), across(b, a)
        return a, b


class Peak:
    """The most likely place in B of each cell of A, with what is known about it; maps are (B, c, H, W).

    place: in cells of B, the mean over the 3x3 cells around the best mutual match. mutual: its mutual probability.
    mass: probability of those nine cells, without the prior. likeness: their mean cosine.
    """

    def __init__(self, cosine, temperature, prior, shape, place_b):
        free = cosine * temperature
        scored = free if prior is None else free + prior
        forward = scored.softmax(-1)
        mutual = forward * scored.transpose(1, 2).softmax(-1).transpose(1, 2)
        cells = rows_of(place_b)
        # A comparison and a product in place of argmax and gather: onnxruntime expands int64 indices on the CPU, which
        # would read back from the GPU in the middle of every match.
        best = (mutual >= mutual.amax(-1, keepdim=True)).float()
        centre = (best @ cells) / best.sum(-1, keepdim=True)
        (x, y), (to_x, to_y) = cells.transpose(1, 2).split((1, 1), 1), centre.split((1, 1), 2)
        near = (torch.maximum((x - to_x).abs(), (y - to_y).abs()) < 1.5).float()
        window = forward * near
        total = window.sum(-1, keepdim=True) + 1e-6
        place = (window / total) @ cells
        most = mutual.amax(-1, keepdim=True)
        plain = forward if prior is None else free.softmax(-1)
        mass = (plain * near).sum(-1, keepdim=True)
        likeness = (window * cosine).sum(-1, keepdim=True) / total
        known = torch.cat((place, most, mass, likeness), -1).transpose(1, 2)
        self.place, *rest = known.reshape(batch_of(known), 5, *shape).split((2, 1, 1, 1), 1)
        self.mutual, self.mass, self.likeness = rest


def distance_prior(place, place_b, sigma):
    """-|cell of B - expected place|² / 2σ², (B, N, M), from expected places (B, 2, H, W) in cells."""
    x, y = rows_of(place).split((1, 1), 2)
    to_x, to_y = place_b.reshape(1, 2, -1).split((1, 1), 1)
    return ((x - to_x).square() + (y - to_y).square()) * (-0.5 / (sigma * sigma))


class Coarse(nn.Module):
    """Global matching at stride 16: match, find the local consensus, match again near it, and choose.

    The small network chooses between the second match and the consensus of ever larger neighbourhoods, so that outliers
    are replaced rather than nudged; it adds a small correction and says how certain it is.
    """

    def __init__(self):
        super().__init__()
        self.log_temperature = nn.Parameter(torch.tensor(2.9))
        self.reduce = nn.Conv2d(128, 24, 1)
        self.net = nn.Sequential(conv_relu(24 + 19, 64), Residual(64), Residual(64), nn.Conv2d(64, 7, 1))
        nn.init.zeros_(self.net[-1].weight)
        with torch.no_grad():
            self.net[-1].bias.copy_(torch.tensor([0.0, 2.0, 0.0, -1.0, 0.0, 0.0, 0.0]))

    def forward(self, a, b, a16, b16):
        """Context tokens and features of both images to a warp (B, 2, H, W), normalised, and a certainty logit."""
        grid_a, step_a = axes(a16)
        grid_b, step_b = axes(b16)
        place_a, place_b = grid_a / step_a, grid_b / step_b
        shape, t = a16.shape[2:], self.log_temperature.exp()
        over = Place(place_a)
        cosine = unit(a, -1) @ unit(b, -1).transpose(1, 2)
        first = Peak(cosine, t, None, shape, place_b)
        (_, _, near), support, evidence, _ = consensus_candidates(first.place - place_a, first.mutual, over)
        second = Peak(cosine, t, distance_prior(near + place_a, place_b, 1.5), shape, place_b)
        raw = second.place - place_a
        (whole, wide, near_2), support_2, evidence_2, weight = consensus_candidates(raw, second.mutual, over)
        candidates = [raw, near_2, wide, whole]
        apart = torch.cat([c - near_2 for c in (raw, wide, whole, near)], 1)
        facts = [apart.clamp(-6, 6) * 0.3, support, evidence * 0.2, support_2, evidence_2 * 0.2, weight]
        facts += [first.mutual, second.mutual, first.mass, second.mass, first.likeness, second.likeness]
        facts = torch.cat(facts, 1)
        out = self.net(torch.cat((self.reduce(a16), facts), 1))
        choice, correction, certainty = out.split((4, 2, 1), 1)
        place = place_a + correction * 0.5
        for c, share in zip(candidates, choice.softmax(1).split((1, 1, 1, 1), 1)):
            place = place + c * share
        return place * step_b, certainty


class Refiner(nn.Module):
    """Compares A's features with those of the aligned B around each cell and moves the warp by a few cells."""

    def __init__(self, channels, hidden, dilations, radius=3):
        super().__init__()
        self.radius = radius
        self.log_temperature = nn.Parameter(torch.tensor(1.5))
        self.reduce = nn.Conv2d(channels, 16, 1)
        window = (2 * radius + 1) ** 2
        self.first = conv_relu(window + 16 + 2 + 1 + 1 + 2 + 1, hidden)
        self.net = nn.Sequential(*(conv_relu(hidden, hidden, dilation=d) for d in dilations))
        self.out = nn.Conv2d(hidden, 4, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        y, x = torch.meshgrid(*(torch.arange(-radius, radius + 1.0),) * 2, indexing='ij')
        self.register_buffer('offsets', torch.stack((x.flatten(), y.flatten())).reshape(2, window, 1, 1))

    def window(self, x, other):
        """Products of x (B, c, h, w) with `other` at each offset of the window, summed over channels, (B, (2r+1)², h, w).

        All columns of the window are stacked once and multiplied together: a graph node a row instead of one an offset.
        """
        r, side = self.radius, 2 * self.radius + 1
        padded, mine = F.pad(other, (r, r, r, r)), x[:, None]
        columns = torch.cat([padded[..., j : j - 2 * r or None] for j in range(side)], 1)
        columns = columns.reshape(batch_of(x), side, x.shape[1], padded.shape[2], -1)
        return torch.cat([(mine * columns[:, :, :, i : i - 2 * r or None]).sum(2) for i in range(side)], 1)

    def forward(self, a, aligned, warp, certainty, axes_a):
        """Features (B, c, h, w) of A and of B aligned with A; warp (B, 2, h, w) and certainty logit (B, 1, h, w) so far;
        A's axes."""
        grid, step = axes_a
        likeness = self.window(unit(a, 1), unit(aligned, 1))
        heat = (likeness * self.log_temperature.exp()).softmax(1)
        soft = F.conv2d(heat, self.offsets)
        displacement = warp - grid
        bent = (displacement - F.avg_pool2d(displacement, 3, 1, 1, count_include_pad=False)) / step
        inside = (warp.abs().amax(1, keepdim=True) < 1).float()
        facts = (likeness * 2, self.reduce(a), soft, heat.amax(1, keepdim=True), certainty * 0.2, bent.clamp(-4, 4), inside)
        out = self.out(self.net(self.first(torch.cat(facts, 1))))
        shift, surer, gate = out.split((2, 1, 1), 1)
        move = soft * gate.sigmoid() + shift
        return self.compose(displacement, grid + move * step), certainty + surer, likeness

    @staticmethod
    def compose(displacement, place):
        """The warp read at moved places: a match found `move` away in the aligned image lies at warp(p + move) in B."""
        there = F.grid_sample(displacement, place.permute(0, 2, 3, 1), padding_mode='border', align_corners=False)
        return place + there


class Decoder(nn.Module):
    """Warp from A to B and its certainty, from both images' features and B's image."""

    STAGES = (16, 8, 4, 4)

    def __init__(self):
        super().__init__()
        self.context, self.coarse, self.local = Context(), Coarse(), LocalEncoder()
        self.refiners = nn.ModuleDict(
            {'16': Refiner(64, 48, (1, 2, 4)), '8': Refiner(64, 48, (1, 2, 4)), '4': Refiner(32, 40, (1, 2, 4), radius=2)}
        )
        self.low_precision = False  # bf16 in the local encoder and the refiners' convolutions, for training

    def forward(self, a16, al16, al8, al4, b16, b1):
        """Returns the last warp (B, 2, H/4, W/4), normalised, and certainty logit (B, 1, H/4, W/4)."""
        a, b = self.context(a16, b16)
        warp, certainty = self.coarse(a, b, a16, b16)
        warps, certainties, _ = self.refine((al16, al8, al4), b1, warp, certainty)
        return warps[-1], certainties[-1]

    def refine(self, local_a, b1, warp, certainty, stages=STAGES):
        """All warps and certainties of the refining stages, from the coarse ones at stride 16.

        The third list holds, per stage, the warp that it was given and the logits of its window (B, (2r+1)², h, w).
        """
        features, warps, certainties, windows, stride = dict(zip((16, 8, 4), local_a)), [], [], [], 16
        known, full_grid = {k: axes(f) for k, f in features.items()}, None
        for target in stages:
            warp, certainty = warp.detach(), certainty.detach()
            displacement = warp - known[stride][0]
            if target != stride:
                displacement, certainty = up2(displacement), up2(certainty)
                warp = displacement + known[target][0]
            stride = target
            full = F.interpolate(displacement, scale_factor=float(stride), mode='bilinear', align_corners=False)
            full_grid = axes(full)[0] if full_grid is None else full_grid
            full = (full + full_grid).permute(0, 2, 3, 1)
            image = F.grid_sample(b1, full, padding_mode='zeros', align_corners=False)
            with torch.autocast(b1.device.type, torch.bfloat16, enabled=self.low_precision):
                aligned = self.local(image, stride)
            refiner, given = self.refiners[str(stride)], warp
            warp, certainty, likeness = refiner(features[stride].float(), aligned.float(), warp, certainty, known[stride])
            windows.append((given, likeness * refiner.log_temperature.exp()))
            warps.append(warp)
            certainties.append(certainty)
        return warps, certainties, windows
