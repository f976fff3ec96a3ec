import { type ActiveGaussians, harmonics } from '../activate.ts';
import { cameraCentre } from '../camera.ts';
import { AT, FIELD_CLAMP, STRIDE } from '../raster/project.ts';
import { SH_C0, shRestCount } from '../table.ts';
import { harmonicsGradient } from './harmonics-gradient.ts';
import { SCREEN, SCREEN_STRIDE, type ScreenView } from './screen.ts';

/** Derivatives by what a table holds. */
export interface SceneGradients {
  /** [n, 3] */
  readonly positions: Float64Array;
  /** [n, 3] by the logarithms. */
  readonly logScales: Float64Array;
  /** [n, 4] by the quaternion as it is given: what only lengthens it has no effect. */
  readonly quaternions: Float64Array;
  /** [n] by the logits. */
  readonly opacityLogits: Float64Array;
  /** [n, 3] */
  readonly sh0: Float64Array;
  /** [n, k, 3] */
  readonly shRest: Float64Array;
  readonly camera: CameraGradient;
}

/**
 * Derivatives by the camera, moved in its own frame: a point at t goes to exp(turn) t + shift (turn in radians about the
 * camera's axes).
 */
export interface CameraGradient {
  turn: [number, number, number];
  shift: [number, number, number];
  fx: number;
  fy: number;
  cx: number;
  cy: number;
}

export function createGradients({ count, shDegree }: Pick<ActiveGaussians, 'count' | 'shDegree'>): SceneGradients {
  return {
    positions: new Float64Array(3 * count),
    logScales: new Float64Array(3 * count),
    quaternions: new Float64Array(4 * count),
    opacityLogits: new Float64Array(count),
    sh0: new Float64Array(3 * count),
    shRest: new Float64Array(3 * shRestCount(shDegree) * count),
    camera: { turn: [0, 0, 0], shift: [0, 0, 0], fx: 0, fy: 0, cx: 0, cy: 0 },
  };
}

/**
 * Carries gradients on the screen through the EWA projection to the scene and the camera (closed forms of Kerbl et al. 2023,
 * Zwicker et al. 2001).
 * @param screen [projected.count, SCREEN_STRIDE] of `screenGradients`, or of its WGSL twin
 * @param out is added to, so that several views share it; its camera must be this view's own
 */
export function chainToScene(
  gaussians: ActiveGaussians,
  view: Pick<ScreenView, 'camera' | 'projected'>,
  screen: ArrayLike<number>,
  out: SceneGradients,
): void {
  const chain = new Chain(gaussians, view, out);
  for (let k = 0; k < view.projected.count; k++) chain.add(k, screen, SCREEN_STRIDE * k);
}

/** One Gaussian at a time without making garbage. */
class Chain {
  private readonly centre: readonly [number, number, number];
  private readonly basis = new Float64Array(15);
  private readonly basisGradient = new Float64Array(45);
  /** Axes of the Gaussian in the world and in the camera's frame, row-major; and the derivatives by the latter. */
  private readonly axes = new Float64Array(9);
  private readonly r = new Float64Array(9);
  private readonly byR = new Float64Array(9);
  private readonly q = new Float64Array(4);

  constructor(
    private readonly gaussians: ActiveGaussians,
    private readonly view: Pick<ScreenView, 'camera' | 'projected'>,
    private readonly out: SceneGradients,
  ) {
    this.centre = cameraCentre(view.camera);
  }

