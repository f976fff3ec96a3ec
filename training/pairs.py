"""Training pairs made from single images: a scene is lifted to 3-D and photographed twice.

A scene is a textured plane, half the time with a relief (a height field) on it, plus up to three textured
cut-outs that float above it. Two cameras look at it; every pixel's 3-D point is found by intersecting its ray with the
scene, so the warp between the views is exact and a pixel is visible when the other camera sees the same point. Relit by
point lights over the relief's normals, then each view gets its own photographic change. This follows the lifting idea of
L2M (single image -> 3-D -> novel views); a pair is a pure function of (seed, index).

Coordinates: images are normalised to [-1, 1] with align_corners=false; the world's z axis points away from the cameras.
"""

import glob
import math
import os

import cv2
import numpy as np
from torch.utils.data import Dataset

cv2.setNumThreads(0)

EXTENT = 1.6  # the plane's texture covers [-EXTENT, EXTENT] in both axes and is mirrored beyond
TEXTURE = 512  # texels along one side of a texture
MARCH_STEPS = 20  # samples of a ray between the relief's top and its floor


def load_photos(folder, part='train', hold_out_every=8):
    """RGB photos of `folder`; every eighth belongs to `part='validation'` only, the others to `part='train'`."""
    paths = sorted(glob.glob(os.path.join(folder, '*.jpg')))
    if not paths:
        raise FileNotFoundError(f'no .jpg in {folder}: give --photos a folder of training photos')
    wanted = [p for i, p in enumerate(paths) if (i % hold_out_every == 3) == (part == 'validation')]
    return [cv2.cvtColor(cv2.imread(p), cv2.COLOR_BGR2RGB) for p in wanted]


def pixel_centres(size):
    """Normalised coordinates (size, size, 2) of pixel centres."""
    c = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
    return np.stack(np.meshgrid(c, c), -1)


def smooth_noise(rng, cells, size, interpolation=cv2.INTER_CUBIC):
    """Random field in about [-1, 1] with `cells` knots a side, (size, size)."""
    return cv2.resize(rng.uniform(-1, 1, (cells, cells)).astype(np.float32), (size, size), interpolation=interpolation)


# ---------------------------------------------------------------------------------------------------------------- scene


def procedural_texture(rng):
    """Octaves of noise with polygons and strokes on top, (TEXTURE, TEXTURE, 3) uint8."""
    out = np.zeros((TEXTURE, TEXTURE, 3), np.float32)
    for cells in (4, 8, 16, 32, 64, 128, 256):
        interpolation = cv2.INTER_CUBIC if rng.random() < 0.7 else cv2.INTER_NEAREST
        octave = rng.random((cells, cells, 3)).astype(np.float32)
        out += rng.random() * cv2.resize(octave, (TEXTURE, TEXTURE), interpolation=interpolation)
    out = (out - out.min()) / (np.ptp(out) + 1e-6) * 255
    for _ in range(rng.integers(0, 40)):
        colour = tuple(float(v) for v in rng.random(3) * 255)
        extent = int(rng.choice([40, 100, 256]))
        corners = (rng.integers(0, TEXTURE, 2) + rng.integers(-extent, extent, (rng.integers(3, 6), 2))).astype(np.int32)
        if rng.random() < 0.6:
            cv2.fillPoly(out, [corners], colour)
        else:
            cv2.polylines(out, [corners], bool(rng.random() < 0.5), colour, int(rng.integers(1, 7)), cv2.LINE_AA)
    return out.clip(0, 255).astype(np.uint8)


def photo_texture(rng, photos):
    """A random square of a random photo, flipped and turned at times, (TEXTURE, TEXTURE, 3) uint8."""
    for _ in range(4):  # a crop of nothing but sky teaches little
        photo = photos[rng.integers(len(photos))]
        side = min(photo.shape[:2])
        crop = int(min(side, math.exp(rng.uniform(math.log(320), math.log(1400)))))
        y, x = (int(rng.integers(0, n - crop + 1)) for n in photo.shape[:2])
        if photo[y : y + crop : 8, x : x + crop : 8].std((0, 1)).mean() > 25:
            break
    interpolation = cv2.INTER_AREA if crop > TEXTURE else cv2.INTER_LINEAR
    out = cv2.resize(photo[y : y + crop, x : x + crop], (TEXTURE, TEXTURE), interpolation=interpolation)
    if rng.random() < 0.5:
        out = out[:, ::-1]
    if rng.random() < 0.3:
        out = np.rot90(out, rng.integers(1, 4))
    if rng.random() < 0.15:
        out = out[:, :, rng.permutation(3)]
    return np.ascontiguousarray(out)


