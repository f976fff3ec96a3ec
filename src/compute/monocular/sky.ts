import type { Size } from '../../core/geometry.ts';
import type { Pixels } from '../preprocess/cpu.ts';
import { resizeMap } from '../resize-map/cpu.ts';
import { guidedUpsample } from '../smooth/guided-filter.ts';
import { toPicture, shrunkSize } from './picture.ts';
import type { Picture } from './picture.ts';
import { boxMean } from '../smooth/cpu.ts';

/** The heuristic looks at the photo with its longer side at most this long; the mask's edges follow the full photo. */
export const WORKING_SIDE = 192;

/** A sky that is smaller than this share of the photo, or touches less than this share of its top, is none. */
const SMALLEST = { area: 0.01, top: 0.08, paleTop: 0.2 };

/**
 * A soft mask [h, w] of the sky, 0…1 (sky above 0.5), at the photo's own size: what is smooth, coloured as skies are
 * (blue, or bright and grey, or like the bright top of the photo), and hangs together from the top border down. All
 * 0 where no sky is found. It is a heuristic: pale walls and ceilings that reach the top can pass for sky, and night
 * skies or skies behind a closed frame are missed.
 * @param disparity of the same size, any range, larger is nearer; near places are then no sky. Null: not known.
 */
export function skyMask(photo: Pixels, disparity: Float32Array | null): Float32Array {
  const small = toPicture(photo, shrunkSize(photo, WORKING_SIDE));
  const near = disparity && resizeMap(disparity, photo, small.size);
  const full = toPicture(photo, { width: photo.width, height: photo.height });
  return refineSky(findSky(small, near), small, full);
}

/** A hard mask at the working size as a soft one at the size of `full`, its edges on the edges of that. */
export function refineSky(mask: Float32Array, small: Picture, full: Picture): Float32Array {
  if (!mask.includes(1)) return new Float32Array(full.luma.length);
  const soft = guidedUpsample({ guide: small.luma, map: mask, size: small.size }, full.luma, full.size, {
    radius: 4,
    epsilon: 4e-4,
  });
  // The filter rounds the mask's flat parts off; this puts them back to 0 and 1 and keeps a soft edge.
  for (let i = 0; i < soft.length; i++) soft[i] = smoothstep(0.25, 0.75, soft[i]);
  return soft;
}

/** The hard mask (0 or 1) at the working size. */
export function findSky(picture: Picture, disparity: Float32Array | null): Float32Array {
  const { size } = picture;
  const likely = skyLikelihood(picture);
  if (disparity) keepFar(likely, disparity);
  const seeds = connectedToTop(
    likely.map((v) => (v > 0.6 ? 1 : 0)),
    size,
  );
  if (!isSky(seeds, picture)) return new Float32Array(likely.length);
  const model = colourModel(picture, seeds);
  const alike = likely.map((v, i) => {
    const near = Math.exp(-0.5 * Math.max(0, colourDistance(picture, model, i) - 1));
    return v > 0.3 && near * (0.4 + 0.6 * v) * coolness(picture, model, i) > 0.35 ? 1 : 0;
  });
  const sky = connectedToTop(alike, size);
  return isSky(sky, picture) ? fillCrumbs(withClouds(sky, picture), size) : new Float32Array(likely.length);
}

/** How much every pixel on its own looks like sky: colour × smoothness × position, 0…1. */
function skyLikelihood({ planes, luma, size }: Picture): Float32Array {
  const points = luma.length;
  const texture = localDeviation(luma, size, 2);
  const likely = new Float32Array(points);
  // The brightest twentieth sets what counts as bright, so that an evening sky does too.
  const bright = Math.max(0.35, quantile(luma, 0.95));
  for (let i = 0; i < points; i++) {
    const r = planes[i];
    const g = planes[points + i];
    const b = planes[2 * points + i];
    const most = Math.max(r, g, b);
    const saturation = most > 0 ? (most - Math.min(r, g, b)) / most : 0;
    const blue = smoothstep(0.02, 0.12, b - r) * smoothstep(-0.06, 0.02, b - g) * smoothstep(0.2, 0.45, most / bright);
    // Pink and mauve (green is the weakest) are curtains rather than skies.
    const notPink = smoothstep(-0.06, -0.02, g - Math.min(r, b));
    const pale = notPink * (1 - smoothstep(0.15, 0.35, saturation)) * smoothstep(0.45, 0.65, luma[i] / bright);
    const height = Math.floor(i / size.width) / size.height;
    const position = 1 - 0.5 * smoothstep(0.35, 0.85, height);
    likely[i] = Math.max(blue, pale) * (1 - smoothstep(0.04, 0.1, texture[i])) * position;
  }
  return likely;
}

/** Takes what is nearer than the farthest third of the disparity's range out of the likelihood. */
function keepFar(likely: Float32Array, disparity: Float32Array): void {
  const [low, high] = rangeOf(disparity);
  if (!(high > low)) return;
  for (let i = 0; i < likely.length; i++) likely[i] *= 1 - smoothstep(0.2, 0.4, (disparity[i] - low) / (high - low));
}

function localDeviation(map: Float32Array, size: Size, radius: number): Float32Array {
  const mean = boxMean(map, size, radius);
  const squares = boxMean(
    map.map((v) => v * v),
    size,
    radius,
  );
  return squares.map((v, i) => Math.sqrt(Math.max(0, v - mean[i] ** 2)));
}

/** Of a 0/1 map, what hangs together (eight neighbours) with the topmost rows. */
function connectedToTop(map: Float32Array, size: Size): Float32Array {
  const rows = Math.max(1, Math.round(size.height * 0.02));
  return connectedTo(map, size, 0, rows * size.width);
}