  add(k: number, screen: ArrayLike<number>, s: number): void {
    const { gaussians, out, r, byR } = this;
    const { camera, projected } = this.view;
    const { rotation: w, translation, fx, fy, width, height } = camera;
    const i = projected.indices[k];
    const at = STRIDE * k;
    const { values } = projected;
    const [px, py, pz] = [0, 1, 2].map((c) => gaussians.positions[3 * i + c]);
    const x = w[0] * px + w[1] * py + w[2] * pz + translation[0];
    const y = w[3] * px + w[4] * py + w[5] * pz + translation[1];
    const z = values[at + AT.z];
    this.rotate(i);

    // The projection once more: rows u, v of J · r · S.
    const limitX = (FIELD_CLAMP * width) / (2 * fx);
    const limitY = (FIELD_CLAMP * height) / (2 * fy);
    const heldX = Math.min(limitX, Math.max(-limitX, x / z));
    const heldY = Math.min(limitY, Math.max(-limitY, y / z));
    const isHeldX = heldX !== x / z;
    const isHeldY = heldY !== y / z;
    const [j00, j11] = [fx / z, fy / z];
    const [j02, j12] = [(-fx * heldX) / z, (-fy * heldY) / z];
    const scales = [0, 1, 2].map((c) => gaussians.scales[3 * i + c]);
    const u = scales.map((scale, c) => (j00 * r[c] + j02 * r[6 + c]) * scale);
    const v = scales.map((scale, c) => (j11 * r[3 + c] + j12 * r[6 + c]) * scale);

    // By the conic, to the covariance on the screen: dQ = −Q dΣ Q.
    const [a, b, c] = [values[at + AT.conic], values[at + AT.conic + 1], values[at + AT.conic + 2]];
    const [ga, gb, gc] = [screen[s + SCREEN.conic], screen[s + SCREEN.conic + 1], screen[s + SCREEN.conic + 2]];
    let byXX = -(a * a * ga + a * b * gb + b * b * gc);
    let byXY = -(2 * a * b * ga + (a * c + b * b) * gb + 2 * b * c * gc);
    let byYY = -(b * b * ga + b * c * gb + c * c * gc);
    let byOpacity = screen[s + SCREEN.opacity];
    if (gaussians.antialiased) {
      // o √(det Σ₀ / det Σ): both determinants move with the covariance.
      const xx = dot(u, u);
      const xy = dot(u, v);
      const yy = dot(v, v);
      const before = xx * yy - xy * xy;
      const det = 1 / (a * c - b * b);
      const [dxx, dyy] = [c * det, a * det];
      const factor = Math.sqrt(before / det);
      const byFactor = byOpacity * gaussians.opacities[i];
      const byBefore = (0.5 * byFactor) / (factor * det);
      const byDet = (-0.5 * byFactor * factor) / det;
      byXX += byBefore * yy + byDet * dyy;
      byYY += byBefore * xx + byDet * dxx;
      byXY -= 2 * xy * (byBefore + byDet);
      byOpacity *= factor;
    }
    const opacity = gaussians.opacities[i];
    out.opacityLogits[i] += byOpacity * opacity * (1 - opacity);

    let [byJ00, byJ02, byJ11, byJ12] = [0, 0, 0, 0];
    for (let n = 0; n < 3; n++) {
      const byU = 2 * byXX * u[n] + byXY * v[n];
      const byV = 2 * byYY * v[n] + byXY * u[n];
      out.logScales[3 * i + n] += u[n] * byU + v[n] * byV;
      const [scaledU, scaledV] = [scales[n] * byU, scales[n] * byV];
      byR[n] = j00 * scaledU;
      byR[3 + n] = j11 * scaledV;
      byR[6 + n] = j02 * scaledU + j12 * scaledV;
      byJ00 += r[n] * scaledU;
      byJ02 += r[6 + n] * scaledU;
      byJ11 += r[3 + n] * scaledV;
      byJ12 += r[6 + n] * scaledV;
    }
    this.addRotation(i);

    const byX = screen[s + SCREEN.x];
    const byY = screen[s + SCREEN.y];
    // Held directions: fx · limit does not depend on fx, and J₀₂ only on z.
    const tx = (fx / z) * byX + (isHeldX ? 0 : (-fx / (z * z)) * byJ02);
    const ty = (fy / z) * byY + (isHeldY ? 0 : (-fy / (z * z)) * byJ12);
    const tz =
      (-(fx * x * byX + fy * y * byY) - (fx * byJ00 + fy * byJ11)) / (z * z) +
      (isHeldX ? -j02 / z : (2 * fx * x) / (z * z * z)) * byJ02 +
      (isHeldY ? -j12 / z : (2 * fy * y) / (z * z * z)) * byJ12;
    const lens = out.camera;
    lens.fx += (x / z) * byX + byJ00 / z - (isHeldX ? 0 : x / (z * z)) * byJ02;
    lens.fy += (y / z) * byY + byJ11 / z - (isHeldY ? 0 : y / (z * z)) * byJ12;
    lens.cx += byX;
    lens.cy += byY;
    for (let n = 0; n < 3; n++) out.positions[3 * i + n] += w[n] * tx + w[3 + n] * ty + w[6 + n] * tz;
    lens.shift[0] += tx;
    lens.shift[1] += ty;
    lens.shift[2] += tz;
    lens.turn[0] += y * tz - z * ty;
    lens.turn[1] += z * tx - x * tz;
    lens.turn[2] += x * ty - y * tx;
    for (let n = 0; n < 3; n++) {
      lens.turn[0] += r[3 + n] * byR[6 + n] - r[6 + n] * byR[3 + n];
      lens.turn[1] += r[6 + n] * byR[n] - r[n] * byR[6 + n];
      lens.turn[2] += r[n] * byR[3 + n] - r[3 + n] * byR[n];
    }
    this.addColour(i, at, screen, s);
  }

