import { BilinearReader } from '../../src/compute/field/bilinear.ts';
import type { DenseField } from '../../src/core/match.ts';
import { multiply3 } from '../../src/core/matrix3.ts';
import { rotationOf } from '../../src/core/rotation.ts';
import type { SplatCamera } from '../../src/gaussians/camera.ts';
import type { TwoViewScene } from '../../src/gaussians/two-view/build.ts';
import { solveLinear } from '../../src/geometry/solve-linear.ts';

const STEPS = 30;
/** Pixels beyond which a residual counts less. */
const HUBER = 1;

/**
 * Where a third photo stands in the scene: Gauss–Newton with Huber's weights on the places at which a match from A shows A's Gaussians in
 * it. Only its camera is found so; nothing of the photo gets into the scene.
 * @param start a camera of the photo's lens somewhere near
 * @param count Gaussians of A, which come first in the table
 */
export function register(scene: TwoViewScene, field: DenseField, start: SplatCamera, count: number): SplatCamera {
  const { table, cameras } = scene;
  const reader = new BilinearReader(field.grid);
  const plane = field.grid.width * field.grid.height;
  const rows: [x: number, y: number, z: number, u: number, v: number][] = [];
  const step = Math.max(1, Math.floor(count / 6000));
  for (let i = 0; i < count; i += step) {
    const [x, y, z] = [0, 1, 2].map((k) => table.positions[3 * i + k]);
    if (scene.fade[i] < 0.5) continue;
    const { a } = cameras;
    reader.seek((2 * ((a.fx * x) / z + a.cx)) / a.width - 1, (2 * ((a.fy * y) / z + a.cy)) / a.height - 1);
    if (reader.read(field.certainty) < 0.5) continue;
    const u = (start.width / 2) * (reader.readContinued(field.warp, 0) + 1);
    const v = (start.height / 2) * (reader.readContinued(field.warp, plane) + 1);
    rows.push([x, y, z, u, v]);
  }
  let camera = start;
  for (let round = 0; round < STEPS; round++) {
    // Six rows of the normal equations, the right-hand side last.
    const normal = new Float64Array(42);
    const { rotation: r, translation: t, fx, fy, cx, cy } = camera;
    for (const [x, y, z, u, v] of rows) {
      const X = r[0] * x + r[1] * y + r[2] * z + t[0];
      const Y = r[3] * x + r[4] * y + r[5] * z + t[1];
      const Z = r[6] * x + r[7] * y + r[8] * z + t[2];
      if (!(Z > 0)) continue;
      const off = [(fx * X) / Z + cx - u, (fy * Y) / Z + cy - v];
      const length = Math.hypot(off[0], off[1]);
      const weight = length > HUBER ? HUBER / length : 1;
      const by = [
        [fx / Z, 0, (-fx * X) / (Z * Z)],
        [0, fy / Z, (-fy * Y) / (Z * Z)],
      ];
      for (let k = 0; k < 2; k++) {
        const [a, b, c] = by[k];
        // A small turn ω of the camera's frame moves the point by ω × (X, Y, Z).
        const row = [c * Y - b * Z, a * Z - c * X, b * X - a * Y, a, b, c];
        for (let i = 0; i < 6; i++) {
          normal[7 * i + 6] -= weight * row[i] * off[k];
          for (let j = 0; j < 6; j++) normal[7 * i + j] += weight * row[i] * row[j];
        }
      }
    }
    for (let i = 0; i < 6; i++) normal[8 * i] *= 1 + 1e-6;
    const found = solveLinear(normal, 6);
    if (!found) break;
    const turn = rotationOf([found[0], found[1], found[2]]);
    const moved = multiply3(turn, r);
    const shift = [0, 1, 2].map(
      (k) => turn[3 * k] * t[0] + turn[3 * k + 1] * t[1] + turn[3 * k + 2] * t[2] + found[3 + k],
    );
    camera = { ...camera, rotation: moved, translation: [shift[0], shift[1], shift[2]] };
    if (Math.hypot(...found) < 1e-9) break;
  }
  return camera;
}
