import type { FeatureMap, Nearest } from '../core/feature-map.ts';
import type { Size } from '../core/geometry.ts';
import { invert3, type Matrix3, multiply3, project } from '../core/matrix3.ts';
import type { DepthMap, PinholeCamera } from '../geometry/true-warp.ts';
import { bicubicResize, bilinearAt } from './resample.ts';

/**
 * Correspondence as Probe3D measures it (El Banani et al. 2024; 3DPoV follows it): every place of A whose depth is known asks
 * for its two nearest by cosine among B's places whose depth is known; the thousand whose nearest is clearest against the
 * second are kept, and the share of those that lie near the truth is told. No place is asked whether B shows it.
 */
export interface ProbeRules {
  /** Size in pixels that photos are brought to: cut to its aspect about the middle, then scaled. */
  readonly image: Size;
  /** Places, on a grid over the photo: a quarter of the image along each side. */
  readonly grid: Size;
  /** How features come to the places. */
  readonly sampling: 'bicubic' | 'bilinear';
  /** Distances in B, in pixels of `pixels`. */
  readonly pixelThresholds: readonly number[];
  /** Whose pixels those are: the image's or the grid's. */
  readonly pixels: 'image' | 'grid';
  /** Distances in space, in the unit of the pose; none where only pixels are measured. */
  readonly spaceThresholds: readonly number[];
}

/** NAVI: photos of objects. */
export const NAVI_RULES: ProbeRules = {
  image: { width: 512, height: 512 },
  grid: { width: 128, height: 128 },
  sampling: 'bicubic',
  pixelThresholds: [5, 25, 50],
  pixels: 'image',
  spaceThresholds: [0.01, 0.02, 0.05],
};

/** ScanNet-1500: rooms. */
export const SCANNET_RULES: ProbeRules = {
  image: { width: 640, height: 480 },
  grid: { width: 160, height: 120 },
  sampling: 'bilinear',
  pixelThresholds: [5, 10, 20],
  pixels: 'grid',
  spaceThresholds: [],
};

/** Matches that are kept, the clearest first. */
export const PROBE_KEPT = 1000;

/** A photo with its camera and depth; K means the pixels of `size`. */
export interface ProbeView extends PinholeCamera {
  readonly depth: DepthMap;
}