/** Adds what is about as bright as the sky and cannot be reached from the lower border but through sky: clouds. */
function withClouds(sky: Float32Array, { luma, size }: Picture): Float32Array {
  const rest = sky.map((v) => 1 - v);
  const standing = connectedTo(rest, size, sky.length - size.width, sky.length);
  const brightness = sky.reduce((sum, v, i) => sum + v * luma[i], 0) / sumOf(sky);
  return sky.map((v, i) => (v || (!standing[i] && luma[i] > 0.85 * brightness) ? 1 : 0));
}

/** Of a 0/1 map, what hangs together (eight neighbours) with its pixels from `begin` to `end`. */
function connectedTo(map: Float32Array, { width }: Size, begin: number, end: number): Float32Array {
  const kept = new Float32Array(map.length);
  const stack: number[] = [];
  const visit = (i: number) => {
    if (!map[i] || kept[i]) return;
    kept[i] = 1;
    stack.push(i);
  };
  for (let i = begin; i < end; i++) visit(i);
  while (stack.length) {
    const i = stack.pop()!;
    const x = i % width;
    for (let from = i - width; from <= i + width; from += width) {
      if (from < 0 || from >= map.length) continue;
      if (x > 0) visit(from - 1);
      visit(from);
      if (x + 1 < width) visit(from + 1);
    }
  }
  return kept;
}

/**
 * The checks that keep walls, roads and specks out: large enough, at the top, not down to the lower border, open
 * upwards, and bright against the rest. A sky that spans most of the top may be duller.
 */
function isSky(mask: Float32Array, { luma, planes, size }: Picture): boolean {
  const { width, height } = size;
  const points = mask.length;
  let area = 0;
  let skyLuma = 0;
  let restLuma = 0;
  let blueness = 0;
  for (let i = 0; i < points; i++) {
    if (mask[i]) {
      area++;
      skyLuma += luma[i];
      blueness += planes[2 * points + i] - planes[i];
    } else {
      restLuma += luma[i];
    }
  }
  const band = Math.max(1, Math.round(height * 0.02)) * width;
  const top = sumOf(mask.subarray(0, band)) / band;
  const bottom = sumOf(mask.subarray(points - band)) / band;
  const share = area / points;
  if (share < SMALLEST.area || share > 0.95 || top < SMALLEST.top || bottom > 0.03) return false;
  if (openness(mask, size) < 0.75) return false;
  const isBlue = blueness / area > 0.08;
  const brightness = skyLuma / area / (restLuma / (points - area));
  if (isBlue) return brightness > (top > 0.6 ? 0.4 : 0.8);
  return top > SMALLEST.paleTop && brightness > (top > 0.6 ? 1.02 : 1.2);
}

/** Mean share of sky above a pixel of sky: 1 where nothing hangs over it, little for roads seen from above. */
function openness(mask: Float32Array, { width, height }: Size): number {
  let open = 0;
  let area = 0;
  for (let x = 0; x < width; x++) {
    let above = 0;
    for (let y = 0; y < height; y++) {
      if (!mask[y * width + x]) continue;
      area++;
      above++;
      open += above / (y + 1);
    }
  }
  return open / Math.max(1, area);
}

const sumOf = (map: Float32Array): number => map.reduce((sum, v) => sum + v, 0);

interface ColourModel {
  mean: [number, number, number];
  deviation: [number, number, number];
}

/** Mean and spread of the colours under a mask. Spreads are kept away from 0, a clear sky still has a gradient. */
function colourModel({ planes }: Picture, mask: Float32Array): ColourModel {
  const points = mask.length;
  const stats = [0, 1, 2].map((c) => {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let i = 0; i < points; i++) {
      if (!mask[i]) continue;
      const v = planes[c * points + i];
      sum += v;
      squares += v * v;
      count++;
    }
    const mean = sum / count;
    return [mean, Math.max(0.06, 1.5 * Math.sqrt(Math.max(0, squares / count - mean * mean)))];
  });
  return {
    mean: [stats[0][0], stats[1][0], stats[2][0]],
    deviation: [stats[0][1], stats[1][1], stats[2][1]],
  };
}

/** Distance of a pixel's colour from the model in standard deviations, the worst channel. */
function colourDistance({ planes, luma }: Picture, { mean, deviation }: ColourModel, i: number): number {
  let worst = 0;
  for (let c = 0; c < 3; c++) worst = Math.max(worst, Math.abs(planes[c * luma.length + i] - mean[c]) / deviation[c]);
  return worst;
}

/** Under a blue sky warm greys are stone rather than clouds: 0 for these, else 1. */
function coolness({ planes, luma }: Picture, { mean }: ColourModel, i: number): number {
  if (mean[2] - mean[0] < 0.08) return 1;
  return smoothstep(-0.03, 0.01, planes[2 * luma.length + i] - planes[i]);
}

/** A majority vote over 3 × 3, twice: birds and noise go, and so do single pixels of sky on the ground. */
function fillCrumbs(mask: Float32Array, size: Size): Float32Array {
  let voted = mask;
  for (let turn = 0; turn < 2; turn++) voted = boxMean(voted, size, 1).map((v) => (v > 0.5 ? 1 : 0));
  return voted;
}

/** Smallest and largest value of a map; both are 0 where it is empty. */
export function rangeOf(map: Float32Array): [low: number, high: number] {
  if (!map.length) return [0, 0];
  let low = Infinity;
  let high = -Infinity;
  for (const value of map) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The value below which the given share of a map lies. */
export function quantile(map: Float32Array, share: number): number {
  const sorted = map.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}
