import type { Size } from '../../core/geometry.ts';
import type { Pixels } from '../preprocess/cpu.ts';
import { guidedUpsample } from '../smooth/guided-filter.ts';
import { shrunkSize, toPicture } from './picture.ts';
import type { Picture } from './picture.ts';
import { segmentPicture } from './segments.ts';
import type { Segments } from './segments.ts';
import { findSky, rangeOf, refineSky, smoothstep, WORKING_SIDE } from './sky.ts';
import { gaussianBlur } from '../smooth/cpu.ts';

export interface DepthEstimate {
  /** [h, w] at the photo's size, 0…1, larger is nearer. */
  disparity: Float32Array;
  /** What a person should know about this guess. */
  notes: string[];
}

/** A guess of the layout at the working size. */
interface Layout {
  sky: Float32Array;
  skyShare: number;
  /** Row of the horizon as a share of the height; above the photo where it is negative. */
  horizon: number;
  segments: Segments;
  /** How much every segment looks like ground, 0…1. */
  ground: Float32Array;
}

/**
 * A disparity map guessed from one photo, without a network: a ground plane that rises to the horizon, regions of
 * even colour that stand on it upright, the sky far away, and a little relief, with edges that follow the photo's
 * (in the manner of “Automatic photo pop-up”, Hoiem, Efros and Hebert 2005, with rules in place of learning). It is
 * plausible, not true; the notes say so. Deterministic.
 */
export function estimateDepth(photo: Pixels): DepthEstimate {
  const size = { width: photo.width, height: photo.height };
  const small = toPicture(photo, shrunkSize(size, WORKING_SIDE));
  const layout = guessLayout(small);
  const raised = raise(small, layout);
  const full = toPicture(photo, size);
  const disparity = guidedUpsample({ guide: small.luma, map: raised, size: small.size }, full.luma, size, {
    radius: 3,
    epsilon: 4e-4,
  });
  const sky = refineSky(layout.sky, small, full);
  // Cut hard: a ramp would bend the skyline's edge backwards.
  for (let i = 0; i < disparity.length; i++) disparity[i] = sky[i] > 0.5 ? 0 : Math.max(0, disparity[i]);
  const [low, high] = rangeOf(disparity);
  const range = high - low || 1;
  for (let i = 0; i < disparity.length; i++) disparity[i] = (disparity[i] - low) / range;
  return { disparity, notes: notesOf(layout) };
}

function guessLayout(picture: Picture): Layout {
  const { size } = picture;
  const sky = findSky(picture, null);
  const skyShare = sky.reduce((sum, v) => sum + v, 0) / sky.length;
  const planes = new Float32Array(picture.planes.length);
  const points = picture.luma.length;
  for (let c = 0; c < 3; c++) {
    planes.set(gaussianBlur(picture.planes.subarray(c * points, (c + 1) * points), size, 0.8), c * points);
  }
  const segments = segmentPicture(planes, size, { scale: 1.2, minimum: Math.max(4, Math.round(points * 0.0025)) });
  const horizon = skyShare > 0 ? horizonBelow(sky, size) : 0.3;
  return { sky, skyShare, horizon, segments, ground: groundness(segments, horizon, size) };
}

/** Where the sky ends in most columns, moved to where horizons are: a house or a hill hides the true one. */
function horizonBelow(sky: Float32Array, { width, height }: Size): number {
  const ends = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) if (sky[y * width + x]) ends[x] = (y + 1) / height;
  }
  const lowest = ends.sort()[Math.floor(0.9 * (width - 1))];
  return Math.min(Math.max(lowest, 0.35), 0.8);
}

/** Wide regions below the horizon that reach the lower part of the photo are ground. */
function groundness({ labels, count }: Segments, horizon: number, { width, height }: Size): Float32Array {
  const left = new Int32Array(count).fill(width);
  const right = new Int32Array(count);
  const top = new Int32Array(count).fill(height);
  const bottom = new Int32Array(count);
  for (let i = 0; i < labels.length; i++) {
    const segment = labels[i];
    const x = i % width;
    const y = (i - x) / width;
    left[segment] = Math.min(left[segment], x);
    right[segment] = Math.max(right[segment], x);
    top[segment] = Math.min(top[segment], y);
    bottom[segment] = Math.max(bottom[segment], y);
  }
  return Float32Array.from({ length: count }, (_, s) => {
    const across = (right[s] - left[s] + 1) / width;
    const down = (bottom[s] - top[s] + 1) / height;
    const below = smoothstep(horizon - 0.08, horizon + 0.02, top[s] / height);
    const flat = smoothstep(0.8, 2, across / down);
    const wide = smoothstep(0.1, 0.5, across);
    return below * Math.max(wide, flat * 0.7) * smoothstep(0.45, 0.75, bottom[s] / height);
  });
}

