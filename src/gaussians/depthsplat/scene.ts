import { throwIfAborted } from '../../core/errors.ts';
import type { Side, Size } from '../../core/geometry.ts';
import type { Vector3 } from '../../core/rotation.ts';
import { median } from '../../geometry/measures.ts';
import { cameraCentre, movedTo, relativePose, type SplatCamera } from '../camera.ts';
import type { GaussianTable } from '../table.ts';
import { cropOf, croppedCamera, type SweepInputs, sweepInputs } from './cameras.ts';
import { SCALE_FACTORS } from './scale-factors.ts';
import { crossPsnr } from './cross-psnr.ts';
import { gaussiansOfViews, type ScaleLimits, type ViewOutput } from './gaussians.ts';

/** What the network gives for both views, one after the other (see SplatOutput of models/splat-network.ts). */
export interface TwoViewOutput {
  readonly depth: Float32Array;
  readonly gaussians: Float32Array;
}

export interface SceneInput {
  /** [2, 3, h, w] RGB in 0…1, as the network was given them. */
  readonly image: Float32Array;
  /** Of the photos, in any unit of length; A is where the scene's origin is wanted. */
  readonly cameras: Readonly<Record<Side, SplatCamera>>;
  /** Of the network's input, which is the middle of each photo ({@link cropOf}). */
  readonly size: Size;
  /** Depth than which a twentieth of what was triangulated is nearer, in the same unit ({@link nearDepth}). */
  readonly nearDepth: number;
  /** What the network was trained with. */
  readonly near: number;
  readonly far: number;
  readonly limits: ScaleLimits;
  /** [h, w] of each view, 1 where the match says that the other photo shows the place too; null: everywhere. */
  readonly covisible: Readonly<Record<Side, Uint8Array>> | null;
}

