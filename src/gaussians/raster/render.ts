import type { ActiveGaussians } from '../activate.ts';
import type { SplatCamera } from '../camera.ts';
import { AT, MIN_ALPHA, type ProjectedGaussians, type ProjectOptions, projectGaussians, STRIDE } from './project.ts';
import { TILE, type TileLists, tileLists } from './tiles.ts';

/** No Gaussian hides more than this. */
export const MAX_ALPHA = 0.99;
/** A pixel is done before less than this of what lies behind shows through. */
export const MIN_TRANSMITTANCE = 1e-4;

/** Ways to say how far away a pixel's surface is; all along the camera's axis. */
export const DEPTH_KINDS = ['centre', 'median', 'plane', 'rayExpected', 'rayMedian'] as const;
export type DepthKind = (typeof DEPTH_KINDS)[number];

/** float64 by the judge, float32 by a GPU. */
export type Plane = Float32Array | Float64Array;

/** One view of a scene, row by row; T is what is left of the light before a Gaussian, α what it hides. */
export interface SplatMaps {
  readonly width: number;
  readonly height: number;
  /** [3, h, w] ΣαT c, with the background behind it. */
  readonly colour: Plane;
  /** [h, w] ΣαT = 1 − T. */
  readonly alpha: Plane;
  /**
   * Each [h, w], scene units, 0 where there is none.
   * - `centre`: ΣαT z / ΣαT of the centres' depths.
   * - `median`: of the centre of the last Gaussian with T > ½ before it.
   * - `plane`: ΣαT d / −ΣαT n·v, the blended plane of PGSR (Chen et al. 2024) met by the ray v through the pixel's
   *   middle.
   * - `rayExpected`, `rayMedian`: the same two with the depth z* at which the Gaussian is densest along the ray
   *   (Yu et al. 2024, Zhang et al. 2024) in place of the centre's.
   */
  readonly depth: Readonly<Record<DepthKind, Plane>>;
  /** [3, h, w] ΣαT n, of length 1, in the camera's frame and turned to it; 0 where alpha is 0. */
  readonly normal: Plane;
  /** [h, w] −ΣαT n·v / (ΣαT |v|): cosine between the surface and the ray, low where it is grazed or undecided. */
  readonly facing: Plane;
  /** [h, w] ΣαT (smallest / middle scale) / ΣαT: 0 is a disc, 1 a ball. */
  readonly flatness: Plane;
  /** [h, w] index in the scene of the Gaussian with the largest αT, the first on ties; −1 where there is none. */
  readonly dominant: Int32Array;
  /** [h, w] how many Gaussians the pixel is made of. */
  readonly contributors: Uint32Array;
}

export interface RenderOptions extends ProjectOptions {
  /** Behind everything, linear in the scene's own values; black by default. */
  readonly background?: readonly [number, number, number];
  /** Only colour, alpha and contributors: for looking. The other maps stay 0 (dominant −1). */
  readonly colourOnly?: boolean;
}

/**
 * Renders a scene in float64: the judge of every other renderer here, and the engine where there is no GPU.
 * Kerbl et al. 2023 pixel by pixel: α = min(0.99, o e^−σ), nothing below 1/255, no Gaussian after T would fall under
 * 1e-4. Tiles only save work, they cut nothing.
 */
export function renderSplats(gaussians: ActiveGaussians, camera: SplatCamera, options: RenderOptions = {}): SplatMaps {
  const rendering = startRendering(gaussians, camera, options);
  for (let row = 0; row < rendering.rows; row++) rendering.renderRow(row);
  return rendering.maps;
}

/** A view that is rendered one row of tiles at a time, so that a worker can stop between them. */
export interface Rendering {
  readonly maps: SplatMaps;
  /** Rows of tiles. */
  readonly rows: number;
  /** Fills the maps' pixels of this row of tiles. */
  renderRow(row: number): void;
}

export function startRendering(
  gaussians: ActiveGaussians,
  camera: SplatCamera,
  options: RenderOptions = {},
): Rendering {
  const projected = projectGaussians(gaussians, camera, options);
  const lists = tileLists(projected);
  const maps = createMaps(camera.width, camera.height);
  const blender = new TileBlender(projected, lists, maps, options);
  return {
    maps,
    rows: lists.rows,
    renderRow(row) {
      for (let column = 0; column < lists.columns; column++) blender.blend(column, row);
    },
  };
}

