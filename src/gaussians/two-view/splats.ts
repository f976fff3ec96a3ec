import type { Matrix3 } from '../../core/matrix3.ts';
import type { Vector3 } from '../../core/rotation.ts';
import { type GaussianTable, logit, sh0OfColor } from '../table.ts';
import type { Surface } from './surface.ts';

/** Standard deviation of a Gaussian across its ray, in cells. */
const WIDTH = 0.4;
/** Its thickness, in the same. */
const THICK = 0.05;
const OPACITY = 0.97;

/** Where cells of a surface become Gaussians. */
export interface Placement {
  /** From the photo's camera to the scene's frame. */
  readonly rotation: Matrix3;
  /** Where the camera stands in the scene. */
  readonly centre: Vector3;
  /** Scene units of a baseline. */
  readonly unit: number;
}

/**
 * Writes the cells `chosen` as Gaussians from `begin` on: centre on the ray, one axis along the normal, the other two as
 * wide as the cell looks from the camera, one of them stretched where the surface is slanted.
 * @param colour [h, w, 3] 0…1
 */
export function writeSplats(
  table: GaussianTable,
  begin: number,
  surface: Surface,
  colour: Float32Array,
  chosen: Uint32Array,
  { rotation: m, centre, unit }: Placement,
): void {
  const { size, focal, inverse, normals } = surface;
  const { positions, logScales, quaternions, opacityLogits, sh0 } = table;
  const cell = WIDTH / Math.sqrt(size.width * focal[0] * size.height * focal[1]);
  const [opacity, thin] = [logit(OPACITY), Math.log(THICK / WIDTH)];
  for (let k = 0; k < chosen.length; k++) {
    const i = chosen[k];
    const at = begin + k;
    const x = i % size.width;
    const rx = ((x + 0.5) / size.width - 0.5) / focal[0];
    const ry = (((i - x) / size.width + 0.5) / size.height - 0.5) / focal[1];
    const z = unit / inverse[i];
    positions[3 * at] = centre[0] + z * (m[0] * rx + m[1] * ry + m[2]);
    positions[3 * at + 1] = centre[1] + z * (m[3] * rx + m[4] * ry + m[5]);
    positions[3 * at + 2] = centre[2] + z * (m[6] * rx + m[7] * ry + m[8]);
    const [nx, ny, nz] = [normals[3 * i], normals[3 * i + 1], normals[3 * i + 2]];
    const ray = Math.sqrt(rx * rx + ry * ry + 1);
    const facing = -(nx * rx + ny * ry + nz) / ray;
    // Along the slope: the ray without its part along the normal.
    let [ux, uy, uz] = [rx / ray + facing * nx, ry / ray + facing * ny, 1 / ray + facing * nz];
    let length = Math.sqrt(ux * ux + uy * uy + uz * uz);
    if (length < 1e-4) {
      [ux, uy, uz] = [nz, 0, -nx];
      length = Math.sqrt(ux * ux + uz * uz) || 1;
    }
    [ux, uy, uz] = [ux / length, uy / length, uz / length];
    const wide = Math.log(cell * z);
    logScales[3 * at] = wide - Math.log(Math.max(facing, 0.2));
    logScales[3 * at + 1] = wide;
    logScales[3 * at + 2] = wide + thin;
    const [wx, wy, wz] = [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux];
    writeQuaternion(
      quaternions,
      4 * at,
      m[0] * ux + m[1] * uy + m[2] * uz,
      m[0] * wx + m[1] * wy + m[2] * wz,
      m[0] * nx + m[1] * ny + m[2] * nz,
      m[3] * ux + m[4] * uy + m[5] * uz,
      m[3] * wx + m[4] * wy + m[5] * wz,
      m[3] * nx + m[4] * ny + m[5] * nz,
      m[6] * ux + m[7] * uy + m[8] * uz,
      m[6] * wx + m[7] * wy + m[8] * wz,
      m[6] * nx + m[7] * ny + m[8] * nz,
    );
    opacityLogits[at] = opacity;
    for (let c = 0; c < 3; c++) sh0[3 * at + c] = sh0OfColor(colour[3 * i + c]);
  }
}

/** w, x, y, z of a rotation by its largest component (Shepperd 1978), without garbage. */
function writeQuaternion(
  out: Float32Array,
  at: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  k: number,
): void {
  let [qw, qx, qy, qz] = [1 + a + e + k, h - f, c - g, d - b];
  if (!(a + e + k > 0)) {
    if (a >= e && a >= k) [qw, qx, qy, qz] = [h - f, 1 + a - e - k, b + d, c + g];
    else if (e >= k) [qw, qx, qy, qz] = [c - g, b + d, 1 - a + e - k, f + h];
    else [qw, qx, qy, qz] = [d - b, c + g, f + h, 1 - a - e + k];
  }
  const length = Math.sqrt(qw * qw + qx * qx + qy * qy + qz * qz) || 1;
  out[at] = qw / length;
  out[at + 1] = qx / length;
  out[at + 2] = qy / length;
  out[at + 3] = qz / length;
}
