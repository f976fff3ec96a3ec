/** A point, direction or linear RGB colour. World: metres, x right, y up, z towards the viewer. */
export type Vec = readonly [number, number, number];

export const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec, s: number): Vec => [a[0] * s, a[1] * s, a[2] * s];
export const mul = (a: Vec, b: Vec): Vec => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const length = (a: Vec): number => Math.hypot(a[0], a[1], a[2]);
export const normalize = (a: Vec): Vec => scale(a, 1 / (length(a) || 1));
export const mix = (a: Vec, b: Vec, t: number): Vec => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

export const clamp01 = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);

/** 0 below `from`, 1 above `to`, a smooth cubic between (either order). */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp01((x - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** Linear RGB of a CSS hex colour. */
export function hex(colour: string): Vec {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255].map((c) => toLinear(c / 255)) as unknown as Vec;
}

const toLinear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

/** sRGB transfer of a linear value, both in [0, 1]. */
export const toSrgb = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

/** Three orthonormal axes from turns about y (yaw), x (pitch) and z (roll), degrees, applied roll first. */
export function rotation(yaw: number, pitch = 0, roll = 0): readonly [Vec, Vec, Vec] {
  const [cy, sy] = turn(yaw);
  const [cp, sp] = turn(pitch);
  const [cr, sr] = turn(roll);
  const apply = ([x, y, z]: Vec): Vec => {
    const [x1, y1] = [cr * x - sr * y, sr * x + cr * y];
    const [y2, z2] = [cp * y1 - sp * z, sp * y1 + cp * z];
    return [cy * x1 + sy * z2, y2, -sy * x1 + cy * z2];
  };
  return [apply([1, 0, 0]), apply([0, 1, 0]), apply([0, 0, 1])];
}

const turn = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
