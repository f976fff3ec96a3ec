import { colorMapAt, COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import { INLIER_COLOR, isInlier, OUTLIER_COLOR } from '../../../../core/inlier-test.ts';
import type { MatchUniforms } from './gpu.ts';
import { clamp, mixRgb } from '../pane/cpu.ts';
import type { Rgb } from '../pane/cpu.ts';

/** Floats a row of the match list: x_a, y_a, x_b, y_b (normalised), certainty, side, 0, 0. */
const ROW = 8;
type Vec4 = readonly [number, number, number, number];

/** The correspondences over what lies `under` them, at the stage pixel whose centre is at `x`, `y`. */
export function drawMatches(
  values: MatchUniforms,
  rows: Float32Array,
  points: boolean,
  under: Rgb,
  x: number,
  y: number,
): Rgb {
  let color = under;
  const over = (paint: Rgb, cover: number, alpha: number) => {
    // `paint` is already weighted by its share of `cover`.
    color = color.map((c, i) => paint[i] * alpha + c * (1 - cover * alpha)) as Rgb;
  };
  const count = rows.length / ROW;
  const a = (i: number) => placeOn(values.photoA, rows[i * ROW], rows[i * ROW + 1]);
  const b = (i: number) => placeOn(values.photoB, rows[i * ROW + 2], rows[i * ROW + 3]);
  const colorOf = (i: number) => matchColor(values, rows.subarray(i * ROW, (i + 1) * ROW));
  for (let i = 0; i < count && !points; i++) {
    if (!isIn(values.paneA, a(i)) || !isIn(values.paneB, b(i))) continue;
    const cover = lineCover(a(i), b(i), values.lineWidth, x, y);
    if (cover > 0) over(mixRgb([0, 0, 0], colorOf(i), cover), cover, values.lineAlpha);
  }
  for (const [end, pane] of [
    [a, values.paneA],
    [b, values.paneB],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const centre = end(i);
      if (!isIn(pane, centre)) continue;
      const distance = Math.hypot(x - centre[0], y - centre[1]);
      const disc = clamp(values.dotRadius + 0.5 - distance);
      const rim = values.ring > 1e-3 ? clamp(values.dotRadius + values.ring + 0.5 - distance) : 0;
      const cover = disc + 0.6 * rim * (1 - disc);
      if (cover > 0) over(mixRgb([0, 0, 0], colorOf(i), disc), cover, values.dotAlpha);
    }
  }
  return color;
}

/**
 * Colour of a place on A (normalised), 0…1: in OKLab (B. Ottosson, 2020) the hue goes round the centre, where it pales.
 * Matched places share it.
 */
export function positionColor(x: number, y: number): Rgb {
  const radius = clamp(Math.max(Math.abs(x), Math.abs(y)));
  const length = Math.max(Math.hypot(x, y), 1e-4);
  const chroma = 0.17 * radius ** 0.6;
  return oklabToSrgb(0.76 - 0.06 * y, (chroma * x) / length, (chroma * y) / length);
}

/** Colour of a match (a row of ROW_FLOATS floats), 0…1. */
export function matchColor(values: MatchUniforms, row: Float32Array): Rgb {
  if (values.colorBy === 'inliers' && values.model) {
    return [...(isInlier(values.model, row[0], row[1], row[2], row[3]) ? INLIER_COLOR : OUTLIER_COLOR)];
  }
  if (values.colorBy !== 'certainty') return positionColor(row[0], row[1]);
  return colorMapAt(COLOR_MAPS[values.colorMap], row[4]).map((c) => c / 255) as Rgb;
}

function placeOn([x, y, width, height]: Vec4, nx: number, ny: number): [number, number] {
  return [x + 0.5 * (nx + 1) * width, y + 0.5 * (ny + 1) * height];
}

function isIn([x, y, width, height]: Vec4, [px, py]: [number, number]): boolean {
  return px >= x && py >= y && px <= x + width && py <= y + height;
}

/** Share of a pixel under a line of this width with flat ends. */
function lineCover(from: [number, number], to: [number, number], width: number, x: number, y: number): number {
  const along = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(along[0], along[1]);
  if (length < 1e-3) return 0;
  const travelled = ((x - from[0]) * along[0] + (y - from[1]) * along[1]) / length;
  if (travelled < 0 || travelled > length) return 0;
  const across = Math.abs((x - from[0]) * along[1] - (y - from[1]) * along[0]) / length;
  return clamp(0.5 * width + 0.5 - across);
}

function oklabToSrgb(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encodeSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encodeSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encodeSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encodeSrgb(linear: number): number {
  const c = clamp(linear);
  return c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
}
