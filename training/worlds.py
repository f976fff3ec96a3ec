"""Training pairs with real depth: streets, rooms, façades, objects on ground and terrain, photographed twice.

A world is a list of solids (solids.py) with pictures cut from photos; a ray meets the nearest of them, so the warp is
exact both ways, and a place is visible when the other camera's ray to it ends there. The two cameras are up to 80° apart
and up to three times as near. Unrelated pairs are two worlds of the same kind. A pair is a function of (seed, index).

Coordinates: metres, x right, y down, z forward; images are normalised to [-1, 1] with align_corners=false.
"""

import math

import cv2
import numpy as np
from torch.utils.data import Dataset

from pairs import TEXTURE, cut_out_mask, packed, photo_texture, pixel_centres, procedural_texture, smooth_noise
from solids import FAR, Box, Ellipsoid, Quad, Relief

F = np.float32
UP = np.array([0, -1, 0], F)
X, Y, Z = np.eye(3, dtype=F)


# --------------------------------------------------------------------------------------------------------------- camera


def turned(yaw, pitch, roll):
    """Rotation camera to world: yaw to the right, pitch up, roll clockwise."""
    out = np.eye(3)
    for axis, angle in (((0, 1, 0), yaw), ((1, 0, 0), pitch), ((0, 0, 1), roll)):
        out = out @ cv2.Rodrigues(np.array(axis, float) * angle)[0]
    return out.astype(F)


class View:
    """A pinhole camera at `origin`; focal 1 sees 90°."""

    def __init__(self, origin, rotation, focal):
        self.origin, self.rotation, self.focal = np.array(origin, F), rotation, float(focal)

    @classmethod
    def towards(cls, origin, target, roll, focal):
        d = np.array(target, float) - origin
        yaw, pitch = math.atan2(d[0], d[2]), math.atan2(-d[1], math.hypot(d[0], d[2]))
        return cls(origin, turned(yaw, pitch, roll), focal)

    def rays(self, points):
        return (np.dstack((points / self.focal, np.ones_like(points[..., :1]))) @ self.rotation.T).astype(F)

    def project(self, world):
        local = (world - self.origin) @ self.rotation
        depth = local[..., 2]
        return local[..., :2] * (self.focal / np.maximum(depth, 1e-3))[..., None], depth


# ------------------------------------------------------------------------------------------------------------- pictures


class Palette:
    """The pictures of one world, each drawn once and used for several things: cutting them costs more than a view."""

    def __init__(self, rng, photos, count=12):
        self.rng = rng
        self.photos = [photo_texture(rng, photos) for _ in range(count)]
        self.others = [procedural_texture(rng)]
        self.fronts, self.pavings = [], []

    def photo(self):
        return self.photos[self.rng.integers(len(self.photos))]

    def picture(self):
        return self.others[0] if self.rng.random() < 0.06 else self.photo()

    def few(self, made, make, most):
        if len(made) < most:
            made.append(make(self.rng, self))
        return made[self.rng.integers(len(made))]

    def front(self):
        """A house front and its heights."""
        return self.few(self.fronts, front, 4)

    def paving(self):
        return self.few(self.pavings, paving, 4)

    def wall(self):
        return self.front()[0] if self.rng.random() < 0.5 else self.picture()


