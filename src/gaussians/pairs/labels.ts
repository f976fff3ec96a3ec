import type { Matrix3 } from '../../core/matrix3.ts';
import { relativePose, type SplatCamera, transpose3 } from '../camera.ts';
import type { TrustedDepth } from './depth-rule.ts';

/** What is known of a pixel's place in the other view. */
export const LABEL_STATES = [
  /** Its own depth cannot be trusted, or not well enough for a pixel of the other picture: nothing is known. */
  'masked',
  /** It lies outside the other picture, or behind that camera. */
  'outside',
  /** Something lies before it there. */
  'hidden',
  /** The other view's depth there cannot be trusted, or leads back to another pixel. */
  'doubtful',
  /** Both views see the same place. */
  'visible',
] as const;
export type LabelState = (typeof LABEL_STATES)[number];
export const STATE = Object.fromEntries(LABEL_STATES.map((name, i) => [name, i])) as Record<LabelState, number>;

/** Limits of a label beside those of the depths. */
export interface LabelLimits {
  /** The depth found there may differ by so much, relative, in the best of the four pixels around. */
  readonly maxDepthDifference: number;
  /** Pixels between a place and where it comes back to through the other view's depth. */
  readonly maxCycle: number;
  /**
   * Pixels that the place moves in the other picture when the depth is another one of those that its pixel has, or that
   * of what the pixel is the rim before. A limit on the depths alone lets more error through the wider the baseline and
   * the larger the picture.
   */
  readonly maxShift: number;
}

export const LABEL_LIMITS: LabelLimits = { maxDepthDifference: 0.01, maxCycle: 1, maxShift: 1 };

/** Labels on one view's grid. */
export interface SideLabels {
  readonly width: number;
  readonly height: number;
  /** [2, h, w] x, then y in the other view, normalised as everywhere; (−2, −2) where the state is masked or outside. */
  readonly warp: Float32Array<ArrayBuffer>;
  /** [h, w] a place in {@link LABEL_STATES}. */
  readonly state: Uint8Array<ArrayBuffer>;
  /** [h, w] pixels from there and back; NaN where the other view has no depth there. */
  readonly cycle: Float32Array<ArrayBuffer>;
  /** [h, w] |depth found − depth expected| / expected in the other view; NaN as above. */
  readonly relative: Float32Array<ArrayBuffer>;
}

/** One of two views: its camera and its depth. */
export interface LabelView {
  readonly camera: SplatCamera;
  readonly depth: TrustedDepth;
}

/** Where each pixel of `a` lies in `b`, and whether `b` sees it. */
export function labelSide(a: LabelView, b: LabelView, limits: LabelLimits = LABEL_LIMITS): SideLabels {
  const { width, height } = a.depth;
  const points = width * height;
  const labels: SideLabels = {
    width,
    height,
    warp: new Float32Array(2 * points).fill(-2),
    state: new Uint8Array(points),
    cycle: new Float32Array(points).fill(NaN),
    relative: new Float32Array(points).fill(NaN),
  };
  const there = relativePose(a.camera, b.camera);
  const back = { rotation: transpose3(there.rotation), translation: there.translation };
  for (let i = 0; i < points; i++) {
    if (!a.depth.trusted[i]) continue;
    const x = (i % width) + 0.5;
    const y = Math.floor(i / width) + 0.5;
    const z = a.depth.depth[i];
    const lens = b.camera;
    const placeAt = (depth: number): [u: number, v: number, depth: number] => {
      const [px, py, pz] = moved(there.rotation, there.translation, ...unprojected(a.camera, x, y, depth));
      return [(lens.fx * px) / pz + lens.cx, (lens.fy * py) / pz + lens.cy, pz];
    };
    const [u, v, pz] = placeAt(z);
    const isFar = (depth: number) => {
      if (limits.maxShift === Infinity) return false;
      const [otherU, otherV, otherDepth] = placeAt(depth);
      return !(otherDepth > 0) || Math.hypot(otherU - u, otherV - v) > limits.maxShift;
    };
    const spread = a.depth.spread ? a.depth.spread[i] : 0;
    if (pz > 0 && ((spread > 0 && isFar(z + spread)) || isRim(a.depth, i, isFar))) continue;
    if (!(pz > 0) || u < 0 || v < 0 || u > lens.width || v > lens.height) {
      labels.state[i] = STATE.outside;
      continue;
    }
    labels.warp[i] = (2 * u) / lens.width - 1;
    labels.warp[points + i] = (2 * v) / lens.height - 1;
    const seen = depthAt(b.depth, u, v, pz);
    if (!seen) {
      labels.state[i] = STATE.doubtful;
      continue;
    }
    labels.relative[i] = Math.abs(seen.depth - pz) / pz;
    // Xₐ = Rᵀ (X_b − t).
    const [ux, uy, uz] = unprojected(lens, u, v, seen.depth);
    const t = back.translation;
    const [qx, qy, qz] = moved(back.rotation, [0, 0, 0], ux - t[0], uy - t[1], uz - t[2]);
    if (qz > 0) {
      const { fx, fy, cx, cy } = a.camera;
      labels.cycle[i] = Math.hypot((fx * qx) / qz + cx - x, (fy * qy) / qz + cy - y);
    }
    if (seen.difference <= limits.maxDepthDifference) {
      labels.state[i] = seen.isTrusted && labels.cycle[i] < limits.maxCycle ? STATE.visible : STATE.doubtful;
    } else labels.state[i] = seen.depth < pz ? STATE.hidden : STATE.doubtful;
  }
  return labels;
}

