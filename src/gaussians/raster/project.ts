import { type ActiveGaussians, colourOf, harmonics } from '../activate.ts';
import { cameraCentre, type SplatCamera } from '../camera.ts';
import { ascendingOrder } from '../order.ts';
import type { ShDegree } from '../table.ts';

/** Nearer Gaussians are not drawn, as in the original rasteriser; scene units. */
export const NEAR = 0.2;
/** Added to every projected variance, px²: no Gaussian is thinner than a pixel can show. */
export const DILATION = 0.3;
/** In the Jacobian the direction is held within this many half fields of view. */
export const FIELD_CLAMP = 1.3;
/** What adds less than this to a pixel is left out. */
export const MIN_ALPHA = 1 / 255;

/** Numbers of one projected Gaussian, see the indices below. */
export const STRIDE = 29;
export const AT = {
  /** Centre in pixels. */
  x: 0,
  y: 1,
  /** Depth of the centre. */
  z: 2,
  /** Inverse of the projected covariance: A, B, C of ½(A dx² + C dy²) + B dx dy. */
  conic: 3,
  opacity: 6,
  /** ln(255 · opacity): beyond it α is below 1/255. */
  reach: 7,
  /** Half sides of the upright rectangle around what is drawn, pixels. */
  halfWidth: 8,
  halfHeight: 9,
  colour: 10,
  /** Axis of the smallest scale in the camera's frame, turned to the camera; and the plane's distance. */
  normal: 13,
  distance: 16,
  /** Rows of S⁻¹Rᵀ and S⁻¹Rᵀμ in the camera's frame, times the smallest scale: where rays are densest. */
  rows: 17,
  whitened: 26,
} as const;

/** All that one camera sees of a scene, nearest first. */
export interface ProjectedGaussians {
  readonly camera: SplatCamera;
  readonly count: number;
  /** [count, STRIDE] */
  readonly values: Float64Array;
  /** Index in the scene of each. */
  readonly indices: Uint32Array;
  /** Smallest by middle scale of each. */
  readonly flatness: Float64Array;
}

export interface ProjectOptions {
  /** Harmonics used; the scene's own by default. */
  readonly shDegree?: ShDegree;
}

/**
 * EWA projection (Zwicker et al. 2001) as the rasteriser of Kerbl et al. 2023 has it, without its rounding of radii:
 * whatever adds 1/255 to a pixel is kept, and nothing else.
 */
export function projectGaussians(
  gaussians: ActiveGaussians,
  camera: SplatCamera,
  options: ProjectOptions = {},
): ProjectedGaussians {
  const degree = options.shDegree ?? gaussians.shDegree;
  const kept: number[] = [];
  const depths: number[] = [];
  const { rotation: w, translation: t } = camera;
  for (let i = 0; i < gaussians.count; i++) {
    const { positions } = gaussians;
    const z = w[6] * positions[3 * i] + w[7] * positions[3 * i + 1] + w[8] * positions[3 * i + 2] + t[2];
    if (!(z > NEAR) || z === Infinity) continue;
    kept.push(i);
    depths.push(z);
  }
  const order = ascendingOrder(Float64Array.from(depths));
  const values = new Float64Array(STRIDE * kept.length);
  const indices = new Uint32Array(kept.length);
  const flatness = new Float64Array(kept.length);
  const projector = new Projector(gaussians, camera, degree);
  let count = 0;
  for (const k of order) {
    const ratio = projector.project(kept[k], values, STRIDE * count);
    if (ratio === null) continue;
    indices[count] = kept[k];
    flatness[count] = ratio;
    count++;
  }
  return { camera, count, values, indices, flatness };
}

/** Projects one Gaussian at a time without making garbage. */
class Projector {
  private readonly centre: readonly [number, number, number];
  private readonly basis = new Float64Array(15);
  private readonly r = new Float64Array(9);
  private readonly limitX: number;
  private readonly limitY: number;

  constructor(
    private readonly gaussians: ActiveGaussians,
    private readonly camera: SplatCamera,
    private readonly degree: ShDegree,
  ) {
    this.centre = cameraCentre(camera);
    this.limitX = (FIELD_CLAMP * camera.width) / (2 * camera.fx);
    this.limitY = (FIELD_CLAMP * camera.height) / (2 * camera.fy);
  }