def paving(rng, palette):
    """Asphalt, stones or grass: a fine-grained picture of little contrast, sometimes with slabs or lines."""
    if rng.random() < 0.3:
        return palette.photo()
    out = np.zeros((TEXTURE, TEXTURE, 3), F) + rng.normal(size=3) * 12 + rng.uniform(60, 180)
    for cells in (4, 16, 64, 256, 512):
        out += smooth_noise(rng, cells, TEXTURE)[..., None] * rng.uniform(3, 22)
    if rng.random() < 0.5:
        step, joint = int(rng.choice([16, 32, 64, 128])), rng.uniform(-60, 30)
        wide = max(1, step // 24)
        for k in range(0, TEXTURE, step):
            out[k : k + wide] += joint
            out[:, k : k + wide] += joint
    for _ in range(int(rng.integers(0, 12))):  # stains, patches, covers
        centre, axes = rng.integers(0, TEXTURE, 2), rng.integers(4, 60, 2)
        colour = tuple(float(v) for v in out.mean((0, 1)) * rng.uniform(0.5, 1.3) + rng.normal(size=3) * 12)
        cv2.ellipse(out, tuple(map(int, centre)), tuple(map(int, axes)), float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return cv2.GaussianBlur(out, (0, 0), 0.7).clip(0, 255).astype(np.uint8)


def front(rng, palette):
    """A house front: a wall with rows of nearly equal windows, (picture, heights of the same layout in 0..1)."""
    wall = cv2.GaussianBlur(palette.photo(), (0, 0), float(rng.uniform(0.5, 12))).astype(F)
    wall = wall * rng.uniform(0.3, 0.8) + (rng.normal(size=3) * 25 + rng.uniform(90, 200)) * rng.uniform(0.2, 0.6)
    wall += cv2.resize(rng.normal(size=(TEXTURE // 2, TEXTURE // 2)).astype(F), (TEXTURE, TEXTURE))[..., None] * rng.uniform(2, 10)
    height = np.full((TEXTURE // 2, TEXTURE // 2), 1, F)
    across, down = int(rng.integers(2, 9)), int(rng.integers(2, 7))
    w, h = TEXTURE // across, TEXTURE // down
    margin_x, margin_y = rng.uniform(0.15, 0.32), rng.uniform(0.12, 0.3)
    pane = cv2.resize(palette.photo(), (w, h)).astype(F) * rng.uniform(0.3, 0.9)
    frame = tuple(float(v) for v in rng.normal(size=3) * 20 + rng.uniform(20, 250))
    for i in range(across):
        for j in range(down):
            if rng.random() < 0.06:
                continue
            x0, y0, x1, y1 = (int(v) for v in ((i + margin_x) * w, (j + margin_y) * h, (i + 1 - margin_x) * w, (j + 1 - margin_y) * h))
            inside = pane[: y1 - y0, : x1 - x0] * rng.uniform(0.6, 1.2)
            if rng.random() < 0.25:  # a curtain, a lamp, a reflection of its own
                inside = cv2.resize(palette.photo()[:64, :64], (x1 - x0, y1 - y0)) * 0.7
            wall[y0:y1, x0:x1] = inside
            cv2.rectangle(wall, (x0, y0), (x1, y1), frame, max(1, w // 30))
            if rng.random() < 0.7:
                cv2.line(wall, ((x0 + x1) // 2, y0), ((x0 + x1) // 2, y1), frame, max(1, w // 40))
            height[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = 0
    for _ in range(int(rng.integers(0, 4))):  # shop signs, doors, posters
        x, y, a, b = int(rng.integers(0, 400)), int(rng.integers(300, 470)), int(rng.integers(30, 110)), int(rng.integers(20, 90))
        sign = cv2.resize(palette.photo(), (a, b))
        wall[y : y + b, x : x + a] = sign[: TEXTURE - y, : TEXTURE - x]
    return wall.clip(0, 255).astype(np.uint8), cv2.GaussianBlur(height, (0, 0), 0.8)


def sky(rng):
    """A picture of the sky for directions: a gradient with clouds at times."""
    low, high = rng.uniform(150, 255, 3), rng.uniform(60, 240, 3) * np.array([0.7, 0.85, 1.0])
    if rng.random() < 0.4:
        high = low * rng.uniform(0.8, 1.1)
    ramp = np.linspace(0, 1, TEXTURE)[:, None, None]
    out = high * (1 - ramp) + low * ramp + np.zeros((TEXTURE, TEXTURE, 3))
    if rng.random() < 0.5:
        cloud = sum(smooth_noise(rng, c, TEXTURE) / k for k, c in enumerate((4, 8, 16, 32), 1))
        out += (cloud.clip(0, None) * rng.uniform(20, 80))[..., None]
    return out.clip(0, 255).astype(np.uint8)


# --------------------------------------------------------------------------------------------------------------- worlds
# Each kind returns (solids, views): `views(rng)` draws two cameras.


def clutter(rng, palette, place, small=0.3, large=1.2):
    """One thing standing on the ground at place (x, z): crate, ball, sign or bush."""
    x, z = place
    size = rng.uniform(small, large)
    what, image, texels = rng.random(), palette.picture(), TEXTURE / rng.uniform(0.8, 2.5) / size
    if what < 0.5:
        half = size * rng.uniform(0.4, 1.0, 3)
        return Box((x, -half[1], z), half, rng.uniform(0, math.pi), image, texels, rng.uniform(0, 9, 2))
    if what < 0.7:
        half = size * rng.uniform(0.4, 0.8, 3)
        return Ellipsoid((x, -half[1], z), half, image, texels, rng.uniform(0, 9, 2))
    turn = rng.uniform(0, math.pi)
    axes = (np.array([math.cos(turn), 0, math.sin(turn)], F), Y)
    mask = cut_out_mask(rng) if what > 0.85 else None
    return Quad((x, -size * rng.uniform(0.7, 1.4), z), axes, (size * 0.7, size * 0.7), image, texels, (size, size), mask=mask)


def ground(image, texels, matchable=True):
    return Quad((0, 0, 0), (X, Z), (FAR, FAR), image, texels, matchable=matchable)


def small_turns(rng, degrees):
    return np.radians(rng.normal(size=3) * degrees)


def street(rng, palette):
    width = rng.uniform(7, 20)
    solids = [ground(palette.paving(), TEXTURE / rng.uniform(2, 8))]
    if rng.random() < 0.6:  # markings or a kerb along the road
        for x in (0, *(width * 0.3 * np.array([-1, 1]))):
            if rng.random() < 0.6:
                light = np.full((64, 64, 3), rng.uniform(150, 240), np.uint8)
                for z in np.arange(-8, 50, rng.uniform(3, 9)):
                    solids.append(Quad((x, -0.01, z), (X, Z), (0.08, rng.uniform(0.5, 2)), light, 20))
    for side in (-1, 1):
        z = -25.0
        walk = palette.paving()
        solids.append(Quad((side * (width / 2 - 1.2), -0.12, 40), (X, Z), (1.2, 90), walk, TEXTURE / rng.uniform(1.5, 4)))
        while z < 90:
            length, height, back = rng.uniform(5, 22), rng.uniform(3, 16), rng.uniform(0, 2.5) if rng.random() < 0.6 else 8
            if rng.random() < 0.88:
                x = side * (width / 2 + back + 4)
                texels = TEXTURE / max(length, height) / rng.uniform(0.5, 1.1)
                house = Box((x, -height / 2, z + length / 2), (4, height / 2, length / 2), 0, palette.wall(), texels, rng.uniform(0, 30, 2))
                solids.append(house)
                for _ in range(int(rng.integers(0, 4)) if z < 40 else 0):  # balconies, awnings, signs
                    half = rng.uniform(0.15, 0.8, 3)
                    at = (side * (width / 2 + back), -rng.uniform(2, max(2.1, height - 0.5)), z + rng.uniform(0, length))
                    solids.append(Box(at, half, 0, palette.picture(), TEXTURE / rng.uniform(1, 4), rng.uniform(0, 9, 2)))
            z += length
    for _ in range(int(rng.integers(2, 9))):
        x, z = rng.choice([-1, 1]) * width * rng.uniform(0.22, 0.47), rng.uniform(2, 30)
        kind = rng.random()
        if kind < 0.35:  # a pole or trunk, at times with a crown
            height, image = rng.uniform(2.5, 7), palette.picture()
            solids.append(Box((x, -height / 2, z), (rng.uniform(0.04, 0.25), height / 2, 0.1), 0, image, TEXTURE / 2))
            if rng.random() < 0.6:
                size = rng.uniform(0.8, 2.5)
                for turn in (0.3, 1.9):
                    axes = (np.array([math.cos(turn), 0, math.sin(turn)], F), Y)
                    image = palette.photo()
                    solids.append(Quad((x, -height, z), axes, (size, size), image, TEXTURE / size / 2, mask=cut_out_mask(rng)))
        elif kind < 0.7:  # a car
            image, texels = palette.picture(), TEXTURE / rng.uniform(2, 6)
            solids.append(Box((x, -0.55, z), (0.85, 0.4, 2.1), 0, image, texels, rng.uniform(0, 9, 2)))
            solids.append(Box((x, -1.15, z), (0.75, 0.3, 1.1), 0, image, texels, rng.uniform(0, 9, 2)))
        else:
            solids.append(clutter(rng, palette, (x, z)))
    if rng.random() < 0.6:
        image = palette.wall()
        solids.append(Box((0, -6, rng.uniform(25, 80)), (30, rng.uniform(3, 10), 2), 0, image, TEXTURE / rng.uniform(8, 25)))

    def views(rng):
        focal, eye = rng.uniform(0.9, 2.0), -rng.uniform(1.2, 2.6)
        x = rng.uniform(-0.3, 0.3) * width
        sideways = rng.random() < 0.25  # looks at a side of the street
        yaw = rng.choice([-1, 1]) * rng.uniform(0.4, 1.5) if sideways else rng.normal() * 0.12
        spread = 4 if rng.random() < 0.7 else 15
        a = View((x, eye, 0), turned(yaw, rng.normal() * 0.06, rng.normal() * 0.04), focal)
        step = math.exp(rng.uniform(math.log(0.4), math.log(10))) * (1 if rng.random() < 0.7 else -1)
        change = small_turns(rng, spread) * np.array([1, 0.5, 0.5])
        place = (np.clip(x + rng.normal() * 0.8, -0.42 * width, 0.42 * width), eye + rng.normal() * 0.15, step)
        b = View(place, turned(yaw + change[0], rng.normal() * 0.06 + change[1], rng.normal() * 0.04 + change[2]), focal * math.exp(rng.normal() * 0.12))
        return (a, b) if rng.random() < 0.5 else (b, a)

    return solids, views


def room(rng, palette):
    half = np.array([rng.uniform(1.8, 5), rng.uniform(1.2, 1.8), rng.uniform(1.8, 5)])
    solids, texels = [], lambda: TEXTURE / rng.uniform(1.5, 5)
    solids.append(Quad((0, half[1], 0), (X, Z), half[[0, 2]], palette.paving(), texels()))
    solids.append(Quad((0, -half[1], 0), (X, Z), half[[0, 2]], palette.paving(), texels()))
    plain = palette.paving()
    for axis, sign in ((0, -1), (0, 1), (2, -1), (2, 1)):
        centre = np.zeros(3)
        centre[axis] = sign * half[axis]
        along, length = (Z, half[2]) if axis == 0 else (X, half[0])
        image = plain if rng.random() < 0.5 else palette.picture()
        solids.append(Quad(centre, (along, Y), (length, half[1]), image, texels(), rng.uniform(0, 9, 2)))
        for _ in range(int(rng.integers(0, 4))):  # pictures, windows, doors
            size = rng.uniform(0.2, 0.9, 2)
            place = centre * 0.995 + along * rng.uniform(-0.8, 0.8) * length + Y * rng.uniform(-0.5, 0.3) * half[1]
            solids.append(Quad(place, (along, Y), size, palette.picture(), TEXTURE / 2 / size.max(), size))
    for _ in range(int(rng.integers(3, 9))):  # furniture
        size = rng.uniform(0.2, 0.8, 3)
        x, z = (rng.uniform(-0.9, 0.9) * (h - 0.3) for h in half[[0, 2]])
        if abs(x) + abs(z) < 1.2:
            x += 1.2 * np.sign(x)
        box = Box((x, half[1] - size[1], z), size, rng.normal() * 0.3, palette.picture(), TEXTURE / rng.uniform(0.6, 3), rng.uniform(0, 9, 2))
        solids.append(box)
        if rng.random() < 0.5:
            things = rng.uniform(0.08, 0.3, 3)
            solids.append(Box((x, half[1] - 2 * size[1] - things[1], z), things, rng.uniform(0, 3), palette.picture(), TEXTURE / 0.8))

    def views(rng):
        focal = rng.uniform(0.9, 1.9)
        middle = lambda: np.array([rng.uniform(-0.5, 0.5) * half[0], rng.uniform(-0.4, 0.4) * half[1], rng.uniform(-0.5, 0.5) * half[2]])
        yaw, a = rng.uniform(-math.pi, math.pi), middle()
        apart = math.radians(rng.uniform(0, 60)) * rng.choice([-1, 1])
        b = a + rng.normal(size=3) * np.array([0.9, 0.2, 0.9]) * rng.uniform(0.2, 1.0)
        b = np.clip(b, -0.85 * half, 0.85 * half)
        roll = rng.normal() * (0.06 if rng.random() < 0.8 else 0.4)
        return (
            View(a, turned(yaw, rng.normal() * 0.15, rng.normal() * 0.04), focal),
            View(b, turned(yaw + apart, rng.normal() * 0.15, roll), focal * math.exp(rng.normal() * 0.12)),
        )

    return solids, views


def around(rng, target, distance, height, focal, widest=80):
    """Two cameras that look at about the same target from directions up to `widest` degrees and a factor 3 apart."""
    azimuth, apart = rng.uniform(-math.pi, math.pi), math.radians(widest) * rng.beta(1, 1.6) * rng.choice([-1, 1])
    out = []
    ratio = math.exp(rng.normal() * 0.3 if rng.random() < 0.7 else rng.uniform(-1.1, 1.1))
    for turn, far in ((azimuth, distance), (azimuth + apart, distance * ratio)):
        up = height * far / distance * math.exp(rng.normal() * 0.25)
        origin = target + np.array([-math.sin(turn) * far, -up, -math.cos(turn) * far])
        look = target + rng.normal(size=3) * 0.12 * min(far, distance)
        roll = rng.normal() * (0.08 if rng.random() < 0.7 else 0.6)
        out.append(View.towards(origin, look, roll, focal * math.exp(rng.normal() * 0.1)))
    return tuple(out)


def objects(rng, palette):
    solids = [ground(palette.paving() if rng.random() < 0.5 else palette.picture(), TEXTURE / rng.uniform(1.5, 6))]
    for _ in range(int(rng.integers(3, 12))):
        solids.append(clutter(rng, palette, rng.normal(size=2) * 1.3, 0.2, 1.0))
    if rng.random() < 0.5:  # something behind
        turn, far = rng.uniform(-math.pi, math.pi), rng.uniform(4, 12)
        for _ in range(3):
            place = (math.sin(turn) * far, -2.5, math.cos(turn) * far)
            solids.append(Box(place, (rng.uniform(2, 6), 2.5, 0.5), turn, palette.wall(), TEXTURE / rng.uniform(3, 9), rng.uniform(0, 9, 2)))
            turn += rng.uniform(0.8, 2)
    height = rng.uniform(0.5, 3)
    return solids, lambda rng: around(rng, np.array([0, -0.4, 0]), rng.uniform(2.5, 5), height, rng.uniform(1.2, 2.4))


def facade(rng, palette):
    image, height = palette.front()
    if rng.random() < 0.35:
        image = palette.photo()
    size = rng.uniform(4, 10)
    solids = [ground(palette.paving(), TEXTURE / rng.uniform(2, 6))]
    # The normal of (-X, Y) points to -z, where the cameras stand.
    solids.append(Relief((0, -size, 0), (-X, Y), (size * 1.3, size), height * rng.uniform(0.1, 0.8), image, TEXTURE / (2 * size), (size, size)))
    for _ in range(int(rng.integers(0, 7))):  # bays, columns, balconies
        half = np.array([rng.uniform(0.2, 1.2), rng.uniform(0.2, size * 0.7), rng.uniform(0.2, 1.2)])
        y = -half[1] if rng.random() < 0.5 else -rng.uniform(half[1], max(half[1] + 0.1, 2 * size - half[1]))
        solids.append(Box((rng.uniform(-1, 1) * size, y, -half[2] * 0.6), half, 0, palette.wall(), TEXTURE / rng.uniform(1.5, 6), rng.uniform(0, 9, 2)))
    for _ in range(int(rng.integers(0, 5))):
        solids.append(clutter(rng, palette, (rng.uniform(-1, 1) * size, -rng.uniform(1, 7)), 0.4, 1.4))

    def views(rng):
        target, out = np.array([rng.normal() * 0.3 * size, -rng.uniform(0.5, 1.1) * size, 0]), []
        far, first = rng.uniform(0.9, 2.2) * size, math.radians(rng.normal() * 22)
        apart = math.radians(rng.uniform(0, 75) if rng.random() < 0.5 else rng.normal() * 15) * rng.choice([-1, 1])
        focal = rng.uniform(1.1, 2.2)
        for turn, d in ((first, far), (first + apart, far * math.exp(rng.normal() * 0.35))):
            turn = np.clip(turn, -1.15, 1.15)
            origin = np.array([target[0] - math.sin(turn) * d, -rng.uniform(1.2, 3), -math.cos(turn) * d - 1])
            roll = rng.normal() * (0.04 if rng.random() < 0.7 else 0.4)
            out.append(View.towards(origin, target + rng.normal(size=3) * 0.1 * d, roll, focal * math.exp(rng.normal() * 0.1)))
        return tuple(out)

    return solids, views


def terrain(rng, palette):
    size = rng.uniform(20, 60)
    height = smooth_noise(rng, int(rng.integers(4, 9)), 256) + 0.35 * smooth_noise(rng, int(rng.integers(10, 20)), 256)
    height += 0.08 * smooth_noise(rng, 50, 256)
    height = ((height - height.min()) / np.ptp(height)).astype(F) ** rng.uniform(0.7, 2) * size * rng.uniform(0.08, 0.35)
    # The normal of (X, Z) points up.
    solids = [Relief((0, 0, 0), (X, Z), (size, size), height, palette.picture(), TEXTURE / (size * rng.uniform(0.7, 2)), (size, size))]
    for _ in range(int(rng.integers(0, 10))):
        x, z = rng.uniform(-0.4, 0.4, 2) * size
        h = float(height[int((z / size + 1) * 128), int((x / size + 1) * 128)])
        half = rng.uniform(0.02, 0.08, 3) * size
        solids.append(Box((x, -h - half[1] * 0.8, z), half, rng.uniform(0, 3), palette.wall(), TEXTURE / (size * 0.2)))
    low = rng.uniform(0.35, 1.2)
    return solids, lambda rng: around(rng, np.array([0, -height.mean(), 0]), size * rng.uniform(0.4, 0.8), size * low, rng.uniform(1.2, 2.2))


KINDS = {street: 0.36, room: 0.18, facade: 0.18, objects: 0.18, terrain: 0.1}


# ------------------------------------------------------------------------------------------------------------ rendering


def reach(solid, view, size):
    """Rows and columns of a size x size image that the solid can touch."""
    corners = solid.corners()
    everything = (slice(0, size), slice(0, size))
    if corners is None:
        return everything
    xy, depth = view.project(corners)
    if depth.min() < 0.06:
        return everything if depth.max() > 0.06 else None
    low, high = (((f(xy, 0) + 1) * size / 2) for f in (np.min, np.max))
    c0, r0 = np.clip(np.floor(low) - 1, 0, size).astype(int)
    c1, r1 = np.clip(np.ceil(high) + 1, 0, size).astype(int)
    return (slice(r0, r1), slice(c0, c1)) if r1 > r0 and c1 > c0 else None


def cast(solids, view, rays, light, cull=True):
    """Nearest hits: depth (inf for sky), number of the solid (-1 for sky), texture coordinates, cosine to the light."""
    shape = rays.shape[:2]
    depth, number = np.full(shape, np.inf, F), np.full(shape, -1, np.int16)
    uv, facing = np.zeros((*shape, 2), F), np.zeros(shape, F)
    for i, solid in enumerate(solids):
        window = reach(solid, view, shape[0]) if cull else (slice(None), slice(None))
        if window is None:
            continue
        d, t, f = solid.hit(view.origin, rays[window], light)
        closer = d < depth[window]
        np.copyto(depth[window], d, where=closer)
        np.copyto(number[window], np.int16(i), where=closer)
        np.copyto(uv[window], t, where=closer[..., None])
        np.copyto(facing[window], f, where=closer)
    return depth, number, uv, facing


def light_of(rng):
    direction = np.array([rng.normal(), -abs(rng.normal()) - 0.5, rng.normal()], F)
    ambient = rng.uniform(0.4, 0.85)
    return direction / np.linalg.norm(direction), ambient, rng.uniform(0.3, 1.0), rng.uniform(0, 0.01) * (rng.random() < 0.4)


def render(solids, heaven, view, size, light):
    """Photograph (size, size, 3) float32 in 0..255, from two by two rays a pixel, and the solid seen by each ray."""
    direction, ambient, strength, fog = light
    fine = 2 * size
    rays = view.rays(pixel_centres(fine))
    depth, number, uv, facing = cast(solids, view, rays, direction)
    # The sky by direction: azimuth across, elevation down.
    flat = np.hypot(rays[..., 0], rays[..., 2])
    at = np.dstack((np.arctan2(rays[..., 0], rays[..., 2]) / math.pi + 1, np.arctan2(rays[..., 1], flat) * 0.6 + 1)) * (TEXTURE / 2)
    out = cv2.remap(heaven, at.astype(F), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT).astype(F)
    haze = heaven[-1].mean(0)
    for i in np.unique(number[number >= 0]):
        chosen = number == i
        d, cosine = depth[chosen], facing[chosen]
        slant = np.sqrt(np.maximum(0.05, slantedness(solids[i], rays[chosen], uv[chosen])))
        shade = (ambient + strength * cosine) / (ambient + 0.6 * strength)
        colour = solids[i].colour(uv[chosen], d * (2 / fine / view.focal) / slant) * shade[:, None]
        mist = np.exp(-fog * d)[:, None]
        out[chosen] = colour * mist + haze * (1 - mist)
    return cv2.resize(out, (size, size), interpolation=cv2.INTER_AREA), number


def slantedness(solid, rays, uv):
    """About the cosine between rays (n, 3) and the surface, for choosing the picture's level."""
    length = np.linalg.norm(rays, axis=-1)
    if isinstance(solid, Quad):
        return np.abs(rays @ solid.normal) / length
    return np.full(len(rays), 0.7, F)


def geometry(solids, view, half, light):
    """World points (half, half, 3) at the centres of the half-size grid and the solid seen there."""
    rays = view.rays(pixel_centres(half))
    depth, number, _, _ = cast(solids, view, rays, light[0])
    return view.origin + np.minimum(depth, FAR)[..., None] * rays, number


def matchable(solids, number, fine=None):
    """Where a place is a solid's, and most of its cell's rays (four by four) meet the same one: no sky, no outlines."""
    good = np.array([s.matchable for s in solids] + [False])[number]
    if fine is not None:
        h, w = number.shape
        same = fine.reshape(h, 4, w, 4) == number[:, None, :, None]
        good = good & (same.mean((1, 3)) > 0.6)
    return good


def seen(solids, world, good, view, light, other_good):
    """Warp into `view` and where its rays end at the same points (exact: rays are cast to the points themselves)."""
    warp, depth = view.project(world)
    inside = good & (depth > 0.06) & (np.abs(warp).max(-1) < 1)
    if not inside.any():
        return warp, inside
    rays = view.rays(np.where(inside[..., None], warp, 0).astype(F))
    met, _, _, _ = cast(solids, view, rays, light[0], cull=False)
    free = inside & (np.abs(met - depth) < 0.01 * depth + 0.01)
    if other_good is not None:
        half = other_good.shape[0]
        cell = ((np.where(inside[..., None], warp, 0) + 1) * (half / 2)).astype(int).clip(0, half - 1)
        free &= other_good[cell[..., 1], cell[..., 0]]
    return warp, free


class World:
    """One place with its sky and what draws camera pairs in it."""

    def __init__(self, rng, photos, kind=None):
        kinds = list(KINDS)
        self.kind = kind or kinds[rng.choice(len(kinds), p=list(KINDS.values()))]
        self.solids, self.views = self.kind(rng, Palette(rng, photos))
        self.sky = sky(rng)


def make_world_pair(rng, world, size, other=None, least=0.08):
    """As pairs.make_pair, of `world`; B shows `other` where it is given, and nothing is visible. Redraws the cameras
    until `least` of A is seen by B; None where that does not come about."""
    solids = world.solids
    light_a = light_of(rng)
    light_b = light_of(rng) if rng.random() < 0.35 else light_a
    for _ in range(30):
        a, b = world.views(rng)
        points, number = geometry(solids, a, 32, light_a)
        share = seen(solids, points, matchable(solids, number), b, light_a, None)[1].mean()
        if share > least and (number >= 0).mean() > 0.3:
            break
    else:
        return None
    others = solids
    if other is not None:
        others, b = other.solids, other.views(rng)[1]
    heaven_b = sky(rng) if rng.random() < 0.3 else (other or world).sky
    half = size // 2
    image_a, fine_a = render(solids, world.sky, a, size, light_a)
    image_b, fine_b = render(others, heaven_b, b, size, light_b)
    world_a, number_a = geometry(solids, a, half, light_a)
    world_b, number_b = geometry(others, b, half, light_b)
    good_a, good_b = matchable(solids, number_a, fine_a), matchable(others, number_b, fine_b)
    if other is not None:
        nothing = np.zeros((half, half), bool)
        ways = ((b.project(world_a)[0], nothing), (a.project(world_b)[0], nothing))
    else:
        ways = (seen(solids, world_a, good_a, b, light_a, good_b), seen(solids, world_b, good_b, a, light_a, good_a))
    return packed(rng, image_a, image_b, ways)


class Worlds(Dataset):
    """Pair number i is always the same for the same seed, size and photos; one of eight is unrelated. Four pairs in a
    row are of one world, because making a world costs more than photographing it."""

    SHARED = 4

    def __init__(self, photos, size, seed, length, kind=None, unrelated=0.12):
        self.photos, self.size, self.seed, self.length = photos, size, seed, length
        self.kind, self.unrelated = kind, unrelated
        self.made = (None, None)

    def __len__(self):
        return self.length

    def world(self, number, attempt):
        if self.made[0] != (number, attempt):
            rng = np.random.default_rng([self.seed, number, attempt, 3])
            self.made = ((number, attempt), World(rng, self.photos, self.kind))
        return self.made[1]

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, index, 4])
        unrelated = rng.random() < self.unrelated
        for attempt in range(99):
            world = self.world(index // self.SHARED, attempt)
            other = World(rng, self.photos, world.kind) if unrelated else None
            pair = make_world_pair(rng, world, self.size, other)
            if pair is not None:
                return pair
        raise RuntimeError(f'no two cameras of pair {index} see the same')
