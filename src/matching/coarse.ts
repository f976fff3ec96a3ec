import type { Size } from '../core/geometry.ts';
import { type Matrix3, project } from '../core/matrix3.ts';
import { fitHomography } from '../geometry/estimators/homography.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import { seededRandom } from '../geometry/random.ts';

/** Coarse features of one photo (or one view of it) as unit vectors, a cell after the other. */
export interface Tokens {
  grid: Size;
  channels: number;
  /** [cells, channels] */
  values: Float32Array;
  /** 1 for cells that show something: the corners around a turned photo are alike in all photos. */
  shown: Uint8Array;
}

/** What two photos' coarse features alone say of a motion between them. */
export interface CoarseSupport {
  /** Normalised A to normalised B; null where nothing agrees. */
  homography: Matrix3 | null;
  /** Cells that are each other's most similar, and how many of them the motion explains. */
  mutual: number;
  inliers: number;
  /**
   * −log₁₀ of how often as many would agree by chance (a contrario, as ORSA: Moisan and Stival 2004): comparable between
   * grids of different sizes. Cells of one photo are no independent draws, so that even unrelated photos reach some 10.
   */
  score: number;
  /** The score that the same views would have if every cell of the smaller one agreed. */
  perfect: number;
}

/** A cell is explained where the motion takes it this near to its partner, cells of B. */
const NEAR = 1.5;
/** The same for a rough motion, which knows no slant. */
const ROUGHLY_NEAR = 2.5;
/** Fewer mutual cells than this say nothing. */
const LEAST = 8;
/** Pairs of cells that a turn and a scale are read from: two right ones among a tenth right are met in 200. */
const SAMPLES = 1500;
/** What is left between two views whose features are alike: turn in radians and scale, either way. */
const LEFT = { turn: 1.2, scale: 2.5 } as const;
const REFINEMENTS = 6;

/**
 * A feature map [1, c, h, w] as tokens.
 * @param frame of the view that was encoded, normalised view to normalised photo; null for the photo itself
 */
export function tokensOf(
  data: Float32Array,
  [, channels, height, width]: readonly number[],
  frame: Matrix3 | null,
): Tokens {
  const cells = width * height;
  const shown = new Uint8Array(cells).fill(1);
  if (frame) {
    for (let cell = 0; cell < cells; cell++) {
      const [x, y] = [(2 * (cell % width) + 1) / width - 1, (2 * Math.floor(cell / width) + 1) / height - 1];
      if (!project(frame, x, y).every((place) => Math.abs(place) <= 1)) shown[cell] = 0;
    }
  }
  const values = new Float32Array(cells * channels);
  for (let cell = 0; cell < cells; cell++) {
    let squares = 1e-12;
    for (let c = 0; c < channels; c++) squares += data[c * cells + cell] ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let c = 0; c < channels; c++) values[cell * channels + c] = data[c * cells + cell] * scale;
  }
  return { grid: { width, height }, channels, values, shown };
}

/** Cells that are each other's nearest by cosine: index in A, index in B. */
export function mutualCells(a: Tokens, b: Tokens): [number, number][] {
  const [countA, countB] = [a.grid.width * a.grid.height, b.grid.width * b.grid.height];
  const bestOfA = new Int32Array(countA);
  const bestOfB = new Int32Array(countB);
  const topOfB = new Float32Array(countB).fill(-2);
  const row = new Float32Array(countB);
  for (let i = 0; i < countA; i++) {
    if (!a.shown[i]) continue;
    similarities(a, i, b, row);
    let top = -2;
    for (let j = 0; j < countB; j++) {
      if (!b.shown[j]) continue;
      const similarity = row[j];
      if (similarity > top) [top, bestOfA[i]] = [similarity, j];
      if (similarity > topOfB[j]) [topOfB[j], bestOfB[j]] = [similarity, i];
    }
  }
  const mutual: [number, number][] = [];
  for (let i = 0; i < countA; i++) {
    const j = bestOfA[i];
    if (a.shown[i] && b.shown[j] && bestOfB[j] === i) mutual.push([i, j]);
  }
  return mutual;
}

/** Cosines of A's cell `i` and every cell of B; four of them at a time, which engines make fast. */
function similarities(a: Tokens, i: number, b: Tokens, out: Float32Array): void {
  const { channels } = a;
  const [p, q] = [a.values, b.values];
  const from = i * channels;
  let j = 0;
  for (; j + 4 <= out.length; j += 4) {
    let [at0, s0, s1, s2, s3] = [j * channels, 0, 0, 0, 0];
    for (let c = from; c < from + channels; c++, at0++) {
      const value = p[c];
      s0 += value * q[at0];
      s1 += value * q[at0 + channels];
      s2 += value * q[at0 + 2 * channels];
      s3 += value * q[at0 + 3 * channels];
    }
    out[j] = s0;
    out[j + 1] = s1;
    out[j + 2] = s2;
    out[j + 3] = s3;
  }
  for (; j < out.length; j++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += p[from + c] * q[j * channels + c];
    out[j] = sum;
  }
}