  /** Axes of Gaussian `i`, from its quaternion of any length. */
  private rotate(i: number): void {
    const { axes, q, r } = this;
    const { rotation: w } = this.view.camera;
    let length = 0;
    for (let n = 0; n < 4; n++) length += this.gaussians.quaternions[4 * i + n] ** 2;
    length = Math.sqrt(length);
    for (let n = 0; n < 4; n++) q[n] = this.gaussians.quaternions[4 * i + n] / length;
    const [qw, qx, qy, qz] = q;
    axes[0] = 1 - 2 * (qy * qy + qz * qz);
    axes[1] = 2 * (qx * qy - qw * qz);
    axes[2] = 2 * (qx * qz + qw * qy);
    axes[3] = 2 * (qx * qy + qw * qz);
    axes[4] = 1 - 2 * (qx * qx + qz * qz);
    axes[5] = 2 * (qy * qz - qw * qx);
    axes[6] = 2 * (qx * qz - qw * qy);
    axes[7] = 2 * (qy * qz + qw * qx);
    axes[8] = 1 - 2 * (qx * qx + qy * qy);
    for (let row = 0; row < 3; row++) {
      for (let n = 0; n < 3; n++) {
        r[3 * row + n] = w[3 * row] * axes[n] + w[3 * row + 1] * axes[3 + n] + w[3 * row + 2] * axes[6 + n];
      }
    }
  }

  /** From the axes in the camera's frame to the quaternion. */
  private addRotation(i: number): void {
    const { byR, q, out } = this;
    const { rotation: w } = this.view.camera;
    const m = (row: number, n: number) => w[row] * byR[n] + w[3 + row] * byR[3 + n] + w[6 + row] * byR[6 + n];
    const [m00, m01, m02, m10, m11, m12] = [m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2)];
    const [m20, m21, m22] = [m(2, 0), m(2, 1), m(2, 2)];
    const [qw, qx, qy, qz] = q;
    const by = [
      2 * (qz * (m10 - m01) + qy * (m02 - m20) + qx * (m21 - m12)),
      2 * (qy * (m01 + m10) + qz * (m02 + m20) + qw * (m21 - m12) - 2 * qx * (m11 + m22)),
      2 * (qx * (m01 + m10) + qz * (m12 + m21) + qw * (m02 - m20) - 2 * qy * (m00 + m22)),
      2 * (qx * (m02 + m20) + qy * (m12 + m21) + qw * (m10 - m01) - 2 * qz * (m00 + m11)),
    ];
    const along = by[0] * qw + by[1] * qx + by[2] * qy + by[3] * qz;
    let length = 0;
    for (let n = 0; n < 4; n++) length += this.gaussians.quaternions[4 * i + n] ** 2;
    length = Math.sqrt(length);
    for (let n = 0; n < 4; n++) out.quaternions[4 * i + n] += (by[n] - q[n] * along) / length;
  }

  /** Through the harmonics, and through the direction that they are looked at from. */
  private addColour(i: number, at: number, screen: ArrayLike<number>, s: number): void {
    const { gaussians, out, basis, basisGradient, centre } = this;
    const { values } = this.view.projected;
    // A colour that was held at zero passes nothing on.
    const by = [0, 1, 2].map((c) => (values[at + AT.colour + c] > 0 ? screen[s + SCREEN.colour + c] : 0));
    for (let c = 0; c < 3; c++) out.sh0[3 * i + c] += SH_C0 * by[c];
    const stored = shRestCount(gaussians.shDegree);
    if (stored === 0) return;
    const d = [0, 1, 2].map((n) => gaussians.positions[3 * i + n] - centre[n]);
    const length = Math.hypot(d[0], d[1], d[2]);
    for (let n = 0; n < 3; n++) d[n] /= length;
    harmonics(d[0], d[1], d[2], gaussians.shDegree, basis);
    harmonicsGradient(d[0], d[1], d[2], gaussians.shDegree, basisGradient);
    const byD = [0, 0, 0];
    for (let k = 0; k < stored; k++) {
      for (let c = 0; c < 3; c++) {
        const place = 3 * (i * stored + k) + c;
        out.shRest[place] += basis[k] * by[c];
        for (let n = 0; n < 3; n++) byD[n] += basisGradient[3 * k + n] * gaussians.shRest[place] * by[c];
      }
    }
    const along = dot(byD, d);
    const { rotation: w } = this.view.camera;
    const byPlace = byD.map((value, n) => (value - d[n] * along) / length);
    for (let n = 0; n < 3; n++) {
      out.positions[3 * i + n] += byPlace[n];
      // The camera's centre moves by −Wᵀ shift, and the direction the other way.
      out.camera.shift[n] += w[3 * n] * byPlace[0] + w[3 * n + 1] * byPlace[1] + w[3 * n + 2] * byPlace[2];
    }
  }
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