export interface SceneOptions {
  /** Factors of the baseline that may be tried; a single one is taken as it is. */
  readonly factors?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

/** A try of the scene's scale. */
export interface ScaleTry {
  /** Of the baseline that the triangulated depths ask for. */
  readonly factor: number;
  /** See {@link crossPsnr}. */
  readonly psnr: number;
}

/** A scene made by the network of two photos: camera A stands at the origin and looks along +z. */
export interface NetworkScene {
  /** A's Gaussians, then B's, row by row. */
  readonly table: GaussianTable;
  /** [n] as in the scene of match splats: above 0 a share by which one of A fades on the way to B, below 0 one of B. */
  readonly fade: Float32Array;
  readonly counts: Readonly<Record<Side, number>>;
  /** Of the photos, and of the parts of them that the network sees. */
  readonly cameras: Readonly<Record<Side, SplatCamera>>;
  readonly seen: Readonly<Record<Side, SplatCamera>>;
  /** Scene units between the cameras. */
  readonly baseline: number;
  /** Median depth before A, scene units. */
  readonly middle: number;
  /** [2, h, w] scene units. */
  readonly depth: Float32Array;
  /** The factor that was taken, how well it did, and all that were tried. */
  readonly factor: number;
  readonly psnr: number;
  readonly tries: readonly ScaleTry[];
}

/**
 * RealEstate10K's poses, with which the networks were trained, are scaled so that near things (the 5th percentile of a view's
 * depths, the 10th of those over a video) are about this far off.
 */
const TRAINED_NEAR_DEPTH = 1.25;

/**
 * Makes the scene at the scale at which both photos are drawn best from the other's Gaussians.
 *
 * A pose from matches has no scale, but the network has: its candidates of depth, the size of Gaussians and the heads' idea of
 * depth are in the units of its training. Only what follows the features is run again for each try.
 *
 * @param run the network's second graph
 */
export async function makeScene(
  input: SceneInput,
  run: (cameras: SweepInputs) => Promise<TwoViewOutput>,
  { factors = SCALE_FACTORS, signal, onProgress }: SceneOptions = {},
): Promise<NetworkScene> {
  const sorted = [...factors].sort((a, b) => a - b);
  const made = new Map<number, Made>();
  const attempt = async (index: number): Promise<number> => {
    const factor = sorted[index];
    if (factor === undefined) return -Infinity;
    const known = made.get(factor);
    if (known) return known.psnr;
    throwIfAborted(signal);
    onProgress?.(made.size, sorted.length);
    const one = await makeAt(input, factor, run);
    made.set(factor, one);
    return one.psnr;
  };
  let best = nearestIndex(sorted, 1);
  await attempt(best);
  // Uphill from the middle, on both sides first.
  for (const step of [1, -1]) {
    while ((await attempt(best + step)) > made.get(sorted[best])!.psnr) best += step;
  }
  throwIfAborted(signal);
  const { views, cameras } = made.get(sorted[best])!;
  const table = gaussiansOfViews([views.a, views.b], input.limits);
  const counts = { a: views.a.depth.length, b: views.b.depth.length };
  const depth = new Float32Array(counts.a + counts.b);
  depth.set(views.a.depth);
  depth.set(views.b.depth, counts.a);
  return {
    table,
    fade: fading(views),
    counts,
    cameras,
    seen: { a: views.a.camera, b: views.b.camera },
    baseline: Math.hypot(...relativePose(cameras.a, cameras.b).translation),
    middle: median(Array.from(views.a.depth)),
    depth,
    factor: sorted[best],
    psnr: made.get(sorted[best])!.psnr,
    tries: [...made].map(([factor, { psnr }]) => ({ factor, psnr })).sort((a, b) => a.factor - b.factor),
  };
}

interface Made {
  readonly views: Readonly<Record<Side, ViewOutput>>;
  readonly cameras: Readonly<Record<Side, SplatCamera>>;
  readonly psnr: number;
}

async function makeAt(
  input: SceneInput,
  factor: number,
  run: (cameras: SweepInputs) => Promise<TwoViewOutput>,
): Promise<Made> {
  const cameras = camerasAt(input, factor);
  const [a, b] = [cameras.a, cameras.b].map((camera) => croppedCamera(camera, cropOf(camera, input.size)));
  const output = await run(sweepInputs([a, b], input.near, input.far));
  const pixels = output.depth.length / 2;
  const channels = output.gaussians.length / (2 * pixels);
  const view = (index: number, camera: SplatCamera): ViewOutput => ({
    camera,
    channels: output.gaussians.subarray(index * channels * pixels, (index + 1) * channels * pixels),
    depth: output.depth.subarray(index * pixels, (index + 1) * pixels),
    image: input.image.subarray(3 * index * pixels, 3 * (index + 1) * pixels),
  });
  const views = { a: view(0, a), b: view(1, b) };
  const table = (side: Side): GaussianTable => gaussiansOfViews([views[side]], input.limits);
  const pair = { cameras: { a, b }, images: { a: views.a.image, b: views.b.image }, covisible: input.covisible };
  return { views, cameras, psnr: crossPsnr({ a: table('a'), b: table('b') }, pair) };
}

/** The cameras with the baseline that near things ask for, times a factor. */
export function camerasAt(
  { cameras: { a, b }, nearDepth }: Pick<SceneInput, 'cameras' | 'nearDepth'>,
  factor: number,
): Record<Side, SplatCamera> {
  const scale = (factor * TRAINED_NEAR_DEPTH) / nearDepth;
  const [from, to] = [cameraCentre(a), cameraCentre(b)];
  const centre = from.map((value, k) => value + scale * (to[k] - value)) as unknown as Vector3;
  return { a, b: movedTo(b, b.rotation, centre) };
}

function nearestIndex(values: readonly number[], to: number): number {
  return values.reduce((best, value, i) => (Math.abs(value - to) < Math.abs(values[best] - to) ? i : best), 0);
}

/** A place is shown by the other view, too, unless that view's own surface is nearer by more than this share. */
const HIDDEN = 0.94;

/**
 * How far each Gaussian gives way on the path to the other camera: wholly where the other view shows the place itself or sees
 * through it, not at all where it does not see it.
 */
function fading(views: Readonly<Record<Side, ViewOutput>>): Float32Array {
  const pixels = views.a.depth.length;
  const fade = new Float32Array(pixels + views.b.depth.length);
  for (const [from, to, begin, sign] of [
    ['a', 'b', 0, 1],
    ['b', 'a', pixels, -1],
  ] as const) {
    const [own, other] = [views[from], views[to]];
    const { rotation: r, translation: t } = relativePose(own.camera, other.camera);
    const { width, fx, fy, cx, cy } = own.camera;
    for (let i = 0; i < own.depth.length; i++) {
      const z = own.depth[i];
      const [x, y] = [(((i % width) + 0.5 - cx) / fx) * z, ((Math.floor(i / width) + 0.5 - cy) / fy) * z];
      const depth = r[6] * x + r[7] * y + r[8] * z + t[2];
      if (depth <= 0) continue;
      const u = Math.floor((other.camera.fx * (r[0] * x + r[1] * y + r[2] * z + t[0])) / depth + other.camera.cx);
      const v = Math.floor((other.camera.fy * (r[3] * x + r[4] * y + r[5] * z + t[1])) / depth + other.camera.cy);
      if (u < 0 || v < 0 || u >= other.camera.width || v >= other.camera.height) continue;
      if (other.depth[v * other.camera.width + u] > HIDDEN * depth) fade[begin + i] = sign;
    }
  }
  return fade;
}

/** Percentile of depths that counts as near. */
const NEAR_SHARE = 0.05;

/**
 * The depth than which a twentieth of the triangulated places is nearer, of both views together; null where none is in front of
 * both cameras. In the unit of the poses that they were triangulated with.
 */
export function nearDepth(depths: Iterable<number>): number | null {
  const sorted = Float64Array.from([...depths].filter((value) => value > 0 && value < Infinity)).sort();
  return sorted.length === 0 ? null : sorted[Math.floor(NEAR_SHARE * (sorted.length - 1))];
}