function createMaps(width: number, height: number): SplatMaps {
  const points = width * height;
  const plane = () => new Float64Array(points);
  return {
    width,
    height,
    colour: new Float64Array(3 * points),
    alpha: plane(),
    depth: { centre: plane(), median: plane(), plane: plane(), rayExpected: plane(), rayMedian: plane() },
    normal: new Float64Array(3 * points),
    facing: plane(),
    flatness: plane(),
    dominant: new Int32Array(points).fill(-1),
    contributors: new Uint32Array(points),
  };
}

// The loop below is where the time goes: numbers that come from other modules are looked up once, not on every turn.
const { x: X, y: Y, z: DEPTH, conic: CONIC, opacity: OPACITY, reach: REACH, colour: COLOUR } = AT;
const { normal: AXIS, distance: PLANE, rows: ROWS, whitened: WHITENED, halfHeight: HALF_HEIGHT } = AT;
const [SIDE, NUMBERS, LEAST_ALPHA] = [TILE, STRIDE, MIN_ALPHA];

/** Sums of one pixel while its tile is blended. */
const SUMS = 15;
const RED = 0;
const Z = 3;
const DISTANCE = 4;
const NORMAL = 5;
const RAY = 8;
const FLATNESS = 9;
const MEDIAN = 10;
const RAY_MEDIAN = 11;
const WEIGHT = 12;
const DOMINANT = 13;
const COUNT = 14;

class TileBlender {
  private readonly sums = new Float64Array(SUMS * SIDE * SIDE);
  private readonly light = new Float64Array(SIDE * SIDE);

  constructor(
    private readonly projected: ProjectedGaussians,
    private readonly lists: TileLists,
    private readonly maps: SplatMaps,
    private readonly options: RenderOptions,
  ) {}

  /** Gaussian by Gaussian over the pixels that it reaches, which is front to back for each of them. */
  blend(column: number, row: number): void {
    const { lists, light, sums, maps } = this;
    sums.fill(0);
    light.fill(1);
    const left = column * SIDE;
    const top = row * SIDE;
    const right = Math.min(maps.width, left + SIDE);
    const bottom = Math.min(maps.height, top + SIDE);
    let open = (right - left) * (bottom - top);
    const tile = row * lists.columns + column;
    for (let k = lists.starts[tile]; k < lists.starts[tile + 1] && open > 0; k++) {
      open -= this.add(lists.members[k], left, top, right, bottom);
    }
    this.finish(left, top, right, bottom);
  }

