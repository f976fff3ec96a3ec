import { leaf } from './materials.ts';
import { sequence } from './noise.ts';
import type { Material, Primitive } from './primitive.ts';
import { Solid } from './primitive.ts';
import type { Vec } from './vector.ts';
import { add, hex, mix, normalize, rotation, scale, smoothstep } from './vector.ts';

type Axes = readonly [Vec, Vec, Vec];

/** A box by its centre and full sizes. */
export const box = (at: Vec, size: Vec, material: Material, axes?: Axes): Solid =>
  new Solid('box', { at, half: scale(size, 0.5), axes }, material);

/** A ball, or an ellipsoid by three radii. */
export const ball = (at: Vec, radius: number | Vec, material: Material, axes?: Axes): Solid =>
  new Solid('sphere', { at, half: typeof radius === 'number' ? [radius, radius, radius] : radius, axes }, material);

/** An upright cylinder standing on `at`. */
export const pillar = (at: Vec, radius: number, height: number, material: Material, axes?: Axes): Solid =>
  new Solid(
    'frustum',
    { at: add(at, scale(axes ? axes[1] : [0, 1, 0], height / 2)), half: [radius, height / 2, radius], axes },
    material,
  );

/** A turned body about the vertical through `at`: [radius, height] from the foot up, rounded between the points. */
export function turned(
  at: Vec,
  profile: readonly (readonly [number, number])[],
  material: Material,
  steps = 6,
): Primitive[] {
  const rings: [number, number][] = [];
  for (let i = 0; i + 1 < profile.length; i++) {
    for (let s = 0; s < steps; s++) rings.push(catmullRom(profile, i, s / steps));
  }
  rings.push([...profile[profile.length - 1]]);
  // One material for the whole body: its local point starts at the foot, not in the middle of each ring.
  return rings.slice(1).flatMap(([r1, y1], i) => {
    const [r0, y0] = rings[i];
    if (Math.abs(y1 - y0) < 1e-5) return [];
    const middle = (y0 + y1) / 2;
    const raised = (local: Vec): Vec => [local[0], local[1] + middle, local[2]];
    const shifted: Material = {
      ...material,
      colour: (local, surface) => material.colour(raised(local), surface),
      bump: material.bump && ((local) => material.bump!(raised(local))),
    };
    const placement = { at: add(at, [0, middle, 0]), half: [1, Math.abs(y1 - y0) / 2, 1] as Vec };
    const radii = y1 > y0 ? ([r0, r1] as const) : ([r1, r0] as const);
    return [new Solid('frustum', placement, shifted, radii, true)];
  });
}

function catmullRom(points: readonly (readonly [number, number])[], i: number, t: number): [number, number] {
  const at = (k: number) => points[Math.min(points.length - 1, Math.max(0, k))];
  const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
  return [0, 1].map(
    (k) =>
      0.5 *
      (2 * b[k] +
        (c[k] - a[k]) * t +
        (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t * t +
        (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t ** 3),
  ) as [number, number];
}

/** Leaves (flat ellipses) strewn in a region, facing roughly `facing`. */
export function foliage(
  count: number,
  seed: number,
  place: (next: () => number) => Vec | null,
  options: { size: number; palette: readonly string[]; facing?: Vec; spread?: number },
): Primitive[] {
  const next = sequence(seed);
  const { size, palette, facing = [0, 0.6, 0.8], spread = 1 } = options;
  const leaves: Primitive[] = [];
  for (let i = 0; i < count; i++) {
    const at = place(next);
    const scatter: Vec = [next() - 0.5, next() - 0.5, next() - 0.5];
    const [roll, stretch] = [360 * next(), 0.6 + 0.8 * next()];
    if (!at) continue;
    const z = normalize(add(facing, scale(scatter, 2 * spread)));
    const yaw = (Math.atan2(z[0], z[2]) * 180) / Math.PI;
    const pitch = (-Math.asin(Math.max(-1, Math.min(1, z[1]))) * 180) / Math.PI;
    const half: Vec = [size * stretch, size * stretch * 0.52, 0.001];
    leaves.push(new Solid('disc', { at, half, axes: rotation(yaw, pitch, roll) }, leaf(seed * 977 + i, palette)));
  }
  return leaves;
}

/** A clear sky: horizon to zenith, with a glow around the sun. */
export function clearSky(
  zenith: string,
  horizon: string,
  strength: number,
  sun: Vec,
  glow: Vec,
): (direction: Vec) => Vec {
  const [top, bottom, towards] = [hex(zenith), hex(horizon), normalize(sun)];
  return (d) => {
    const base = mix(bottom, top, smoothstep(-0.05, 0.6, d[1]));
    const near = Math.max(0, d[0] * towards[0] + d[1] * towards[1] + d[2] * towards[2]);
    return add(scale(base, strength), scale(glow, near ** 24));
  };
}