/**
 * Whether a pixel is the rim of something before what its neighbour shows: a rasteriser draws every Gaussian a little
 * wider than it is, so that the nearer surface ends half a pixel too late and the ray of its last pixel passes it.
 * What goes on steeply is none: from the pixel on the other side 1 / depth is continued, in which planes are flat.
 * @param isFar whether the pixel's place would be another one at that depth
 */
function isRim(view: TrustedDepth, pixel: number, isFar: (depth: number) => boolean): boolean {
  const { width, height, depth } = view;
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  const inner = depth[pixel];
  for (let k = 0; k < 4; k++) {
    const [dx, dy] = STEPS[k];
    const [cx, cy, bx, by] = [x + dx, y + dy, x - dx, y - dy];
    if (cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
    const beyond = depth[cy * width + cx];
    // Nothing is there: it is as far as can be.
    if (!(beyond > 0) && isFar(HORIZON * inner)) return true;
    if (!(beyond > inner)) continue;
    const isInside = bx >= 0 && by >= 0 && bx < width && by < height;
    const before = isInside ? depth[by * width + bx] : 0;
    const inverse = before > 0 ? 2 / inner - 1 / before : 1 / inner;
    // As steep as this the surface goes on to the horizon.
    if (!(inverse > 0)) continue;
    const continued = 1 / inverse;
    // The same way farther from the pixel's own depth.
    if (beyond > continued && isFar(inner + beyond - continued)) return true;
  }
  return false;
}

/** So many times a depth is as good as infinitely far. */
const HORIZON = 1e6;

const STEPS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

interface SeenDepth {
  depth: number;
  /** Relative, of the best of the pixels around. */
  difference: number;
  isTrusted: boolean;
}

/** Where four pixels around a place differ less, relative, they show one surface and are interpolated. */
const ONE_SURFACE = 0.05;

/**
 * What a view's depth says at a place where `expected` should lie. Of the four pixels around it the best one counts, so
 * that an edge does not make its neighbours' places hidden; where the four belong together they are interpolated by
 * inverse depth, in which planes are flat.
 */
function depthAt({ width, height, depth, trusted }: TrustedDepth, x: number, y: number, expected: number) {
  const column = Math.floor(x - 0.5);
  const row = Math.floor(y - 0.5);
  let best: SeenDepth | null = null;
  let [inverse, weights, least, most] = [0, 0, Infinity, 0];
  let isTrusted = true;
  for (let k = 0; k < 4; k++) {
    const [c, r] = [column + (k & 1), row + (k >> 1)];
    if (c < 0 || r < 0 || c >= width || r >= height) continue;
    const i = r * width + c;
    const found = depth[i];
    if (!(found > 0)) {
      isTrusted = false;
      continue;
    }
    const difference = Math.abs(found - expected) / expected;
    if (!best || difference < best.difference) best = { depth: found, difference, isTrusted: trusted[i] === 1 };
    const weight = (1 - Math.abs(x - 0.5 - c)) * (1 - Math.abs(y - 0.5 - r));
    inverse += weight / found;
    weights += weight;
    least = Math.min(least, found);
    most = Math.max(most, found);
    isTrusted &&= trusted[i] === 1;
  }
  if (best && isTrusted && weights > 0.999 && most - least < ONE_SURFACE * least) {
    const between = weights / inverse;
    const difference = Math.abs(between - expected) / expected;
    return { depth: between, difference: Math.min(difference, best.difference), isTrusted: true };
  }
  return best;
}

const unprojected = (lens: SplatCamera, x: number, y: number, z: number): [number, number, number] => [
  ((x - lens.cx) / lens.fx) * z,
  ((y - lens.cy) / lens.fy) * z,
  z,
];

const moved = (
  r: Matrix3,
  t: readonly [number, number, number],
  x: number,
  y: number,
  z: number,
): [number, number, number] => [
  r[0] * x + r[1] * y + r[2] * z + t[0],
  r[3] * x + r[4] * y + r[5] * z + t[1],
  r[6] * x + r[7] * y + r[8] * z + t[2],
];