/** The motion that most mutually nearest cells agree on, and how much that is beyond chance. */
export function coarseSupport(a: Tokens, b: Tokens): CoarseSupport {
  const mutual = mutualCells(a, b);
  const [placesA, placesB] = [a, b].map(({ shown }) => shown.reduce((sum, one) => sum + one, 0));
  const chance = Math.min(0.5, (Math.PI * NEAR ** 2) / placesB);
  const perfect = beyondChance(Math.min(placesA, placesB), Math.min(placesA, placesB), chance);
  const none = { homography: null, mutual: mutual.length, inliers: 0, score: 0, perfect };
  if (mutual.length < LEAST) return none;
  const column = (k: number, { width }: Size) => (k % width) + 0.5;
  const row = (k: number, { width }: Size) => Math.floor(k / width) + 0.5;
  const pairs = {
    xa: mutual.map(([i]) => column(i, a.grid)),
    ya: mutual.map(([i]) => row(i, a.grid)),
    xb: mutual.map(([, j]) => column(j, b.grid)),
    yb: mutual.map(([, j]) => row(j, b.grid)),
  };
  const fit = fitMotion(pairs, a.grid);
  if (!fit) return none;
  const { inliers } = fit;
  return {
    homography: normalised(fit.homography, a.grid, b.grid),
    mutual: mutual.length,
    inliers,
    score: beyondChance(mutual.length, inliers, chance),
    perfect,
  };
}

/**
 * The homography that most pairs follow: turns and scales through two pairs each, the best of them refined by least
 * squares. Two pairs suffice to find a few right ones among many wrong; four hardly ever would be right at once.
 */
function fitMotion(pairs: Columns, grid: Size): { homography: Matrix3; inliers: number } | null {
  let best = bestSimilarity(pairs);
  if (!best) return null;
  let inliers = near(best, pairs, NEAR);
  let reach = ROUGHLY_NEAR;
  for (let round = 0; round < REFINEMENTS; round++) {
    const chosen = near(best, pairs, reach);
    if (chosen.length < LEAST) break;
    const next = fitHomography(pairs, chosen);
    if (!next || !isEven(next, grid)) break;
    const found = near(next, pairs, NEAR);
    if (found.length < inliers.length) break;
    if (found.length === inliers.length && round > 2) break;
    [best, inliers] = [next, found];
    reach = Math.max(NEAR, reach - 0.5);
  }
  return { homography: best, inliers: inliers.length };
}

interface Columns extends PointPairs {
  xa: number[];
  ya: number[];
  xb: number[];
  yb: number[];
}

function bestSimilarity({ xa, ya, xb, yb }: Columns): Matrix3 | null {
  const count = xa.length;
  const random = seededRandom(1);
  const all = (count * (count - 1)) / 2;
  let best: Matrix3 | null = null;
  let most = 0;
  for (let sample = 0; sample < Math.min(SAMPLES, all); sample++) {
    const i = Math.floor(random() * count);
    const j = Math.floor(random() * count);
    const [dx, dy, du, dv] = [xa[j] - xa[i], ya[j] - ya[i], xb[j] - xb[i], yb[j] - yb[i]];
    const length = dx * dx + dy * dy;
    // Neighbours tell no turn.
    if (length < 6) continue;
    const c = (dx * du + dy * dv) / length;
    const s = (dx * dv - dy * du) / length;
    const scale = Math.hypot(c, s);
    if (scale > LEFT.scale || scale < 1 / LEFT.scale || Math.abs(Math.atan2(s, c)) > LEFT.turn) continue;
    const tx = xb[i] - c * xa[i] + s * ya[i];
    const ty = yb[i] - s * xa[i] - c * ya[i];
    let inliers = 0;
    for (let k = 0; k < count; k++) {
      const ex = c * xa[k] - s * ya[k] + tx - xb[k];
      const ey = s * xa[k] + c * ya[k] + ty - yb[k];
      if (ex * ex + ey * ey < ROUGHLY_NEAR * ROUGHLY_NEAR) inliers++;
    }
    if (inliers > most) [best, most] = [[c, -s, tx, s, c, ty, 0, 0, 1], inliers];
  }
  return best;
}

/** Whether a motion turns no part of the grid over, and shows it about as large: others gather all cells in one corner. */
function isEven(motion: Matrix3, { width, height }: Size): boolean {
  const corners = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ].map(([x, y]) => project(motion, x, y));
  const turns = corners.map(([x, y], k) => {
    const [p, q] = [corners[(k + 1) % 4], corners[(k + 3) % 4]];
    return ((p[0] - x) * (q[1] - y) - (p[1] - y) * (q[0] - x)) / (width * height);
  });
  return turns.every((area) => area > 1 / LEFT.scale ** 2 / 2 && area < 2 * LEFT.scale ** 2);
}

function near(motion: Matrix3, { xa, ya, xb, yb }: Columns, reach: number): number[] {
  const found: number[] = [];
  for (let k = 0; k < xa.length; k++) {
    const [x, y] = project(motion, xa[k], ya[k]);
    if ((x - xb[k]) ** 2 + (y - yb[k]) ** 2 < reach * reach) found.push(k);
  }
  return found;
}

/** −log₁₀ of the expected number of motions through four pairs that `inliers` of `count` follow by chance. */
function beyondChance(count: number, inliers: number, chance: number): number {
  if (inliers <= 4) return 0;
  const tests = Math.log10(count - 4) + logBinomial(count, inliers) + logBinomial(inliers, 4);
  return -(tests + (inliers - 4) * Math.log10(chance));
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log10((n - i + 1) / i);
  return sum;
}

/** A homography between cells as one between normalised coordinates. */
function normalised(h: Matrix3, a: Size, b: Size): Matrix3 {
  const [sx, sy, tx, ty] = [a.width / 2, a.height / 2, a.width / 2, a.height / 2];
  const rows = [0, 3, 6].map((r) => [h[r] * sx, h[r + 1] * sy, h[r] * tx + h[r + 1] * ty + h[r + 2]]);
  const [x, y, w] = rows;
  return [
    ...w.map((value, k) => (2 / b.width) * x[k] - value),
    ...w.map((value, k) => (2 / b.height) * y[k] - value),
    ...w,
  ] as unknown as Matrix3;
}