/** The disparity at the working size: what stands keeps the disparity of the ground below it. */
function raise({ luma, size }: Picture, { sky, skyShare, horizon, segments, ground }: Layout): Float32Array {
  const { width, height } = size;
  const plane = Float32Array.from({ length: height }, (_, y) => groundDisparity((y + 0.5) / height, horizon));
  const lean = (skyShare > 0 ? 0.2 : 0.8) / height;
  const raised = new Float32Array(luma.length);
  for (let x = 0; x < width; x++) {
    let below = plane[height - 1];
    let foot = below;
    for (let y = height - 1; y >= 0; y--) {
      const i = y * width + x;
      // The sky gets what is below it and is put far away at the photo's full size, where its edge is sharp.
      if (sky[i]) {
        raised[i] = below;
        continue;
      }
      const share = Math.max(lean, ground[segments.labels[i]]);
      if (share > 0.2) foot = below;
      // Leaving a region upwards steps back a little, for what is seen above is mostly behind; but one thing may
      // have many regions, so all steps above one foot have a limit.
      const leaves = y + 1 < height && segments.labels[i] !== segments.labels[i + width];
      if (leaves) below = Math.max(0.8 * foot, 0.97 * below);
      below = Math.max(plane[y], share * plane[y] + (1 - share) * below);
      raised[i] = below;
    }
  }
  // A little blur takes the tears out of fronts whose windows are regions of their own.
  const even = gaussianBlur(evenOut(raised, segments, ground), size, 1.8);
  return withRelief(skyShare > 0 ? even : withCentre(even, size), luma, size);
}

/** Without a sky a photo is mostly of something, and that lies in the middle. */
function withCentre(raised: Float32Array, { width, height }: Size): Float32Array {
  return raised.map((v, i) => {
    const x = ((i % width) + 0.5) / width - 0.5;
    const y = (Math.floor(i / width) + 0.5) / height - 0.55;
    return 0.75 * v + 0.25 * Math.exp(-(x * x + y * y) / (2 * 0.3 ** 2));
  });
}

/** Of the ground at a row: 0.12 at and above the horizon, which the sky (0) lies behind, 1 at the lower border. */
function groundDisparity(y: number, horizon: number): number {
  return 0.12 + 0.88 * Math.max(0, (y - horizon) / (1 - horizon));
}

/** What stands is drawn to the mean of its region, so that columns do not show. */
function evenOut(raised: Float32Array, { labels, count }: Segments, ground: Float32Array): Float32Array {
  const sums = new Float64Array(count);
  const pixels = new Int32Array(count);
  for (let i = 0; i < raised.length; i++) {
    sums[labels[i]] += raised[i];
    pixels[labels[i]]++;
  }
  return raised.map((v, i) => {
    const pull = 0.8 * (1 - ground[labels[i]]);
    return v + pull * (sums[labels[i]] / pixels[labels[i]] - v);
  });
}

/** Bulges from brightness: a few hundredths, so that surfaces are not cardboard. */
function withRelief(raised: Float32Array, luma: Float32Array, size: Size): Float32Array {
  const fine = gaussianBlur(luma, size, 2);
  const coarse = gaussianBlur(luma, size, 12);
  return raised.map((v, i) => Math.max(0.05, v + 0.12 * (fine[i] - coarse[i])));
}

function notesOf({ skyShare, horizon }: Layout): string[] {
  const notes = [
    'A guess from position and colour: ground rises to the horizon and regions stand on it. It is not a measured depth.',
  ];
  if (skyShare > 0) {
    notes.push(
      `Sky found on ${Math.round(100 * skyShare)} % of the photo; horizon at ${Math.round(100 * horizon)} % of its height.`,
    );
  } else {
    notes.push(
      'No sky found: the horizon is assumed at 30 % of the height, which close-ups and indoor photos seldom obey.',
    );
  }
  return notes;
}
