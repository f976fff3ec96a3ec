import type { NumpyArray, Picture, Sample } from './read.ts';

/** What re-projecting a sample found; distances in pixels. */
export interface Findings {
  /** Places of image1 that image2 shows. */
  visible: number;
  /** From depth1, K and [R|t] to the exported warp, over all visible places. */
  forward: Distance;
  /** From depth2 back to image1, over all rendered places, against the exported warp back. */
  backward: Distance;
  /** Mean absolute difference of image1 and of image2 read there, 0…255 per channel. */
  colour: number;
  /** Share of visible places whose depth2, read at the nearest pixel, is within 5 % of the re-projected depth. */
  depthAgrees: number;
}

export interface Distance {
  mean: number;
  max: number;
}

/** Re-projects a sample by its depth and cameras alone. @throws Error where shapes are not as documented */
export function checkSample({ image1, image2, depth1, depth2, cams, ext, truth }: Sample): Findings {
  const { width, height } = image1;
  const points = width * height;
  expectShape('depth1', depth1.shape, [height, width]);
  expectShape('depth2', depth2.shape, [image2.height, image2.width]);
  expectShape('cams', cams.shape, [3, 3]);
  expectShape('ext', ext.shape, [3, 4]);
  expectShape('warp', truth.warp.shape, [2, height, width]);
  expectShape('visible', truth.visible.shape, [height, width]);
  // A frame that was saved with a zoom has another K for its view; cams is the photo's.
  const ka = cams.data;
  const kb = truth.K_b.data;
  const e = ext.data;
  const warped = (warp: NumpyArray['data'], i: number) => [
    ((warp[i] + 1) * width) / 2,
    ((warp[points + i] + 1) * height) / 2,
  ];
  const forward = new Distances();
  const backward = new Distances();
  let colour = 0;
  let agreeing = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (truth.visible.data[i]) {
        const d = depth1.data[i];
        const ray = [(x + 0.5 - ka[2]) / ka[0], (y + 0.5 - ka[5]) / ka[4], 1];
        const [px, py, pz] = [0, 4, 8].map((row) => d * dot(e, row, ray) + e[row + 3]);
        const [u, v] = [(kb[0] * px) / pz + kb[2], (kb[4] * py) / pz + kb[5]];
        const [wu, wv] = warped(truth.warp.data, i);
        forward.add(Math.hypot(u - wu, v - wv));
        colour += colourDifference(image1, i, image2, u, v);
        const seen = depth2.data[Math.floor(v) * width + Math.floor(u)];
        if (Math.abs(seen - pz) <= 0.05 * pz) agreeing++;
      }
      if (truth.visible_b.data[i]) {
        const d = depth2.data[i];
        // The inverse of a rotation is its transpose: X_1 = Rᵀ (X_2 − t).
        const ray = [(x + 0.5 - kb[2]) / kb[0], (y + 0.5 - kb[5]) / kb[4]];
        const [qx, qy, qz] = [ray[0] * d - e[3], ray[1] * d - e[7], d - e[11]];
        const [px, py, pz] = [0, 1, 2].map((column) => e[column] * qx + e[4 + column] * qy + e[8 + column] * qz);
        const [wu, wv] = warped(truth.warp_ba.data, i);
        backward.add(Math.hypot((ka[0] * px) / pz + ka[2] - wu, (ka[4] * py) / pz + ka[5] - wv));
      }
    }
  }
  const visible = forward.count;
  return {
    visible,
    forward: forward.summary(),
    backward: backward.summary(),
    colour: visible ? colour / visible : 0,
    depthAgrees: visible ? agreeing / visible : 0,
  };
}

/** A row of the pose's rotation, that begins at `at`, times a vector. */
const dot = (pose: ArrayLike<number>, at: number, [x, y, z]: readonly number[]): number =>
  pose[at] * x + pose[at + 1] * y + pose[at + 2] * z;

function colourDifference(a: Picture, pixel: number, b: Picture, x: number, y: number): number {
  const column = Math.min(Math.max(x - 0.5, 0), b.width - 1);
  const row = Math.min(Math.max(y - 0.5, 0), b.height - 1);
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(left + 1, b.width - 1), Math.min(top + 1, b.height - 1)];
  const [fx, fy] = [column - left, row - top];
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    const at = (r: number, k: number) => b.data[4 * (r * b.width + k) + c];
    const above = at(top, left) * (1 - fx) + at(top, right) * fx;
    const below = at(bottom, left) * (1 - fx) + at(bottom, right) * fx;
    sum += Math.abs(above * (1 - fy) + below * fy - a.data[4 * pixel + c]);
  }
  return sum / 3;
}

class Distances {
  count = 0;
  private sum = 0;
  private max = 0;

  /** A distance that is no number is as far as can be. */
  add(distance: number): void {
    const value = Number.isNaN(distance) ? Infinity : distance;
    this.count++;
    this.sum += value;
    this.max = Math.max(this.max, value);
  }

  summary(): Distance {
    return { mean: this.count ? this.sum / this.count : 0, max: this.max };
  }
}

function expectShape(name: string, shape: readonly number[], wanted: readonly number[]): void {
  if (shape.join() === wanted.join()) return;
  throw new Error(`${name} has shape [${shape.join(', ')}], not [${wanted.join(', ')}]`);
}
