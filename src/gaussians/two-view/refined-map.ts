import type { Size } from '../../core/geometry.ts';
import type { TriangulatedMap } from './inverse-depth.ts';

/** The four cells around a place differ by this share of the nearest: a jump of depth lies between them. */
const JUMP = 0.1;
/** How much a chosen side of a jump is believed, of 1. */
const BELIEF = 0.5;

/**
 * A map on a finer grid: bilinear on one surface, and where depth jumps between the cells around a place on the side whose
 * colour is that of the place (joint bilateral upsampling, Kopf et al. 2007), so that nothing comes to lie between two surfaces.
 * @param coarse colours [h, w, 3] of the map's cells
 * @param fine colours [h, w, 3] of the finer ones
 */
export function refinedMap(
  map: TriangulatedMap,
  coarse: Float32Array,
  fine: Float32Array,
  size: Size,
): TriangulatedMap {
  const points = size.width * size.height;
  const out = {
    size,
    inverse: new Float32Array(points),
    weight: new Float32Array(points),
    covisible: new Float32Array(points),
  };
  const { width, height } = map.size;
  const corner = new Int32Array(4);
  const share = new Float64Array(4);
  for (let y = 0, i = 0; y < size.height; y++) {
    const row = ((y + 0.5) * height) / size.height - 0.5;
    const top = Math.min(Math.max(Math.floor(row), 0), Math.max(height - 2, 0));
    const fy = Math.min(1, Math.max(0, row - top));
    for (let x = 0; x < size.width; x++, i++) {
      const column = ((x + 0.5) * width) / size.width - 0.5;
      const left = Math.min(Math.max(Math.floor(column), 0), Math.max(width - 2, 0));
      const fx = Math.min(1, Math.max(0, column - left));
      const [right, down] = [width > 1 ? 1 : 0, height > 1 ? width : 0];
      corner[0] = top * width + left;
      corner[1] = corner[0] + right;
      corner[2] = corner[0] + down;
      corner[3] = corner[2] + right;
      share[0] = (1 - fx) * (1 - fy);
      share[1] = fx * (1 - fy);
      share[2] = (1 - fx) * fy;
      share[3] = fx * fy;
      mixCorners(map, corner, share, coarse, fine, i, out);
    }
  }
  return out;
}

function mixCorners(
  { inverse, weight, covisible }: TriangulatedMap,
  corner: Int32Array,
  share: Float64Array,
  coarse: Float32Array,
  fine: Float32Array,
  i: number,
  out: TriangulatedMap,
): void {
  let [near, far] = [-Infinity, Infinity];
  for (let k = 0; k < 4; k++) {
    if (weight[corner[k]] === 0) continue;
    near = Math.max(near, inverse[corner[k]]);
    far = Math.min(far, inverse[corner[k]]);
  }
  if (near === -Infinity) return;
  const jumps = near - far > JUMP * Math.abs(near);
  const middle = (near + far) / 2;
  const isNear = jumps && looksNear(inverse, weight, corner, share, middle, coarse, fine, i);
  let [value, trust, seen, total] = [0, 0, 0, 0];
  for (let k = 0; k < 4; k++) {
    const c = corner[k];
    // Nothing is known there, which is known.
    trust += share[k] * weight[c];
    seen += share[k] * covisible[c];
    if (weight[c] === 0 || (jumps && inverse[c] > middle !== isNear)) continue;
    value += (share[k] + 1e-6) * inverse[c];
    total += share[k] + 1e-6;
  }
  out.inverse[i] = value / total;
  out.weight[i] = jumps ? BELIEF * trust : trust;
  out.covisible[i] = seen;
}

/** Whether the place has rather the colour of the nearer cells around it than that of the farther ones. */
function looksNear(
  inverse: Float32Array,
  weight: Float32Array,
  corner: Int32Array,
  share: Float64Array,
  middle: number,
  coarse: Float32Array,
  fine: Float32Array,
  i: number,
): boolean {
  const score = [0, 0];
  for (let k = 0; k < 4; k++) {
    const c = corner[k];
    if (weight[c] === 0) continue;
    let off = 1e-3;
    for (let j = 0; j < 3; j++) off += (coarse[3 * c + j] - fine[3 * i + j]) ** 2;
    const side = inverse[c] > middle ? 1 : 0;
    score[side] = Math.max(score[side], (share[k] + 0.1) / off);
  }
  return score[1] >= score[0];
}