/** Part of a photo, as shares of its width and height. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The largest part about the middle of a photo that has the aspect of `image`. */
export function centreCrop(photo: Size, image: Size): Crop {
  const scale = Math.min(photo.width / image.width, photo.height / image.height);
  const width = (scale * image.width) / photo.width;
  const height = (scale * image.height) / photo.height;
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

/** Places whose depth is known. */
export interface ProbePlaces {
  /** [count, 2] x and y as shares of the crop. */
  readonly at: Float32Array<ArrayBuffer>;
  /** [count, 3] in the camera's frame. */
  readonly points: Float64Array;
  /** K in pixels of the rules' image. */
  readonly K: Matrix3;
}

/**
 * The grid's places with a depth above 0, and the points of space that they show. Depth is read at the nearest sample.
 * @param crop the part of the photo that is seen
 * @throws RangeError where K has no inverse
 */
export function probePlaces({ K, size, depth }: ProbeView, crop: Crop, { image, grid }: ProbeRules): ProbePlaces {
  const toImage: Matrix3 = [
    image.width / (crop.width * size.width),
    0,
    (-crop.x * image.width) / crop.width,
    0,
    image.height / (crop.height * size.height),
    (-crop.y * image.height) / crop.height,
    0,
    0,
    1,
  ];
  const seen = multiply3(toImage, K);
  const inverse = invert3(seen);
  if (!inverse) throw new RangeError('the camera matrix has no inverse');
  const at: number[] = [];
  const points: number[] = [];
  for (let row = 0; row < grid.height; row++) {
    for (let column = 0; column < grid.width; column++) {
      const [x, y] = [(column + 0.5) / grid.width, (row + 0.5) / grid.height];
      const z = depthAt(depth, crop.x + x * crop.width, crop.y + y * crop.height);
      if (!(z > 0)) continue;
      const [u, v] = [x * image.width, y * image.height];
      at.push(x, y);
      for (const r of [0, 3, 6]) points.push((inverse[r] * u + inverse[r + 1] * v + inverse[r + 2]) * z);
    }
  }
  return { at: Float32Array.from(at), points: Float64Array.from(points), K: seen };
}

/** Features at the places, [count, channels]: bicubic to the whole grid, or bilinear where the places are. */
export function probeFeatures(map: FeatureMap, { at }: ProbePlaces, rules: ProbeRules): Float32Array<ArrayBuffer> {
  if (rules.sampling === 'bilinear') return bilinearAt(map, at);
  const { grid, channels, values } = bicubicResize(map, rules.grid);
  const chosen = new Float32Array((at.length / 2) * channels);
  for (let i = 0; i < at.length / 2; i++) {
    const cell = Math.floor(at[2 * i + 1] * grid.height) * grid.width + Math.floor(at[2 * i] * grid.width);
    chosen.set(values.subarray(cell * channels, (cell + 1) * channels), i * channels);
  }
  return chosen;
}

/**
 * The clearest matches, best first: weight 1 − d₁ / d₂, where d is 1 − cosine of the nearest and the second nearest; of
 * equals the first.
 *
 * @returns indices of A's places
 */
export function clearestMatches({ best, second }: Nearest, kept = PROBE_KEPT): Uint32Array {
  // As published, no distance is taken for smaller than this: two equal ones are no clear match.
  const distance = (cosine: number): number => Math.max(1e-9, 1 - cosine);
  const weights = Float64Array.from(best, (cosine, i) => 1 - distance(cosine) / distance(second[i]));
  const order = Uint32Array.from(best, (_, i) => i);
  order.sort((a, b) => weights[b] - weights[a] || a - b);
  return order.slice(0, kept);
}

export interface ProbeScore {
  /** Matches that were judged. */
  readonly kept: number;
  /** Share of them within each of the rules' distances, those in space first; NaN where there are none. */
  readonly shares: number[];
}

/**
 * How many of the kept matches are right: A's point, moved by the pose, against the point that its match shows.
 * @param found for every place of A its nearest places of B
 * @param pose row-major [R|t] from camera A to camera B
 */
export function probeScore(
  found: Nearest,
  a: ProbePlaces,
  b: ProbePlaces,
  pose: ArrayLike<number>,
  rules: ProbeRules,
): ProbeScore {
  const kept = clearestMatches(found);
  const scale = rules.pixels === 'image' ? 1 : rules.grid.width / rules.image.width;
  const limits = [...rules.spaceThresholds, ...rules.pixelThresholds];
  const within = limits.map(() => 0);
  for (const i of kept) {
    const moved = [0, 4, 8].map(
      (row) =>
        pose[row] * a.points[3 * i] +
        pose[row + 1] * a.points[3 * i + 1] +
        pose[row + 2] * a.points[3 * i + 2] +
        pose[row + 3],
    );
    const match = found.index[i];
    const shown = b.points.subarray(3 * match, 3 * match + 3);
    const inSpace = Math.hypot(...moved.map((value, axis) => value - shown[axis]));
    const [u, v] = project(b.K, moved[0] / moved[2], moved[1] / moved[2]);
    const [x, y] = [b.at[2 * match] * rules.image.width, b.at[2 * match + 1] * rules.image.height];
    const inPixels = moved[2] > 0 ? scale * Math.hypot(u - x, v - y) : Infinity;
    limits.forEach((limit, t) => {
      if ((t < rules.spaceThresholds.length ? inSpace : inPixels) < limit) within[t]++;
    });
  }
  return { kept: kept.length, shares: within.map((count) => count / kept.length) };
}

function depthAt({ grid, values }: DepthMap, x: number, y: number): number {
  const cell = (share: number, cells: number): number => Math.min(cells - 1, Math.max(0, Math.floor(share * cells)));
  return values[cell(y, grid.height) * grid.width + cell(x, grid.width)];
}
