import type { Vec } from './vector.ts';

/** A well mixed 32-bit hash of up to three integers (finaliser of MurmurHash3). */
export function hash(x: number, y = 0, z = 0): number {
  let h = Math.imul(x | 0, 0x9e3779b1) ^ Math.imul(y | 0, 0x85ebca77) ^ Math.imul(z | 0, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** {@link hash} as a number in [0, 1). */
export const random = (x: number, y = 0, z = 0): number => hash(x, y, z) / 2 ** 32;

const fade = (t: number) => t * t * (3 - 2 * t);
const lerp = (a: number, b: number, t: number) => a + (b - a) * t;

/** Value noise in [0, 1], features of size 1. */
export function noise(x: number, y: number, z = 0): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const zi = Math.floor(z);
  const u = fade(x - xi);
  const v = fade(y - yi);
  const w = fade(z - zi);
  const near = layer(xi, yi, zi, u, v);
  return w === 0 ? near : lerp(near, layer(xi, yi, zi + 1, u, v), w);
}

function layer(xi: number, yi: number, zi: number, u: number, v: number): number {
  return lerp(
    lerp(random(xi, yi, zi), random(xi + 1, yi, zi), u),
    lerp(random(xi, yi + 1, zi), random(xi + 1, yi + 1, zi), u),
    v,
  );
}

/** Fractal sum of {@link noise}, about [0, 1], mean 0.5. */
export function fbm(x: number, y: number, z = 0, octaves = 5): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  let f = 1;
  for (let i = 0; i < octaves; i++) {
    sum += weight * noise(x * f + 17.3 * i, y * f - 9.1 * i, z * f + 3.7 * i);
    total += weight;
    weight *= 0.5;
    f *= 2.03;
  }
  return sum / total;
}

/** Fractal noise of a point. */
export const fbm3 = (p: Vec, frequency: number, octaves = 5): number =>
  fbm(p[0] * frequency, p[1] * frequency, p[2] * frequency, octaves);

/** A cell of a jittered grid: its identity, its centre, and distances to the nearest and second nearest centre. */
export interface Cell {
  id: number;
  x: number;
  y: number;
  near: number;
  second: number;
}

/** Worley noise in the plane, cells of size 1. `jitter` 0 gives squares, 1 irregular stones. */
export function cells(x: number, y: number, jitter = 1, seed = 0): Cell {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const best: Cell = { id: 0, x: 0, y: 0, near: Infinity, second: Infinity };
  for (let j = yi - 1; j <= yi + 1; j++) {
    for (let i = xi - 1; i <= xi + 1; i++) {
      const id = hash(i, j, seed);
      const cx = i + 0.5 + jitter * ((id & 0xffff) / 0x10000 - 0.5);
      const cy = j + 0.5 + jitter * ((id >>> 16) / 0x10000 - 0.5);
      const distance = Math.hypot(x - cx, y - cy);
      if (distance < best.near) {
        best.second = best.near;
        Object.assign(best, { id, x: cx, y: cy, near: distance });
      } else if (distance < best.second) {
        best.second = distance;
      }
    }
  }
  return best;
}

/** A reproducible sequence in [0, 1), for placing things. */
export function sequence(seed: number): () => number {
  let i = 0;
  return () => random(i++, seed, 7919);
}
