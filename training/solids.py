"""Things that a ray can hit in a world of worlds.py: quads, boxes, ellipsoids and reliefs, in metres, y down, z forward.

Every solid has hit(origin, rays) -> depth (h, w; inf where missed), texture coordinates (h, w, 2) in metres and the
cosine towards the light; one unit of a ray is one unit of the camera's depth. corners() bounds it, None if it has no end.
"""

import math

import cv2
import numpy as np

FAR = 1e4
F = np.float32


def mips(image):
    """The picture and its halves down to 8 texels."""
    levels = [image]
    while min(levels[-1].shape[:2]) > 8:
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return levels


def triangle(x, size):
    """x mirrored into 0..size again and again."""
    return size - np.abs(np.mod(x, 2 * size) - size)


def lookup(image, xy):
    """Bilinear samples (n, 3) of the mirrored picture at texels (n, 2)."""
    n, width = len(xy), 256
    rows = -(-n // width)
    padded = np.zeros((rows * width, 2), F)
    padded[:n] = np.stack([triangle(xy[:, i], s) for i, s in ((0, image.shape[1]), (1, image.shape[0]))], 1) - 0.5
    out = cv2.remap(image, padded.reshape(rows, width, 2), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return out.reshape(rows * width, -1)[:n]


class Solid:
    """texels: texels of the picture per metre; offset: where on the picture the solid's origin lies, in metres."""

    def __init__(self, image, texels, offset=(0.0, 0.0), matchable=True):
        self.mips, self.texels, self.offset, self.matchable = mips(image), texels, np.array(offset, F), matchable

    def colour(self, uv, footprint):
        """Colours (n, 3) float32 at texture coordinates (n, 2), from the level that fits footprint (n), metres a sample."""
        level = np.log2(np.maximum(footprint * self.texels, 1e-6)).round().clip(0, len(self.mips) - 1).astype(int)
        out = np.empty((len(uv), 3), F)
        for k in np.unique(level):
            chosen = level == k
            scale = self.texels * self.mips[k].shape[1] / self.mips[0].shape[1]
            out[chosen] = lookup(self.mips[k], (uv[chosen] + self.offset) * scale)
        return out


class Quad(Solid):
    """A rectangle centre + u·axes[0] + v·axes[1], |u| and |v| up to `half`, seen from both sides; `mask` cuts it out."""

    def __init__(self, centre, axes, half, *args, mask=None, **more):
        super().__init__(*args, **more)
        self.centre, self.axes, self.half, self.mask = np.array(centre, F), np.array(axes, F), half, mask
        self.normal = np.cross(self.axes[0], self.axes[1])

    def corners(self):
        if max(self.half) >= FAR:
            return None
        signs = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)], F) * np.array(self.half, F)
        return self.centre + signs @ self.axes

    def hit(self, origin, rays, light):
        across = rays @ self.normal
        depth = (self.normal @ (self.centre - origin)) / np.where(np.abs(across) < 1e-5, F(1e-5), across)
        depth = np.where(depth > 0.05, depth, F(FAR))
        # Along the axes: a ray's foot is where it is linear in depth, so no 3-D point is needed.
        start = self.axes @ (origin - self.centre)
        uv = (rays @ self.axes.T) * depth[..., None] + start
        inside = (np.abs(uv[..., 0]) < self.half[0]) & (np.abs(uv[..., 1]) < self.half[1]) & (depth < FAR)
        if self.mask is not None:
            at = (uv / (2 * np.array(self.half, F)) + F(0.5)) * self.mask.shape[0] - F(0.5)
            inside &= cv2.remap(self.mask, at.astype(F), None, cv2.INTER_LINEAR) > 0.5
        facing = F(abs(self.normal @ light))
        return np.where(inside, depth, np.inf).astype(F), uv.astype(F), np.full(depth.shape, facing)