  /** Adds one Gaussian to a tile's pixels; how many of them are done by it. */
  private add(member: number, left: number, top: number, right: number, bottom: number): number {
    const { light, sums } = this;
    const { values, camera } = this.projected;
    const withGeometry = !this.options.colourOnly;
    const at = NUMBERS * member;
    // Everything of the Gaussian in variables: this loop is where the time goes.
    const mx = values[at + X];
    const my = values[at + Y];
    const z = values[at + DEPTH];
    const a = values[at + CONIC];
    const b = values[at + CONIC + 1];
    const c = values[at + CONIC + 2];
    const opacity = values[at + OPACITY];
    const reach = values[at + REACH];
    const red = values[at + COLOUR];
    const green = values[at + COLOUR + 1];
    const blue = values[at + COLOUR + 2];
    const nx = values[at + AXIS];
    const ny = values[at + AXIS + 1];
    const nz = values[at + AXIS + 2];
    const distance = values[at + PLANE];
    const rows = at + ROWS;
    const m00 = values[rows];
    const m01 = values[rows + 1];
    const m02 = values[rows + 2];
    const m10 = values[rows + 3];
    const m11 = values[rows + 4];
    const m12 = values[rows + 5];
    const m20 = values[rows + 6];
    const m21 = values[rows + 7];
    const m22 = values[rows + 8];
    const w0 = values[at + WHITENED];
    const w1 = values[at + WHITENED + 1];
    const w2 = values[at + WHITENED + 2];
    const flatness = this.projected.flatness[member];
    const index = this.projected.indices[member];
    const { cx, cy, fx, fy } = camera;
    const halfHeight = values[at + HALF_HEIGHT];
    const firstRow = Math.max(top, Math.ceil(my - halfHeight - 0.5 - 1e-6));
    const lastRow = Math.min(bottom - 1, Math.floor(my + halfHeight - 0.5 + 1e-6));
    let done = 0;
    for (let y = firstRow; y <= lastRow; y++) {
      const dy = y + 0.5 - my;
      const vy = (y + 0.5 - cy) / fy;
      // Where on this row σ ≤ reach: the roots of ½A dx² + B dy dx + ½C dy² − reach.
      const root = Math.sqrt(Math.max(0, b * b * dy * dy - a * (c * dy * dy - 2 * reach)));
      const first = Math.max(left, Math.ceil(mx + (-b * dy - root) / a - 0.5 - 1e-6));
      const last = Math.min(right - 1, Math.floor(mx + (-b * dy + root) / a - 0.5 + 1e-6));
      for (let x = first; x <= last; x++) {
        const pixel = (y - top) * SIDE + x - left;
        const before = light[pixel];
        if (before < 0) continue;
        const dx = x + 0.5 - mx;
        const sigma = 0.5 * (a * dx * dx + c * dy * dy) + b * dx * dy;
        if (sigma < 0) continue;
        const alpha = Math.min(MAX_ALPHA, opacity * Math.exp(-sigma));
        if (alpha < LEAST_ALPHA) continue;
        const after = before * (1 - alpha);
        if (after < MIN_TRANSMITTANCE) {
          // Done, and T is kept below zero as a mark.
          light[pixel] = -before;
          done++;
          continue;
        }
        light[pixel] = after;
        const weight = alpha * before;
        const s = SUMS * pixel;
        sums[s + RED] += weight * red;
        sums[s + RED + 1] += weight * green;
        sums[s + RED + 2] += weight * blue;
        sums[s + COUNT]++;
        if (!withGeometry) continue;
        const vx = (x + 0.5 - cx) / fx;
        const b0 = m00 * vx + m01 * vy + m02;
        const b1 = m10 * vx + m11 * vy + m12;
        const b2 = m20 * vx + m21 * vy + m22;
        const densest = (w0 * b0 + w1 * b1 + w2 * b2) / (b0 * b0 + b1 * b1 + b2 * b2);
        sums[s + Z] += weight * z;
        sums[s + DISTANCE] += weight * distance;
        sums[s + NORMAL] += weight * nx;
        sums[s + NORMAL + 1] += weight * ny;
        sums[s + NORMAL + 2] += weight * nz;
        sums[s + RAY] += weight * densest;
        sums[s + FLATNESS] += weight * flatness;
        if (before > 0.5) {
          sums[s + MEDIAN] = z;
          sums[s + RAY_MEDIAN] = densest;
        }
        if (weight > sums[s + WEIGHT]) {
          sums[s + WEIGHT] = weight;
          sums[s + DOMINANT] = index;
        }
      }
    }
    return done;
  }

  private finish(left: number, top: number, right: number, bottom: number): void {
    const { maps, sums, light } = this;
    const { camera } = this.projected;
    const [red, green, blue] = this.options.background ?? [0, 0, 0];
    const points = maps.width * maps.height;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const pixel = (y - top) * SIDE + x - left;
        const s = SUMS * pixel;
        const i = y * maps.width + x;
        const rest = Math.abs(light[pixel]);
        maps.colour[i] = sums[s + RED] + rest * red;
        maps.colour[points + i] = sums[s + RED + 1] + rest * green;
        maps.colour[2 * points + i] = sums[s + RED + 2] + rest * blue;
        const alpha = 1 - rest;
        maps.alpha[i] = alpha;
        maps.contributors[i] = sums[s + COUNT];
        if (this.options.colourOnly || sums[s + COUNT] === 0) continue;
        const vx = (x + 0.5 - camera.cx) / camera.fx;
        const vy = (y + 0.5 - camera.cy) / camera.fy;
        const nx = sums[s + NORMAL];
        const ny = sums[s + NORMAL + 1];
        const nz = sums[s + NORMAL + 2];
        const against = -(nx * vx + ny * vy + nz);
        const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
        maps.depth.centre[i] = sums[s + Z] / alpha;
        maps.depth.median[i] = sums[s + MEDIAN];
        maps.depth.plane[i] = against > 0 ? sums[s + DISTANCE] / against : 0;
        maps.depth.rayExpected[i] = sums[s + RAY] / alpha;
        maps.depth.rayMedian[i] = sums[s + RAY_MEDIAN];
        maps.normal[i] = nx / length;
        maps.normal[points + i] = ny / length;
        maps.normal[2 * points + i] = nz / length;
        maps.facing[i] = against / (alpha * Math.sqrt(vx * vx + vy * vy + 1));
        maps.flatness[i] = sums[s + FLATNESS] / alpha;
        maps.dominant[i] = sums[s + DOMINANT];
      }
    }
  }
}
