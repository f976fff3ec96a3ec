import type { Size } from '../../core/geometry.ts';
import type { DenseField } from '../../core/match.ts';
import { apply3, rotationOf, type Vector3 } from '../../core/rotation.ts';
import { type SplatCamera, transpose3, translationAt } from '../camera.ts';
import type { TwoViewPhoto } from './build.ts';
import type { PhotoPixels } from './colour.ts';

/** A wall at depth 6, a board before its left half at depth 3; the unit is the distance between cameras A and B. */
const WALL = 6;
const BOARD = { depth: 3, left: -1.6, right: 0.1, top: -1, bottom: 1 };

export const SIZE: Size = { width: 160, height: 120 };
const FOCAL = 150;

/** At a share of the way from A to B, one unit to the right, turned a little inwards. */
export function cameraAt(share: number, focal = FOCAL, size = SIZE): SplatCamera {
  const rotation = rotationOf([0.02 * share, 0.16 * share, -0.03 * share]);
  const centre: Vector3 = [share, 0.05 * share, 0.02 * share];
  const { width, height } = size;
  return {
    ...size,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    rotation,
    translation: translationAt(rotation, centre),
  };
}

/** What a camera sees at a pixel: point and depth before it. */
export function seen(camera: SplatCamera, x: number, y: number): { point: Vector3; depth: number } {
  const back = transpose3(camera.rotation);
  const [cx, cy, cz] = apply3(back, camera.translation).map((v) => -v);
  const ray = apply3(back, [(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1]);
  const meet = (depth: number) => {
    const t = (depth - cz) / ray[2];
    return { point: [cx + t * ray[0], cy + t * ray[1], depth] as Vector3, depth: t };
  };
  const near = meet(BOARD.depth);
  const [px, py] = near.point;
  return px > BOARD.left && px < BOARD.right && py > BOARD.top && py < BOARD.bottom ? near : meet(WALL);
}

/** Soft patterns without repetition, other ones on board and wall. */
function colourAt([x, y, z]: Vector3): Vector3 {
  const s = z < WALL ? 2.3 : 1;
  const wave = (a: number, b: number, c: number) =>
    0.5 + 0.4 * Math.sin(s * (a * x + b * y) + c + Math.sin(s * 0.7 * (x - y)));
  return [wave(3.1, 1.2, s), wave(-1.7, 2.9, 2 * s), wave(2.2, -2.4, 0.5 * s)];
}

/** What a camera photographs, 3 × 3 looks a pixel. */
export function photograph(camera: SplatCamera): PhotoPixels & { data: Uint8ClampedArray } {
  const { width, height } = camera;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const sum = [0, 0, 0];
    for (let k = 0; k < 9; k++) {
      const { point } = seen(camera, x + ((k % 3) + 0.5) / 3, y + (Math.floor(k / 3) + 0.5) / 3);
      colourAt(point).forEach((value, c) => {
        sum[c] += value / 9;
      });
    }
    for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * sum[c];
  }
  return { data, width, height };
}

/** The exact warp from one camera to another on a grid; 0 certainty where the other does not see the place. */
export function exactField(from: SplatCamera, to: SplatCamera, grid: Size): DenseField {
  const points = grid.width * grid.height;
  const field = {
    grid,
    warp: new Float32Array(2 * points),
    certainty: new Float32Array(points),
    cycle: new Float32Array(points),
  };
  for (let i = 0; i < points; i++) {
    const x = (((i % grid.width) + 0.5) * from.width) / grid.width;
    const y = ((Math.floor(i / grid.width) + 0.5) * from.height) / grid.height;
    const { point } = seen(from, x, y);
    const [px, py, pz] = apply3(to.rotation, point).map((v, k) => v + to.translation[k]);
    const [u, v] = [(to.fx * px) / pz + to.cx, (to.fy * py) / pz + to.cy];
    field.warp[i] = (2 * u) / to.width - 1;
    field.warp[points + i] = (2 * v) / to.height - 1;
    const isInside = u > 0 && v > 0 && u < to.width && v < to.height;
    field.certainty[i] = isInside && Math.abs(seen(to, u, v).depth / pz - 1) < 0.01 ? 0.95 : 0.02;
  }
  return field;
}

export function photoOf(here: SplatCamera, there: SplatCamera, grid: Size): TwoViewPhoto {
  const { width, height, fx, fy } = here;
  return {
    pixels: photograph(here),
    photo: { width, height },
    field: exactField(here, there, grid),
    focal: [fx / width, fy / height],
    prior: null,
    sky: null,
  };
}