  /** Writes the {@link STRIDE} numbers at `at`; its flatness, or null where nothing of it is in the picture. */
  project(i: number, out: Float64Array, at: number): number | null {
    const { gaussians, camera, r } = this;
    const { rotation: w, translation: t, fx, fy, width, height } = camera;
    const px = gaussians.positions[3 * i];
    const py = gaussians.positions[3 * i + 1];
    const pz = gaussians.positions[3 * i + 2];
    const x = w[0] * px + w[1] * py + w[2] * pz + t[0];
    const y = w[3] * px + w[4] * py + w[5] * pz + t[1];
    const z = w[6] * px + w[7] * py + w[8] * pz + t[2];

    this.rotateIntoCamera(i);
    const s0 = gaussians.scales[3 * i];
    const s1 = gaussians.scales[3 * i + 1];
    const s2 = gaussians.scales[3 * i + 2];
    // Rows of J · R · S.
    const cx = z * clamp(x / z, this.limitX);
    const cy = z * clamp(y / z, this.limitY);
    const j00 = fx / z;
    const j02 = (-fx * cx) / (z * z);
    const j11 = fy / z;
    const j12 = (-fy * cy) / (z * z);
    const u0 = (j00 * r[0] + j02 * r[6]) * s0;
    const u1 = (j00 * r[1] + j02 * r[7]) * s1;
    const u2 = (j00 * r[2] + j02 * r[8]) * s2;
    const v0 = (j11 * r[3] + j12 * r[6]) * s0;
    const v1 = (j11 * r[4] + j12 * r[7]) * s1;
    const v2 = (j11 * r[5] + j12 * r[8]) * s2;
    const xx = u0 * u0 + u1 * u1 + u2 * u2;
    const xy = u0 * v0 + u1 * v1 + u2 * v2;
    const yy = v0 * v0 + v1 * v1 + v2 * v2;
    const dxx = xx + DILATION;
    const dyy = yy + DILATION;
    const det = dxx * dyy - xy * xy;
    let opacity = gaussians.opacities[i];
    if (gaussians.antialiased) opacity *= Math.sqrt(Math.max(0, xx * yy - xy * xy) / det);
    const reach = Math.log(opacity / MIN_ALPHA);
    if (!(reach > 0) || !(det > 0) || !(det < Infinity)) return null;
    const mx = (fx * x) / z + camera.cx;
    const my = (fy * y) / z + camera.cy;
    const halfWidth = Math.sqrt(2 * reach * dxx);
    const halfHeight = Math.sqrt(2 * reach * dyy);
    if (mx + halfWidth < 0 || mx - halfWidth > width || my + halfHeight < 0 || my - halfHeight > height) return null;

    out[at + AT.x] = mx;
    out[at + AT.y] = my;
    out[at + AT.z] = z;
    out[at + AT.conic] = dyy / det;
    out[at + AT.conic + 1] = -xy / det;
    out[at + AT.conic + 2] = dxx / det;
    out[at + AT.opacity] = opacity;
    out[at + AT.reach] = reach;
    out[at + AT.halfWidth] = halfWidth;
    out[at + AT.halfHeight] = halfHeight;
    this.writeColour(i, px, py, pz, out, at + AT.colour);
    return this.writeGeometry(s0, s1, s2, x, y, z, out, at);
  }

  /** The Gaussian's axes in the camera's frame, as columns of `r`. */
  private rotateIntoCamera(i: number): void {
    const { quaternions } = this.gaussians;
    const { rotation: w } = this.camera;
    let qw = quaternions[4 * i];
    let qx = quaternions[4 * i + 1];
    let qy = quaternions[4 * i + 2];
    let qz = quaternions[4 * i + 3];
    const scale = 1 / Math.sqrt(qw * qw + qx * qx + qy * qy + qz * qz);
    qw *= scale;
    qx *= scale;
    qy *= scale;
    qz *= scale;
    const a0 = 1 - 2 * (qy * qy + qz * qz);
    const a1 = 2 * (qx * qy - qw * qz);
    const a2 = 2 * (qx * qz + qw * qy);
    const a3 = 2 * (qx * qy + qw * qz);
    const a4 = 1 - 2 * (qx * qx + qz * qz);
    const a5 = 2 * (qy * qz - qw * qx);
    const a6 = 2 * (qx * qz - qw * qy);
    const a7 = 2 * (qy * qz + qw * qx);
    const a8 = 1 - 2 * (qx * qx + qy * qy);
    for (let row = 0; row < 3; row++) {
      const [w0, w1, w2] = [w[3 * row], w[3 * row + 1], w[3 * row + 2]];
      this.r[3 * row] = w0 * a0 + w1 * a3 + w2 * a6;
      this.r[3 * row + 1] = w0 * a1 + w1 * a4 + w2 * a7;
      this.r[3 * row + 2] = w0 * a2 + w1 * a5 + w2 * a8;
    }
  }

  private writeColour(i: number, px: number, py: number, pz: number, out: Float64Array, at: number): void {
    const [cx, cy, cz] = this.centre;
    const [dx, dy, dz] = [px - cx, py - cy, pz - cz];
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    harmonics(dx / length, dy / length, dz / length, this.degree, this.basis);
    for (let c = 0; c < 3; c++) out[at + c] = colourOf(this.gaussians, i, this.basis, this.degree, c);
  }

  private writeGeometry(
    s0: number,
    s1: number,
    s2: number,
    x: number,
    y: number,
    z: number,
    out: Float64Array,
    at: number,
  ): number {
    const { r } = this;
    const least = s0 <= s1 && s0 <= s2 ? 0 : s1 <= s2 ? 1 : 2;
    const smallest = least === 0 ? s0 : least === 1 ? s1 : s2;
    const middle = s0 + s1 + s2 - smallest - Math.max(s0, s1, s2);
    for (let k = 0; k < 3; k++) {
      const s = k === 0 ? s0 : k === 1 ? s1 : s2;
      const scale = k === least ? 1 : smallest / s;
      const row = at + AT.rows + 3 * k;
      out[row] = scale * r[k];
      out[row + 1] = scale * r[3 + k];
      out[row + 2] = scale * r[6 + k];
      out[at + AT.whitened + k] = out[row] * x + out[row + 1] * y + out[row + 2] * z;
    }
    const distance = r[least] * x + r[3 + least] * y + r[6 + least] * z;
    const sign = distance > 0 ? -1 : 1;
    out[at + AT.normal] = sign * r[least];
    out[at + AT.normal + 1] = sign * r[3 + least];
    out[at + AT.normal + 2] = sign * r[6 + least];
    out[at + AT.distance] = Math.abs(distance);
    return smallest / middle;
  }
}

const clamp = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));
