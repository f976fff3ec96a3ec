import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { LiftMesh } from '../mesh/cpu.ts';

/** Slack of the inside test in barycentric coordinates, so that no pixel falls between two triangles. */
const INSIDE_SLACK = 1e-6;

/** What the raster leaves: planes [h, w] over the new view. */
export interface RasterTarget {
  /** 1 / depth in camera b; 0 where nothing was drawn. */
  inverseDepth: Float32Array;
  /** Place in the photo, pixels. */
  x: Float32Array;
  y: Float32Array;
  /** 1 where the nearest surface shows its back. */
  back: Uint8Array;
}

/**
 * Edge-function rasteriser with a z-buffer. Places in the photo are interpolated as x·z_a, y·z_a and z_a over camera
 * b's inverse depth and divided at the end, so that they are exact on a flat triangle seen by both cameras.
 */
export class MeshRaster {
  // Per vertex, with room for the four that clipping can make of a triangle.
  private readonly screenX: Float64Array;
  private readonly screenY: Float64Array;
  /** 1 / z_b; 0 before the near plane. */
  private readonly inverse: Float64Array;
  /** z_a / z_b. */
  private readonly ratio: Float64Array;
  private readonly photoX: Float64Array;
  private readonly photoY: Float64Array;
  /** Points in camera b's frame, for clipping. */
  private readonly pointX: Float64Array;
  private readonly pointY: Float64Array;
  private readonly pointZ: Float64Array;
  private readonly target: RasterTarget;
  private readonly clipped: number;

  constructor(
    private readonly mesh: LiftMesh,
    private readonly cameras: CameraPair,
  ) {
    const count = mesh.vertices.depth.length;
    const { width, height } = cameras.b;
    const plane = () => new Float64Array(count + 4);
    this.screenX = plane();
    this.screenY = plane();
    this.inverse = plane();
    this.ratio = plane();
    this.photoX = plane();
    this.photoY = plane();
    this.pointX = plane();
    this.pointY = plane();
    this.pointZ = plane();
    this.clipped = count;
    const map = () => new Float32Array(width * height);
    this.target = { inverseDepth: map(), x: map(), y: map(), back: new Uint8Array(width * height) };
  }

  draw(): RasterTarget {
    this.transform();
    const { indices } = this.mesh;
    const { inverse } = this;
    for (let t = 0; t < indices.length; t += 3) {
      const i = indices[t];
      const j = indices[t + 1];
      const k = indices[t + 2];
      if (i === j) continue;
      const before = +(inverse[i] === 0) + +(inverse[j] === 0) + +(inverse[k] === 0);
      if (before === 0) this.fill(i, j, k);
      else if (before < 3) this.clip(i, j, k);
    }
    return this.target;
  }

  private transform(): void {
    const { x, y, depth } = this.mesh.vertices;
    const { a, b, rotation: r, translation: t } = this.cameras;
    for (let v = 0; v < depth.length; v++) {
      const z = depth[v];
      if (!(z > 0)) continue;
      const ax = ((x[v] - a.cx) / a.fx) * z;
      const ay = ((y[v] - a.cy) / a.fy) * z;
      this.pointX[v] = r[0] * ax + r[1] * ay + r[2] * z + t[0];
      this.pointY[v] = r[3] * ax + r[4] * ay + r[5] * z + t[1];
      this.pointZ[v] = r[6] * ax + r[7] * ay + r[8] * z + t[2];
      this.photoX[v] = x[v];
      this.photoY[v] = y[v];
      if (this.pointZ[v] < this.cameras.near) continue;
      this.inverse[v] = 1 / this.pointZ[v];
      this.ratio[v] = z * this.inverse[v];
      this.screenX[v] = b.fx * this.pointX[v] * this.inverse[v] + b.cx;
      this.screenY[v] = b.fy * this.pointY[v] * this.inverse[v] + b.cy;
    }
  }

