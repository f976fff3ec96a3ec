import type { ShDegree } from '../table.ts';

const C1 = 0.4886025119029199;
const [A, B, C] = [1.0925484305920792, 0.31539156525252005, 0.5462742152960396];
const [D, E, F, G, H] = [
  0.5900435899266435, 2.890611442640554, 0.4570457994644658, 0.3731763325901154, 1.445305721320277,
];

/**
 * Derivatives of `harmonics` (activate.ts) by x, y and z, each taken as free: written into `out` [(degree + 1)² − 1, 3].
 */
export function harmonicsGradient(x: number, y: number, z: number, degree: ShDegree, out: Float64Array): void {
  if (degree < 1) return;
  const set = (k: number, dx: number, dy: number, dz: number) => {
    out[3 * k] = dx;
    out[3 * k + 1] = dy;
    out[3 * k + 2] = dz;
  };
  set(0, 0, -C1, 0);
  set(1, 0, 0, C1);
  set(2, -C1, 0, 0);
  if (degree < 2) return;
  set(3, A * y, A * x, 0);
  set(4, 0, -A * z, -A * y);
  set(5, -2 * B * x, -2 * B * y, 4 * B * z);
  set(6, -A * z, 0, -A * x);
  set(7, 2 * C * x, -2 * C * y, 0);
  if (degree < 3) return;
  const [xx, yy, zz] = [x * x, y * y, z * z];
  set(8, -6 * D * x * y, -3 * D * (xx - yy), 0);
  set(9, E * y * z, E * x * z, E * x * y);
  set(10, 2 * F * x * y, -F * (4 * zz - xx - 3 * yy), -8 * F * y * z);
  set(11, -6 * G * x * z, -6 * G * y * z, G * (6 * zz - 3 * xx - 3 * yy));
  set(12, -F * (4 * zz - 3 * xx - yy), 2 * F * x * y, -8 * F * x * z);
  set(13, 2 * H * x * z, -2 * H * y * z, H * (xx - yy));
  set(14, -3 * D * (xx - yy), 6 * D * x * y, 0);
}
