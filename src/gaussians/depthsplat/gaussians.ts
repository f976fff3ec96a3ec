import { cameraCentre, type SplatCamera, transpose3 } from '../camera.ts';
import { createTable, type GaussianTable, MAX_OPACITY_LOGIT, PLAIN_TAGS, SH_C0, sigmoid } from '../table.ts';
import { quaternionOf, quaternionProduct } from '../transform.ts';
import { COEFFICIENTS, harmonicsToStandard } from './harmonics.ts';

/** What the network says of one view, planes of the view's pixels. */
export interface ViewOutput {
  /** Of the network's input, its K in pixels of that. */
  readonly camera: SplatCamera;
  /** [37, h, w] opacity, offset (x, y), scale (3), rotation (x, y, z, w), harmonics (9 of red, 9 of green, 9 of blue). */
  readonly channels: Float32Array;
  /** [h, w] along the camera's axis, scene units. */
  readonly depth: Float32Array;
  /** [3, h, w] RGB in 0…1, as the network was given it. */
  readonly image: Float32Array;
}

/** Smallest and largest standard deviation, scene units. */
export interface ScaleLimits {
  readonly scaleMin: number;
  readonly scaleMax: number;
}

/** Shift of the softplus by which scales are told. */
const SCALE_SHIFT = 4;
const [OFFSET, SCALE, ROTATION, HARMONICS] = [1, 3, 6, 10];

/**
 * DepthSplat's channels as Gaussians of a scene (Xu et al. 2025, after pixelSplat, Charatan et al. 2024): one for every pixel, view
 * after view, row by row, on the ray through the pixel's middle moved by at most half a pixel. Degree 2, standard coefficients.
 */
export function gaussiansOfViews(views: readonly ViewOutput[], limits: ScaleLimits): GaussianTable {
  const count = views.reduce((sum, { depth }) => sum + depth.length, 0);
  const table = createTable(count, 2, { ...PLAIN_TAGS, source: 'depthsplat' });
  let begin = 0;
  for (const view of views) {
    writeView(table, begin, view, limits);
    begin += view.depth.length;
  }
  return table;
}

function writeView(
  table: GaussianTable,
  begin: number,
  { camera, channels, depth, image }: ViewOutput,
  limits: ScaleLimits,
): void {
  const { width, fx, fy, cx, cy, rotation } = camera;
  const pixels = depth.length;
  const toWorld = transpose3(rotation);
  const centre = cameraCentre(camera);
  const turn = quaternionOf(toWorld);
  const { degree1, degree2 } = harmonicsToStandard(toWorld);
  const { positions, logScales, quaternions, opacityLogits, sh0, shRest } = table;
  const at = (channel: number, i: number): number => channels[channel * pixels + i];
  const rest = COEFFICIENTS - 1;
  for (let i = 0; i < pixels; i++) {
    const k = begin + i;
    opacityLogits[k] = Math.min(MAX_OPACITY_LOGIT, Math.max(-MAX_OPACITY_LOGIT, at(0, i)));
    // σ − ½ of a pixel from its middle, ½.
    const x = ((i % width) + sigmoid(at(OFFSET, i)) - cx) / fx;
    const y = (Math.floor(i / width) + sigmoid(at(OFFSET + 1, i)) - cy) / fy;
    const z = depth[i];
    for (let axis = 0; axis < 3; axis++) {
      const ray = toWorld[3 * axis] * x + toWorld[3 * axis + 1] * y + toWorld[3 * axis + 2];
      positions[3 * k + axis] = centre[axis] + z * ray;
      const scale = softplus(at(SCALE + axis, i) - SCALE_SHIFT);
      logScales[3 * k + axis] = Math.log(Math.min(limits.scaleMax, Math.max(limits.scaleMin, scale)));
    }
    writeRotation(
      quaternions,
      k,
      turn,
      [0, 1, 2, 3].map((j) => at(ROTATION + j, i)),
    );
    for (let channel = 0; channel < 3; channel++) {
      const from = HARMONICS + COEFFICIENTS * channel;
      sh0[3 * k + channel] = at(from, i) + (image[channel * pixels + i] - 0.5) / SH_C0;
      for (let row = 0; row < 3; row++) {
        let sum = 0;
        for (let j = 0; j < 3; j++) sum += degree1[3 * row + j] * at(from + 1 + j, i);
        shRest[3 * (rest * k + row) + channel] = sum;
      }
      for (let row = 0; row < 5; row++) {
        let sum = 0;
        for (let j = 0; j < 5; j++) sum += degree2[5 * row + j] * at(from + 4 + j, i);
        shRest[3 * (rest * k + 3 + row) + channel] = sum;
      }
    }
  }
}

/** The quaternion x, y, z, w in the camera's frame, turned into the world and of length 1. */
function writeRotation(out: Float32Array, k: number, turn: readonly number[], [x, y, z, w]: readonly number[]): void {
  const length = Math.hypot(x, y, z, w);
  // A network that gives nothing at all means no rotation.
  const one = length > 0 ? [w / length, x / length, y / length, z / length] : [1, 0, 0, 0];
  out.set(one, 4 * k);
  quaternionProduct(turn, out, out, 4 * k);
}

const softplus = (x: number): number => (x > 20 ? x : Math.log1p(Math.exp(x)));