  /** The part of a triangle that lies beyond the near plane: one or two triangles. */
  private clip(i: number, j: number, k: number): void {
    const corners = [i, j, k];
    let made = 0;
    for (let c = 0; c < 3; c++) {
      const from = corners[c];
      const to = corners[(c + 1) % 3];
      if (this.inverse[from] > 0) this.copyVertex(from, this.clipped + made++);
      if (this.inverse[from] > 0 !== this.inverse[to] > 0) this.cutEdge(from, to, this.clipped + made++);
    }
    this.fill(this.clipped, this.clipped + 1, this.clipped + 2);
    if (made === 4) this.fill(this.clipped, this.clipped + 2, this.clipped + 3);
  }

  private copyVertex(from: number, to: number): void {
    for (const plane of [this.screenX, this.screenY, this.inverse, this.ratio, this.photoX, this.photoY]) {
      plane[to] = plane[from];
    }
  }

  /** Vertex `to` where the edge from p to q meets the near plane. */
  private cutEdge(p: number, q: number, to: number): void {
    const { near, b } = this.cameras;
    const { depth } = this.mesh.vertices;
    const share = (near - this.pointZ[p]) / (this.pointZ[q] - this.pointZ[p]);
    const mix = (from: number, until: number) => from + (until - from) * share;
    const z = mix(depth[p], depth[q]);
    this.inverse[to] = 1 / near;
    this.ratio[to] = z / near;
    this.photoX[to] = mix(this.photoX[p] * depth[p], this.photoX[q] * depth[q]) / z;
    this.photoY[to] = mix(this.photoY[p] * depth[p], this.photoY[q] * depth[q]) / z;
    this.screenX[to] = (b.fx * mix(this.pointX[p], this.pointX[q])) / near + b.cx;
    this.screenY[to] = (b.fy * mix(this.pointY[p], this.pointY[q])) / near + b.cy;
  }

  private fill(i: number, j: number, k: number): void {
    const { screenX, screenY, inverse, ratio, photoX, photoY, target } = this;
    const { width, height } = this.cameras.b;
    const x0 = screenX[i];
    const y0 = screenY[i];
    const x1 = screenX[j] - x0;
    const y1 = screenY[j] - y0;
    const x2 = screenX[k] - x0;
    const y2 = screenY[k] - y0;
    // The first and last pixels whose centres lie in the bounding box.
    const left = Math.max(0, Math.ceil(x0 + Math.min(0, x1, x2) - 0.5 - INSIDE_SLACK));
    const right = Math.min(width - 1, Math.floor(x0 + Math.max(0, x1, x2) - 0.5 + INSIDE_SLACK));
    if (left > right) return;
    const top = Math.max(0, Math.ceil(y0 + Math.min(0, y1, y2) - 0.5 - INSIDE_SLACK));
    const bottom = Math.min(height - 1, Math.floor(y0 + Math.max(0, y1, y2) - 0.5 + INSIDE_SLACK));
    if (top > bottom) return;
    const area = x1 * y2 - x2 * y1;
    if (area === 0) return;
    const scale = 1 / area;
    for (let y = top; y <= bottom; y++) {
      const dy = y + 0.5 - y0;
      for (let x = left; x <= right; x++) {
        const dx = x + 0.5 - x0;
        const b1 = (dx * y2 - x2 * dy) * scale;
        const b2 = (x1 * dy - dx * y1) * scale;
        const b0 = 1 - b1 - b2;
        if (b0 < -INSIDE_SLACK || b1 < -INSIDE_SLACK || b2 < -INSIDE_SLACK) continue;
        const inverseDepth = b0 * inverse[i] + b1 * inverse[j] + b2 * inverse[k];
        const at = y * width + x;
        if (inverseDepth <= target.inverseDepth[at]) continue;
        const w0 = b0 * ratio[i];
        const w1 = b1 * ratio[j];
        const w2 = b2 * ratio[k];
        const sum = 1 / (w0 + w1 + w2);
        target.inverseDepth[at] = inverseDepth;
        target.x[at] = (w0 * photoX[i] + w1 * photoX[j] + w2 * photoX[k]) * sum;
        target.y[at] = (w0 * photoY[i] + w1 * photoY[j] + w2 * photoY[k]) * sum;
        target.back[at] = area > 0 ? 0 : 1;
      }
    }
  }
}
