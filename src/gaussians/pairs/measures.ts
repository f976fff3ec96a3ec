import { invert3, type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { relativePose, type SplatCamera, transpose3 } from '../camera.ts';
import { LABEL_STATES, type LabelState, type SideLabels, STATE } from './labels.ts';

/** How good a pair's labels are, over the visible places of one view. */
export interface LabelMeasures {
  /** Share of the view's pixels in each state. */
  readonly shares: Readonly<Record<LabelState, number>>;
  /** Pixels there and back through the other view's depth. Visible places alone, so at most the limit. */
  readonly cycle: Spread;
  /** The same of all places that both views see at about that depth, before the limit on the cycle. */
  readonly cycleBefore: Spread;
  /** |depth found − depth expected| / expected: MatchGS's relative reprojection error. */
  readonly relative: Spread;
  /** Pixels, symmetric, MatchGS's: see {@link EPIPOLAR_NOTE}. */
  readonly epipolar: Spread;
  /** The same on the camera's plane at distance 1, as the paper prints it. */
  readonly epipolarNormalised: Spread;
}

export interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
}

/** What the symmetric epipolar error of such labels cannot say. */
export const EPIPOLAR_NOTE =
  'The epipolar error says nothing about these labels: a place made from a depth and a pose lies on its epipolar line at any depth.';

export function measureLabels(labels: SideLabels, a: SplatCamera, b: SplatCamera): LabelMeasures {
  const points = labels.width * labels.height;
  const counts = new Array<number>(LABEL_STATES.length).fill(0);
  const visible: number[] = [];
  const compared: number[] = [];
  for (let i = 0; i < points; i++) {
    counts[labels.state[i]]++;
    if (labels.state[i] === STATE.visible) visible.push(i);
    if (labels.relative[i] <= 0.01 && labels.cycle[i] >= 0) compared.push(i);
  }
  const { rotation, translation } = relativePose(a, b);
  const essential = multiply3(skew(translation), rotation);
  const fundamental = fundamentalOf(essential, a, b);
  const epipolar = new Float64Array(visible.length);
  const normalised = new Float64Array(visible.length);
  visible.forEach((i, k) => {
    const [x, y] = [(i % labels.width) + 0.5, Math.floor(i / labels.width) + 0.5];
    const [u, v] = [(b.width / 2) * (labels.warp[i] + 1), (b.height / 2) * (labels.warp[points + i] + 1)];
    epipolar[k] = symmetricEpipolar(fundamental, x, y, u, v);
    normalised[k] = symmetricEpipolar(
      essential,
      (x - a.cx) / a.fx,
      (y - a.cy) / a.fy,
      (u - b.cx) / b.fx,
      (v - b.cy) / b.fy,
    );
  });
  const of = (values: Float32Array, places: readonly number[]) => spread(Float64Array.from(places, (i) => values[i]));
  return {
    shares: Object.fromEntries(LABEL_STATES.map((name, k) => [name, counts[k] / points])) as Record<LabelState, number>,
    cycle: of(labels.cycle, visible),
    cycleBefore: of(labels.cycle, compared),
    relative: of(labels.relative, visible),
    epipolar: spread(epipolar),
    epipolarNormalised: spread(normalised),
  };
}

/** Zeros where there is nothing. */
export function spread(values: Float64Array): Spread {
  if (!values.length) return { mean: 0, median: 0, p95: 0 };
  const sorted = values.slice().sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, median: at(0.5), p95: at(0.95) };
}

/** Distances in pixels of a pair's labels from true places [2, h, w] (normalised), over its visible places. */
export function endPointErrors(labels: SideLabels, truth: ArrayLike<number>, other: SplatCamera): Float64Array {
  const points = labels.width * labels.height;
  const errors: number[] = [];
  for (let i = 0; i < points; i++) {
    if (labels.state[i] !== STATE.visible || truth[i] < -1.5) continue;
    const dx = (other.width / 2) * (labels.warp[i] - truth[i]);
    const dy = (other.height / 2) * (labels.warp[points + i] - truth[points + i]);
    errors.push(Math.hypot(dx, dy));
  }
  return Float64Array.from(errors);
}

/** ½ (|x'ᵀFx| / ‖(Fx)₁₂‖ + |xᵀFᵀx'| / ‖(Fᵀx')₁₂‖) */
function symmetricEpipolar(f: Matrix3, x: number, y: number, u: number, v: number): number {
  const [a, b, c] = [f[0] * x + f[1] * y + f[2], f[3] * x + f[4] * y + f[5], f[6] * x + f[7] * y + f[8]];
  const [d, e] = [f[0] * u + f[3] * v + f[6], f[1] * u + f[4] * v + f[7]];
  const product = Math.abs(u * a + v * b + c);
  // Without a baseline there are no lines.
  if (product === 0) return 0;
  return 0.5 * product * (1 / Math.hypot(a, b) + 1 / Math.hypot(d, e));
}

const skew = ([x, y, z]: readonly [number, number, number]): Matrix3 => [0, -z, y, z, 0, -x, -y, x, 0];

/** K_b⁻ᵀ E K_a⁻¹ */
function fundamentalOf(essential: Matrix3, a: SplatCamera, b: SplatCamera): Matrix3 {
  const inverse = ({ fx, fy, cx, cy }: SplatCamera) => invert3([fx, 0, cx, 0, fy, cy, 0, 0, 1])!;
  return multiply3(multiply3(transpose3(inverse(b)), essential), inverse(a));
}