class Box(Solid):
    """A box with half sides `half`, turned by `turn` about the vertical. Each face shows another part of the picture."""

    def __init__(self, centre, half, turn, *args, **more):
        super().__init__(*args, **more)
        self.centre, self.half = np.array(centre, F), np.array(half, F)
        c, s = math.cos(turn), math.sin(turn)
        self.rotation = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], F)

    def corners(self):
        signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], F)
        return self.centre + (signs * self.half) @ self.rotation.T

    def hit(self, origin, rays, light):
        o = (origin - self.centre) @ self.rotation
        d = rays @ self.rotation
        d = np.where(np.abs(d) < 1e-6, F(1e-6), d)
        near, far = (-o - np.sign(d) * self.half) / d, (-o + np.sign(d) * self.half) / d
        # Spelled out by axis: numpy's reductions over an axis of three are many times slower.
        enter, leave = (f(f(t[..., 0], t[..., 1]), t[..., 2]) for f, t in ((np.maximum, near), (np.minimum, far)))
        good = (enter < leave) & (leave > 0.05)
        within = enter < 0.05  # the camera stands inside: its walls are seen
        depth = np.where(within, leave, enter)
        axis = self.axis_of(depth, np.where(within[..., None], far, near))
        p = o + np.where(good, depth, 0)[..., None] * d
        first, second = np.where(axis == 0, p[..., 2], p[..., 0]), np.where(axis == 1, p[..., 2], p[..., 1])
        side = np.where(axis == 0, p[..., 0], np.where(axis == 1, p[..., 1], p[..., 2])) > 0
        shift = (axis * 2 + side).astype(F)
        uv = np.stack((first + shift * F(3.7), second + shift * F(1.3)), -1)
        facing = np.abs(light @ self.rotation)[axis]
        return np.where(good, depth, np.inf).astype(F), uv.astype(F), facing.astype(F)


    @staticmethod
    def axis_of(depth, at):
        return np.where(depth == at[..., 0], 0, np.where(depth == at[..., 1], 1, 2))


class Ellipsoid(Solid):
    def __init__(self, centre, half, *args, **more):
        super().__init__(*args, **more)
        self.centre, self.half = np.array(centre, F), np.array(half, F)

    def corners(self):
        signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], F)
        return self.centre + signs * self.half

    def hit(self, origin, rays, light):
        o, d = (origin - self.centre) / self.half, rays / self.half
        a, b, c = np.einsum('...i,...i', d, d), d @ o, o @ o - 1
        root = b * b - a * c
        depth = (-b - np.sqrt(np.maximum(root, 0))) / a
        good = (root > 0) & (depth > 0.05)
        n = o + np.where(good, depth, 0)[..., None] * d
        size = self.half.mean()
        uv = np.stack((np.arctan2(n[..., 0], -n[..., 2]) * size, np.arcsin(n[..., 1].clip(-1, 1)) * size), -1)
        normal = n / self.half
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-6
        facing = np.maximum(normal @ light, 0)
        return np.where(good, depth, np.inf).astype(F), uv.astype(F), facing.astype(F)


class Relief(Quad):
    """A quad with heights (n, n) in metres standing on it along its normal; seen from that side only."""

    STEPS = 28

    def __init__(self, centre, axes, half, height, *args, **more):
        super().__init__(centre, axes, half, *args, **more)
        self.height = height
        texel = 2 * np.array(half, F) / height.shape[0]
        self.slope = np.dstack((cv2.Sobel(height, -1, 1, 0) / (8 * texel[0]), cv2.Sobel(height, -1, 0, 1) / (8 * texel[1])))

    def corners(self):
        base = super().corners()
        return np.concatenate((base, base + self.normal * self.height.max()))

    def at(self, field, uv):
        xy = (uv / (2 * np.array(self.half, F)) + F(0.5)) * field.shape[0] - F(0.5)
        return cv2.remap(field, np.ascontiguousarray(xy, F), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def hit(self, origin, rays, light):
        o, peak = origin - self.centre, float(self.height.max())
        above, down = float(o @ self.normal), rays @ self.normal
        start_uv, slide = (self.axes @ o).astype(F), rays @ self.axes.T
        falling = np.where(down < -1e-4, down, F(-1e-4))
        floor = (0 - above) / falling
        start = np.maximum((peak - above) / falling, 0.05)
        good = (down < -1e-4) & (floor > 0.05) & (floor < FAR)
        floor = np.where(good, floor, start + 1)
        step = (floor - start) / self.STEPS
        hit, found, before = floor.astype(F), np.zeros(floor.shape, bool), None
        for k in range(self.STEPS + 1):
            depth = start + step * k
            gap = above + depth * down - self.at(self.height, slide * depth[..., None] + start_uv)
            if before is not None:
                fresh = (gap <= 0) & ~found
                part = before / np.maximum(before - gap, 1e-6)
                hit = np.where(fresh, depth - step * (1 - part.clip(0, 1)), hit)
                found |= fresh
            before = gap
        uv = (slide * hit[..., None] + start_uv).astype(F)
        inside = good & (np.abs(uv[..., 0]) < self.half[0]) & (np.abs(uv[..., 1]) < self.half[1])
        slope = self.at(self.slope, uv)
        tilt = np.dstack((-slope, np.ones_like(slope[..., :1])))
        towards = np.array([*(self.axes @ light), self.normal @ light], F)
        facing = np.maximum(tilt @ towards / np.linalg.norm(tilt, axis=-1), 0)
        return np.where(inside, hit, np.inf).astype(F), uv, facing.astype(F)
