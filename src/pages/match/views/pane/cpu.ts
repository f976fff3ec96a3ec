import type { UniformValues } from '../../../../platform/gpu/uniforms.ts';
import type { PaneUniforms } from './bindings.ts';
import { BilinearReader } from '../../../../compute/field/bilinear.ts';
import type { PlainField } from '../../../../compute/field/cpu.ts';
import { sampleLevels } from '../../../../compute/mip-chain/cpu.ts';
import type { MipLevels } from '../../../../compute/mip-chain/cpu.ts';

/** r, g, b in 0…1. */
export type Rgb = [number, number, number];
export type Vec2 = [number, number];

/** What one pane is drawn from, in ordinary memory. */
export interface PaneScene {
  pane: PaneUniforms;
  here: MipLevels;
  there: MipLevels;
  field: PlainField;
  /** Uniforms that this picture alone has, as its pass in WGSL. */
  own?: UniformValues;
}

/** A picture: the colour of the stage pixel whose centre is at `x`, `y` (device pixels). */
export type PanePicture = (scene: PaneScene, x: number, y: number) => Rgb;

const LOD_BIAS = -0.3;
const FADE = 0.06;

export const clamp = (value: number, low = 0, high = 1): number => Math.min(high, Math.max(low, value));
export const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
export const mixRgb = (a: readonly number[], b: readonly number[], share: number): Rgb => [
  mix(a[0], b[0], share),
  mix(a[1], b[1], share),
  mix(a[2], b[2], share),
];
export const smoothstep = (low: number, high: number, value: number): number => {
  const t = clamp((value - low) / (high - low));
  return t * t * (3 - 2 * t);
};
export const luminance = ([r, g, b]: readonly number[]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

export function unitAt({ pane }: PaneScene, x: number, y: number): Vec2 {
  return [(x - pane.rect[0]) / pane.rect[2], (y - pane.rect[1]) / pane.rect[3]];
}

/** The picture's colour over the stage's background, by how much of the pixel the photo covers. */
export function onStage({ pane }: PaneScene, color: Rgb, [u, v]: Vec2): Rgb {
  const inside = (unit: number, size: number) => clamp(Math.min(unit, 1 - unit) * size + 0.5);
  return mixRgb(pane.ground, color, inside(u, pane.rect[2]) * inside(v, pane.rect[3]));
}

/** The hatching of places of which nothing is known. */
export function unknownColor({ pane }: PaneScene, x: number, y: number): Rgb {
  const period = 8 * pane.pixelRatio;
  const turns = (x + y) / period;
  const stripe = clamp((0.25 - Math.abs(turns - Math.floor(turns) - 0.5)) * period * 0.7071 + 0.5);
  const contrast = luminance(pane.ground) > 0.5 ? 0 : 1;
  return mixRgb(pane.ground, [contrast, contrast, contrast], mix(0.06, 0.12, stripe));
}

/** Mip level for a step of one stage pixel right and down, in unit coordinates of the photo. */
export function mipLevel(levels: MipLevels, right: Vec2, down: Vec2): number {
  const { width, height } = levels[0];
  const texels = Math.hypot(right[0] * width, right[1] * height) * Math.hypot(down[0] * width, down[1] * height);
  return Math.max(0, 0.5 * Math.log2(Math.max(texels, 1e-12)) + LOD_BIAS);
}

export function readHere({ pane, here }: PaneScene, [u, v]: Vec2): Rgb {
  return sampleLevels(here, u, v, mipLevel(here, [1 / pane.rect[2], 0], [0, 1 / pane.rect[3]]));
}

/** Where a place lies in the other photo (unit), and how that moves with the place. */
export interface Landing {
  unit: Vec2;
  alongX: Vec2;
  alongY: Vec2;
}

/** Bilinear between the grid's centres, continued linearly over the half cell outside them. */
export function readWarp(field: PlainField, [u, v]: Vec2): Landing {
  const { width, height } = field.grid;
  const axis = (unit: number, count: number) => {
    const position = unit * count - 0.5;
    const low = Math.floor(clamp(position, 0, Math.max(count - 2, 0)));
    return { low, high: Math.min(low + 1, count - 1), f: clamp(position - low, -0.5, 1.5) };
  };
  const column = axis(u, width);
  const row = axis(v, height);
  const plane = (offset: number) => {
    const at = (x: number, y: number) => 0.5 * (field.warp[offset + y * width + x] + 1);
    const topLeft = at(column.low, row.low);
    const topRight = at(column.high, row.low);
    const bottomLeft = at(column.low, row.high);
    const bottomRight = at(column.high, row.high);
    return {
      value: mix(mix(topLeft, topRight, column.f), mix(bottomLeft, bottomRight, column.f), row.f),
      alongX: mix(topRight - topLeft, bottomRight - bottomLeft, row.f) * width,
      alongY: mix(bottomLeft - topLeft, bottomRight - topRight, column.f) * height,
    };
  };
  const x = plane(0);
  const y = plane(width * height);
  return { unit: [x.value, y.value], alongX: [x.alongX, y.alongX], alongY: [x.alongY, y.alongY] };
}

export function readCycle(field: PlainField, [u, v]: Vec2): number {
  const reader = new BilinearReader(field.grid);
  reader.seek(2 * u - 1, 2 * v - 1);
  return reader.read(field.cycle);
}

/** Certainty after the cycle filter. */
export function readCertainty({ pane, field }: PaneScene, unit: Vec2): number {
  const reader = new BilinearReader(field.grid);
  reader.seek(2 * unit[0] - 1, 2 * unit[1] - 1);
  const value = reader.read(field.certainty);
  if (pane.cycleLimit <= 0) return value;
  return value * (1 - smoothstep(0.9 * pane.cycleLimit, pane.cycleLimit, readCycle(field, unit)));
}

/** 1 at the threshold and above it, 0 well below. */
export const aboveThreshold = ({ pane }: PaneScene, value: number): number =>
  smoothstep(pane.threshold - FADE, pane.threshold, value);

export function readThere({ pane, there }: PaneScene, landing: Landing): Rgb {
  const [, , width, height] = pane.rect;
  const right: Vec2 = [landing.alongX[0] / width, landing.alongX[1] / width];
  const down: Vec2 = [landing.alongY[0] / height, landing.alongY[1] / height];
  return sampleLevels(there, landing.unit[0], landing.unit[1], mipLevel(there, right, down));
}

/** Share of a stage pixel that lands on the other photo. */
export function landingCover({ pane }: PaneScene, landing: Landing): number {
  const [, , width, height] = pane.rect;
  const inside = (axis: 0 | 1) => {
    const pixel = Math.abs(landing.alongX[axis]) / width + Math.abs(landing.alongY[axis]) / height;
    return clamp(Math.min(landing.unit[axis], 1 - landing.unit[axis]) / Math.max(pixel, 1e-9) + 0.5);
  };
  return inside(0) * inside(1);
}

/** 1 where the match is certain enough to be shown and lands on the other photo. */
export const isKnown = (scene: PaneScene, value: number, landing: Landing): number =>
  aboveThreshold(scene, value) * landingCover(scene, landing);
