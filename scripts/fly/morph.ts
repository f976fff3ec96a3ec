import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import type { Side, Size } from '../../src/core/geometry.ts';
import { otherSide } from '../../src/core/geometry.ts';

/** As shaders/match/draw-morph.wgsl: a cell that is stretched more, or turned over, is torn. */
const MAX_STRETCH = 4;

/**
 * The morph of the view Compare at a share of the way, as well as it can be: both photos' meshes on their way and blended, B's before A's,
 * without a threshold of certainty, over a cross-fade in place of the dimmed backdrop. [h, w, 3] of 0…1.
 */
export function morph(
  fields: PlainMatchField,
  photos: Record<Side, Pixels>,
  share: number,
  size: Size,
  crossFade: Float32Array,
): Float32Array {
  const out = crossFade.slice();
  drawMesh(fields.b, photos, 'b', 1 - share, 1, size, out);
  drawMesh(fields.a, photos, 'a', share, 1, size, out);
  drawMesh(fields.b, photos, 'b', 1 - share, share, size, out);
  return out;
}

function drawMesh(
  { grid, warp }: PlainMatchField[Side],
  photos: Record<Side, Pixels>,
  side: Side,
  amount: number,
  opacity: number,
  size: Size,
  out: Float32Array,
): void {
  const { width, height } = grid;
  const points = width * height;
  // Corners at the cells' centres: here, there (unit), and on the picture (pixels).
  const corner = (i: number) => {
    const here = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    const there = [(warp[i] + 1) / 2, (warp[points + i] + 1) / 2];
    return {
      here,
      there,
      x: (here[0] + amount * (there[0] - here[0])) * size.width,
      y: (here[1] + amount * (there[1] - here[1])) * size.height,
    };
  };
  const corners = Array.from({ length: points }, (_, i) => corner(i));
  const [own, other] = [photos[side], photos[otherSide(side)]];
  for (let row = 0; row + 1 < height; row++) {
    for (let column = 0; column + 1 < width; column++) {
      const i = row * width + column;
      for (const [p, q, r] of [
        [i, i + width, i + 1],
        [i + 1, i + width, i + width + 1],
      ]) {
        const triangle = [corners[p], corners[q], corners[r]] as const;
        if (!isTorn(triangle, grid)) fill(triangle, own, other, amount, opacity, size, out);
      }
    }
  }
}

type Corner = { here: number[]; there: number[]; x: number; y: number };

function isTorn([a, b, c]: readonly [Corner, Corner, Corner], { width, height }: Size): boolean {
  const edge = (from: Corner, to: Corner) => [
    (to.there[0] - from.there[0]) * width,
    (to.there[1] - from.there[1]) * height,
  ];
  const [ab, ac, bc] = [edge(a, b), edge(a, c), edge(b, c)];
  const longest = Math.max(...[ab, ac, bc].map(([dx, dy]) => Math.hypot(dx, dy)));
  return longest > MAX_STRETCH || ab[0] * ac[1] - ab[1] * ac[0] > 0;
}

function fill(
  [a, b, c]: readonly [Corner, Corner, Corner],
  own: Pixels,
  other: Pixels,
  amount: number,
  opacity: number,
  { width, height }: Size,
  out: Float32Array,
): void {
  const area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  if (area === 0) return;
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y, c.y)));
  const low = Math.min(height, Math.ceil(Math.max(a.y, b.y, c.y)));
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x, c.x)));
  const right = Math.min(width, Math.ceil(Math.max(a.x, b.x, c.x)));
  for (let y = top; y < low; y++) {
    for (let x = left; x < right; x++) {
      const wb = ((x + 0.5 - a.x) * (c.y - a.y) - (y + 0.5 - a.y) * (c.x - a.x)) / area;
      const wc = ((y + 0.5 - a.y) * (b.x - a.x) - (x + 0.5 - a.x) * (b.y - a.y)) / area;
      if (wb < 0 || wc < 0 || wb + wc > 1) continue;
      const blend = (k: 'here' | 'there', axis: number) =>
        a[k][axis] + wb * (b[k][axis] - a[k][axis]) + wc * (c[k][axis] - a[k][axis]);
      const [u, v, s, t] = [blend('here', 0), blend('here', 1), blend('there', 0), blend('there', 1)];
      if (!(s > 0 && s < 1 && t > 0 && t < 1)) continue;
      for (let k = 0; k < 3; k++) {
        const value = (1 - amount) * sample(own, u, v, k) + amount * sample(other, s, t, k);
        const at = 3 * (y * width + x) + k;
        out[at] += opacity * (value - out[at]);
      }
    }
  }
}

/** Bilinear at a unit place, 0…1. */
export function sample({ data, width, height }: Pixels, u: number, v: number, channel: number): number {
  const x = Math.min(width - 1, Math.max(0, u * width - 0.5));
  const y = Math.min(height - 1, Math.max(0, v * height - 0.5));
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
  const at = (row: number, column: number) => data[4 * (row * width + column) + channel];
  const above = at(y0, x0) + (x - x0) * (at(y0, x1) - at(y0, x0));
  const below = at(y1, x0) + (x - x0) * (at(y1, x1) - at(y1, x0));
  return (above + (y - y0) * (below - above)) / 255;
}
