import { seededRandom } from '../geometry/random.ts';
import { type SplatCamera, lookAt, translationAt } from './camera.ts';
import { createTable, type GaussianTable, type ShDegree } from './table.ts';

/** A cloud of Gaussians of all sorts around (0, 0, 4): discs, needles, balls, faint ones; some behind the camera. */
export function randomScene(count: number, shDegree: ShDegree = 0, seed = 1): GaussianTable {
  const random = seededRandom(seed);
  const between = (low: number, high: number) => low + (high - low) * random();
  const table = createTable(count, shDegree);
  for (let i = 0; i < count; i++) {
    table.positions.set([between(-2, 2), between(-1.5, 1.5), i % 17 === 0 ? between(-3, 0.3) : between(2, 6)], 3 * i);
    const size = between(-4.5, -1.5);
    const flat = [0, -3, -6, -9][i % 4];
    const scales = [size, size + between(-1, 0), size + flat];
    // The thin axis is each of the three in turn.
    for (let k = 0; k < 3; k++) table.logScales[3 * i + ((k + i) % 3)] = scales[k];
    const q = [0, 1, 2, 3].map(() => between(-1, 1));
    const length = Math.hypot(...q);
    table.quaternions.set(
      q.map((value) => value / length),
      4 * i,
    );
    table.opacityLogits[i] = between(-6, 5);
    for (let k = 0; k < 3; k++) table.sh0[3 * i + k] = between(-1.8, 1.8);
  }
  for (let k = 0; k < table.shRest.length; k++) table.shRest[k] = between(-0.4, 0.4);
  return table;
}

/** A camera near the origin that looks into the cloud, its axis beside the picture's middle. */
export function cloudCamera(
  width: number,
  height: number,
  eye: [number, number, number] = [0.2, -0.1, 0],
): SplatCamera {
  const rotation = lookAt(eye, [0, 0.1, 4], [0.1, -1, 0]);
  return {
    width,
    height,
    fx: 0.9 * width,
    fy: 0.95 * width,
    cx: 0.48 * width,
    cy: 0.53 * height,
    rotation,
    translation: translationAt(rotation, eye),
  };
}