def texture(rng, photos):
    return procedural_texture(rng) if rng.random() < 0.12 else photo_texture(rng, photos)


def relief(rng, image):
    """Height field (TEXTURE/2, TEXTURE/2) in [0, peak]: waves, terraces and the picture's own blurred luminance.

    The luminance keeps depth edges on picture edges, as an estimated depth map would.
    """
    size = TEXTURE // 2
    height = smooth_noise(rng, int(rng.integers(3, 7)), size) + 0.4 * smooth_noise(rng, int(rng.integers(6, 12)), size)
    if rng.random() < 0.5:
        grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (size, size), interpolation=cv2.INTER_AREA)
        grey = cv2.GaussianBlur(grey.astype(np.float32) / 127.5 - 1, (0, 0), float(rng.uniform(4, 14)))
        height += rng.uniform(0.5, 1.5) * grey * (1 if rng.random() < 0.5 else -1)
    if rng.random() < 0.4:
        terraces = smooth_noise(rng, int(rng.integers(3, 8)), size) > rng.uniform(-0.2, 0.4)
        height += rng.uniform(0.3, 1.2) * cv2.GaussianBlur(terraces.astype(np.float32), (0, 0), 1.5)
    height = (height - height.min()) / (np.ptp(height) + 1e-6)
    return height * float(rng.uniform(0.08, 0.6))


def cut_out_mask(rng):
    """Opacity of a foreground object, (TEXTURE/2, TEXTURE/2) float32 in [0, 1]: a blob or a few star polygons."""
    size = TEXTURE // 2
    if rng.random() < 0.4:
        mask = (smooth_noise(rng, int(rng.integers(3, 7)), size) > rng.uniform(0.1, 0.6)).astype(np.float32)
    else:
        mask = np.zeros((size, size), np.float32)
        for _ in range(rng.integers(1, 4)):
            centre = rng.integers(size // 5, 4 * size // 5, 2)
            n = int(rng.integers(4, 10))
            angle, radius = np.sort(rng.random(n) * 2 * math.pi), rng.uniform(0.05, 0.25, n) * size
            star = centre + np.stack((radius * np.cos(angle), radius * np.sin(angle)), 1)
            cv2.fillPoly(mask, [star.astype(np.int32)], 1.0)
    return cv2.GaussianBlur(mask, (3, 3), 0)


# --------------------------------------------------------------------------------------------------------------- camera


class Camera:
    """A pinhole camera that looks at a point of the plane z = 0, given the way that the pair's difficulty is set.

    scale: image units per plane unit at that point; tilt and azimuth: direction from which it looks; roll: in-plane.
    """

    def __init__(self, centre, tilt, azimuth, roll, scale, focal):
        axis = np.array([-math.sin(azimuth), math.cos(azimuth), 0.0])
        self.rotation = cv2.Rodrigues(axis * tilt)[0] @ cv2.Rodrigues(np.array([0.0, 0.0, roll]))[0]  # camera to world
        self.focal = focal
        self.origin = np.array([centre[0], centre[1], 0.0]) - self.rotation[:, 2] * (focal / scale)

    def rays(self, points):
        """World directions (h, w, 3) of image points (h, w, 2); one unit of the ray is one unit of depth."""
        d = np.concatenate((points / self.focal, np.ones_like(points[..., :1])), -1)
        return (d @ self.rotation.T).astype(np.float32)

    def project(self, world):
        """Image points (h, w, 2) and depth (h, w) of world points (h, w, 3)."""
        local = (world - self.origin.astype(np.float32)) @ self.rotation.astype(np.float32)
        depth = local[..., 2]
        return local[..., :2] * (self.focal / np.maximum(depth, 1e-3))[..., None], depth


def camera_pair(rng):
    """Two cameras. Nine of ten pairs stay where the engine's rotation rescue (four orientations, scales a factor of two
    apart) leaves a pair, the rest goes far beyond."""
    focal = rng.uniform(1.0, 2.4)
    centre = rng.normal(size=2) * 0.12
    tilt_a = min(abs(rng.normal()) * math.radians(16), math.radians(50))
    azimuth_a, roll_a = rng.uniform(-math.pi, math.pi, 2)
    scale_a = math.exp(rng.normal() * 0.15) * 1.05
    hard, wide = rng.random() < 0.1, rng.random() < 0.5
    if hard:
        roll, scale = rng.uniform(-math.pi, math.pi), math.exp(rng.uniform(math.log(0.4), math.log(2.5)))
        tilt_b = rng.uniform(0, math.radians(60))
    else:
        roll = math.radians(rng.uniform(-50, 50) if wide else rng.normal() * 15)
        scale = math.exp(rng.uniform(-0.5, 0.5) if wide else rng.normal() * 0.2)
        tilt_b = min(abs(rng.normal()) * math.radians(28), math.radians(62))
    azimuth_b = rng.uniform(-math.pi, math.pi) if rng.random() < 0.5 else azimuth_a + rng.normal() * 0.7
    shift = rng.normal(size=2) * 0.2 / max(1.0, scale)
    a = Camera(centre, tilt_a, azimuth_a, roll_a, scale_a, focal)
    b = Camera(centre + shift, tilt_b, azimuth_b, roll_a + roll, scale_a * scale, focal * math.exp(rng.normal() * 0.1))
    return a, b


# ------------------------------------------------------------------------------------------------------------ rendering


def to_texel(uv, size):
    """Remap coordinates (texel indices) of plane coordinates for a texture of `size` texels a side."""
    return (uv + EXTENT) * (size / (2 * EXTENT)) - 0.5


def sample(image, uv, border=cv2.BORDER_REFLECT):
    xy = to_texel(np.ascontiguousarray(uv, np.float32), image.shape[0])
    return cv2.remap(image, xy, None, cv2.INTER_LINEAR, borderMode=border)


def upsample(field):
    return cv2.resize(np.ascontiguousarray(field), None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


class Surface:
    """Something textured that a ray can hit: the ground with its relief, or a flat cut-out."""

    def __init__(self, image, height=None, mask=None, pose=None):
        self.mips = [image, cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)]
        self.mips.append(cv2.resize(self.mips[1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
        self.height, self.mask, self.pose = height, mask, pose
        self.slope = None
        if height is not None:
            texel = 2 * EXTENT / height.shape[0]
            self.slope = np.stack((cv2.Sobel(height, -1, 1, 0), cv2.Sobel(height, -1, 0, 1)), -1) / (8 * texel)

    def intersect(self, origin, rays):
        """Depth along each ray (inf where it misses) and texture coordinates (h, w, 2)."""
        if self.pose is not None:
            point, axes = self.pose
            along = rays @ axes[2].astype(np.float32)
            depth = np.where(along > 0.05, (axes[2] @ (point - origin)) / np.maximum(along, 0.05), np.inf)
            local = origin + np.where(np.isfinite(depth), depth, 1e3)[..., None] * rays - point
            return depth.astype(np.float32), (local @ axes[:2].T).astype(np.float32)
        down = np.maximum(rays[..., 2], 0.05)
        floor = (-origin[2] / down).astype(np.float32)
        depth = floor
        if self.height is not None:
            depth = self.march(origin, rays, floor, float(self.height.max()) / down)
        depth = np.where(rays[..., 2] > 0.05, depth, np.inf)
        uv = origin[:2] + np.minimum(depth, 1e3)[..., None] * rays[..., :2]
        return depth.astype(np.float32), uv.astype(np.float32)

    def march(self, origin, rays, floor, span):
        """Depth of the first crossing of the height field: fixed steps, then one secant step."""
        start, step = floor - span, span / MARCH_STEPS
        hit, found = floor.copy(), np.zeros(floor.shape, bool)
        before = None
        for k in range(MARCH_STEPS + 1):
            depth = start + step * k
            uv = origin[:2].astype(np.float32) + depth[..., None] * rays[..., :2]
            above = -(origin[2] + depth * rays[..., 2]) - sample(self.height, uv)
            if before is not None:
                fresh = (above <= 0) & ~found
                part = before / np.maximum(before - above, 1e-6)
                hit = np.where(fresh, depth - step * (1 - part.clip(0, 1)), hit)
                found |= fresh
            before = above
        return hit.astype(np.float32)

    def shade(self, uv, lights):
        """Lambertian light (h, w, 3) of point lights over the relief; 1 for a flat surface."""
        if self.height is None:
            return None
        slope = sample(self.slope, uv)
        normal = np.dstack((slope, np.ones_like(slope[..., :1])))
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        height = sample(self.height, uv)
        out = np.full(uv.shape[:2] + (3,), lights['ambient'], np.float32)
        for place, colour in zip(lights['places'], lights['colours']):
            to = np.dstack((place[0] - uv[..., 0], place[1] - uv[..., 1], place[2] - height))
            to /= np.linalg.norm(to, axis=-1, keepdims=True)
            out += np.maximum((normal * to).sum(-1), 0)[..., None] * colour
        return out


def random_lights(rng):
    n = int(rng.integers(1, 4))
    return {
        'ambient': float(rng.uniform(0.35, 0.8)),
        'places': np.stack((rng.uniform(-3, 3, n), rng.uniform(-3, 3, n), rng.uniform(0.8, 3, n)), 1),
        'colours': rng.uniform(0.5, 1, (n, 3)) * rng.uniform(0.3, 0.9) / n,
    }


def render(surfaces, camera, size, lights):
    """Photograph of the scene. Returns image (size, size, 3) float32 in 0..255 and, at half the resolution, the world
    points (h, w, 3) and a map of where they can be trusted (no steep walls of the relief)."""
    rays = camera.rays(pixel_centres(size // 2))
    texels_per_pixel = TEXTURE / (2 * EXTENT) * (2 / size)
    nearest = trusted = image = world = None
    for surface in surfaces:
        depth, uv = surface.intersect(camera.origin, rays)
        middle = uv[size // 4 - 1 : size // 4 + 1, size // 4 - 1 : size // 4 + 1]
        spread = math.sqrt(abs(np.linalg.det(np.stack((middle[0, 1] - middle[0, 0], middle[1, 0] - middle[0, 0])))) + 1e-12)
        minified = spread / (4 / size) * texels_per_pixel
        level = 0 if minified < 1.5 else 1 if minified < 3 else 2
        uv_full = upsample(uv.clip(-20, 20))
        picture = sample(surface.mips[level], uv_full).astype(np.float32)
        light = surface.shade(uv.clip(-20, 20), lights)
        if light is not None:
            picture *= upsample(light / light.mean())
        points = camera.origin.astype(np.float32) + np.minimum(depth, 1e3)[..., None] * rays
        steep = np.zeros(depth.shape, bool)
        if surface.slope is not None:
            steep = np.abs(sample(surface.slope, uv.clip(-20, 20))).max(-1) > 2.0
        inside = np.isfinite(depth) & (np.abs(uv).max(-1) < 2 * EXTENT) & ~steep
        if image is None:
            image, nearest, world, trusted = picture, depth, points, inside
            continue
        opacity = sample(surface.mask, uv, cv2.BORDER_CONSTANT) * np.isfinite(depth) * (depth < nearest)
        alpha = upsample(opacity)[..., None]
        image = image * (1 - alpha) + picture * alpha
        solid = opacity > 0.5
        nearest, world = np.where(solid, depth, nearest), np.where(solid[..., None], points, world)
        trusted = np.where(solid, True, trusted) & ~((opacity > 0.1) & ~solid)
    return image, world, trusted


def random_scene(rng, photos):
    """Ground (flat or with a relief) and up to three cut-outs, from far to near in no particular order."""
    image = texture(rng, photos)
    surfaces = [Surface(image, relief(rng, image) if rng.random() < 0.45 else None)]
    for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.4 else 0):
        lift = rng.uniform(0.1, 0.7)
        rotation = cv2.Rodrigues(rng.normal(size=3) * np.array([0.25, 0.25, 1.0]))[0]
        point = np.array([*rng.normal(size=2) * 0.35, -lift])
        surfaces.append(Surface(texture(rng, photos), mask=cut_out_mask(rng), pose=(point, rotation.T)))
    return surfaces


# --------------------------------------------------------------------------------------------------------------- camera


def photograph(rng, image):
    """Light, colour, lens, sensor and JPEG of one view: (h, w, 3) float32 0..255 to uint8."""
    out = image / 255.0
    size = out.shape[0]
    if rng.random() < 0.5:
        channels = 1 if rng.random() < 0.7 else 3
        shading = np.dstack([smooth_noise(rng, int(rng.integers(2, 6)), size) for _ in range(channels)])
        out = out * np.exp(shading * rng.uniform(0, 0.5))
    out = out * np.exp(rng.normal(size=3) * 0.08) * math.exp(rng.normal() * 0.28) + rng.normal() * 0.06
    out = np.clip(out, 0, 1) ** math.exp(rng.normal() * 0.3)
    if rng.random() < 0.12:
        out = np.repeat(out.mean(-1, keepdims=True), 3, -1)
    out = out.astype(np.float32)
    if rng.random() < 0.35:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.5, 2.0)))
    elif rng.random() < 0.1:
        kernel = np.zeros((9, 9), np.float32)
        angle = rng.uniform(0, math.pi)
        reach = np.array([math.cos(angle), math.sin(angle)]) * rng.uniform(1, 4)
        cv2.line(kernel, tuple((4 - reach).round().astype(int)), tuple((4 + reach).round().astype(int)), 1.0)
        out = cv2.filter2D(out, -1, kernel / kernel.sum())
    if rng.random() < 0.6:
        out = out + rng.normal(size=out.shape).astype(np.float32) * rng.uniform(0, 0.04)
    out = (out * 255).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.integers(25, 95))
        out = cv2.imdecode(cv2.imencode('.jpg', out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return out


def seen_by(world, trusted, camera, other_world):
    """Warp (h, w, 2) of world points (h, w, 3) into `camera`'s image, whose own points are `other_world`, and where it
    holds: trusted, in the picture, and the other camera sees the same point."""
    warp, depth = camera.project(world)
    half = world.shape[0]
    there = cv2.remap(other_world, (warp + 1) * (half / 2) - 0.5, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    footprint = depth / camera.focal * (1 / half)  # what one pixel of the other image covers at this depth
    same = np.linalg.norm(there - world, axis=-1) < 3 * footprint + 0.01
    return warp, same & trusted & (depth > 0.05) & (np.abs(warp).max(-1) < 1)


def packed(rng, image_a, image_b, ways):
    """A pair as training reads it; `ways` holds (warp, visible) of A to B and of B to A."""
    pair = {
        'image_a': np.ascontiguousarray(photograph(rng, image_a).transpose(2, 0, 1)),
        'image_b': np.ascontiguousarray(photograph(rng, image_b).transpose(2, 0, 1)),
    }
    for end, (warp, visible) in zip(('', '_back'), ways):
        pair['warp' + end] = np.ascontiguousarray(warp.clip(-8, 8).transpose(2, 0, 1), np.float32)
        pair['visible' + end] = visible[None].astype(np.float32)
    return pair


def make_pair(rng, photos, size, unrelated=0.12):
    """One pair: images A and B (3, size, size) uint8; warp A to B (2, size/2, size/2) float32, normalised; visible
    (1, size/2, size/2) float32, 1 where A's point is seen by B; warp_back and visible_back, the same from B to A.
    Unrelated pairs are visible nowhere."""
    surfaces, lights = random_scene(rng, photos), random_lights(rng)
    camera_a, camera_b = camera_pair(rng)
    image_a, world_a, trusted_a = render(surfaces, camera_a, size, lights)
    related = rng.random() >= unrelated
    scene_b = surfaces if related else random_scene(rng, photos)
    if rng.random() < 0.6:
        lights = random_lights(rng)
    image_b, world_b, trusted_b = render(scene_b, camera_b, size, lights)
    ways = (
        seen_by(world_a, trusted_a & related, camera_b, world_b),
        seen_by(world_b, trusted_b & related, camera_a, world_a),
    )
    return packed(rng, image_a, image_b, ways)


class Pairs(Dataset):
    """Pair number i is always the same for the same seed, size and photos; too little overlap is drawn again."""

    def __init__(self, photos, size, seed, length, min_visible=0.12):
        self.photos, self.size, self.seed, self.length, self.min_visible = photos, size, seed, length, min_visible

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, index])
        unrelated = rng.random() < 0.12
        while True:
            pair = make_pair(rng, self.photos, self.size, unrelated=1.0 if unrelated else 0.0)
            if unrelated or pair['visible'].mean() >= self.min_visible:
                return pair
