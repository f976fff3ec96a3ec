import projectCode from '../../../shaders/scene/project.wgsl';
import { cameraCentre, type SplatCamera } from '../../gaussians/camera.ts';
import { DILATION, FIELD_CLAMP, MIN_ALPHA, NEAR } from '../../gaussians/raster/project.ts';
import { MAX_ALPHA } from '../../gaussians/raster/render.ts';
import { TILE } from '../../gaussians/raster/tiles.ts';
import { type GaussianTable, MAX_GAUSSIANS, type ShDegree, shRestCount, sigmoid } from '../../gaussians/table.ts';
import { float32ToFloat16 } from '../../formats/arrays/half.ts';
import { type ComputeStep, linearWorkgroups } from '../../platform/gpu/dispatch.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader, type Shader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';
import { CodedError } from '../../core/errors.ts';
import { type BoundStep, bindStep, stepsOf } from './step.ts';

/** Bytes of a splat and of its geometry, see splat.wgsl and project.wgsl. */
const SPLAT_BYTES = 48;
const GEOMETRY_BYTES = 48;
/** Behind every depth in the order; the bits of positive floats are in the floats' order. */
export const LAST_KEY = 0xffffffff;
/** What splat.wgsl calls by name. */
export const SPLAT_NAMES = { MIN_ALPHA, MAX_ALPHA };
/** Gaussians packed at a time, so that a scene is never in memory twice. */
const CHUNK = 65_536;

/** 32-bit words of a Gaussian's colours: three channels of each harmonic as 16-bit floats. */
const harmonicWords = (degree: ShDegree): number => Math.ceil((3 * (1 + shRestCount(degree))) / 2);

/**
 * Whether a device can hold a scene, before a byte of it is uploaded.
 * @throws CodedError `scene-too-large`, naming the limit
 */
export function requireRoom(
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>,
  { count, shDegree }: Pick<GaussianTable, 'count' | 'shDegree'>,
): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const bytes = Math.max(SPLAT_BYTES, GEOMETRY_BYTES, 4 * harmonicWords(shDegree));
  const room = Math.min(MAX_GAUSSIANS, Math.floor(most / bytes));
  if (count <= room) return;
  const thousands = (value: number) => value.toLocaleString('en');
  throw tooLarge(
    `The scene has ${thousands(count)} Gaussians with harmonics of degree ${shDegree}; this graphics adapter takes ` +
      `${thousands(room)} of them${room < MAX_GAUSSIANS ? ` (buffers of ${Math.floor(most / 2 ** 20)} MiB)` : ''}.`,
  );
}

export const tooLarge = (message: string): CodedError =>
  new CodedError(
    'scene-too-large',
    message,
    'Open a smaller version of the scene, for example one with fewer harmonics or with its faint Gaussians pruned.',
  );

/** The pipelines of projection; one a device. */
export class ProjectKernels {
  readonly shader: Shader;
  readonly steps: Record<'look' | 'lookSorted' | 'measure', ComputeStep>;

  constructor(readonly device: GPUDevice) {
    this.shader = createShader(device, 'splat-project', projectCode, { ...SPLAT_NAMES, NEAR, DILATION, LAST_KEY });
    this.steps = stepsOf(device, this.shader, ['look', 'lookSorted', 'measure']);
  }
}

/** Buffers that a projection fills beside the splats. */
export interface SortBuffers {
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
}

/** A scene on the GPU and the splats that one camera at a time sees of it. Dies with its scope. */
export class SplatScene {
  readonly count: number;
  /** The camera, as shaders/scene/view.wgsl has it. */
  readonly view: GPUBufferBinding;
  readonly splats: GPUBuffer;
  private readonly uniforms: UniformRing;
  private readonly centres: GPUBuffer;
  private readonly shapes: GPUBuffer;
  private readonly harmonics: GPUBuffer;

  /** @throws CodedError `scene-too-large` */
  constructor(
    private readonly kernels: ProjectKernels,
    readonly scope: Scope,
    private readonly table: GaussianTable,
    /** [n] as TwoViewScene has it; null: nothing gives way. */
    private readonly fade: Float32Array | null = null,
  ) {
    const { device } = kernels;
    requireRoom(device.limits, table);
    this.count = table.count;
    // One slot: a camera is written once a submit.
    this.uniforms = new UniformRing(device, scope, kernels.shader, 'view', 1);
    this.view = this.uniforms.window;
    // A binding has room for one at least, also where there is none.
    const room = Math.max(1, table.count);
    this.centres = scope.storage('splats/centres', 16 * room);
    this.shapes = scope.storage('splats/shapes', 32 * room);
    this.harmonics = scope.storage('splats/harmonics', 4 * harmonicWords(table.shDegree) * room);
    this.splats = scope.storage('splats/projected', SPLAT_BYTES * room);
    this.upload();
  }

  /** All of the table, as it is now. */
  upload(): void {
    this.uploadCentres(null);
    this.uploadShapes();
    this.uploadHarmonics();
  }

  /** Shows a part of the scene; null shows all again. @param shown [n] 1 for what stays in sight */
  uploadCentres(shown: Uint8Array | null): void {
    const { positions, opacityLogits } = this.table;
    this.inChunks(this.centres, 4, Float32Array, (i, out, at) => {
      for (let k = 0; k < 3; k++) out[at + k] = positions[3 * i + k];
      out[at + 3] = shown && !shown[i] ? 0 : sigmoid(opacityLogits[i]);
    });
  }

  /** @param fade share of the way by which Gaussians have given way */
  setView(camera: SplatCamera, shDegree: ShDegree = this.table.shDegree, fade = 0): void {
    const { rotation: r, translation: t, width, height, fx, fy, cx, cy } = camera;
    this.uniforms.push({
      right: [r[0], r[1], r[2], t[0]],
      down: [r[3], r[4], r[5], t[1]],
      forward: [r[6], r[7], r[8], t[2]],
      centre: cameraCentre(camera),
      count: this.count,
      lens: [fx, fy, cx, cy],
      size: [width, height],
      limit: [(FIELD_CLAMP * width) / (2 * fx), (FIELD_CLAMP * height) / (2 * fy)],
      tiles: [Math.ceil(width / TILE), Math.ceil(height / TILE)],
      degree: shDegree,
      stored: this.table.shDegree,
      antialiased: this.table.tags.antialiased ? 1 : 0,
      fade,
    });
  }

  /** Fills {@link splats}, and the buffers of a sort by depth and of the geometry where they are given. */
  projectStep(sort: SortBuffers | null, geometry: GPUBuffer | null): BoundStep {
    const { device, steps } = this.kernels;
    const step = geometry ? steps.measure : sort ? steps.lookSorted : steps.look;
    const bindings = {
      view: this.view,
      centres: { buffer: this.centres },
      shapes: { buffer: this.shapes },
      harmonics: { buffer: this.harmonics },
      splats: { buffer: this.splats },
      ...(sort && { keys: { buffer: sort.keys }, order: { buffer: sort.values } }),
      ...(geometry && { geometry: { buffer: geometry } }),
    };
    return bindStep(device, step, bindings, linearWorkgroups(this.count));
  }

  /** Room for what `measure` of project.wgsl writes. */
  createGeometry(scope: Scope): GPUBuffer {
    return scope.storage('splats/geometry', GEOMETRY_BYTES * Math.max(1, this.count));
  }

  private uploadShapes(): void {
    const { quaternions, logScales } = this.table;
    this.inChunks(this.shapes, 8, Float32Array, (i, out, at) => {
      for (let k = 0; k < 4; k++) out[at + k] = quaternions[4 * i + k];
      for (let k = 0; k < 3; k++) out[at + 4 + k] = Math.exp(logScales[3 * i + k]);
      out[at + 7] = this.fade ? this.fade[i] : 0;
    });
  }

  private uploadHarmonics(): void {
    const { sh0, shRest, shDegree } = this.table;
    const words = harmonicWords(shDegree);
    const rest = 3 * shRestCount(shDegree);
    const values = new Float32Array(2 * words);
    this.inChunks(this.harmonics, words, Uint32Array, (i, out, at) => {
      for (let k = 0; k < 3; k++) values[k] = inHalf(sh0[3 * i + k]);
      for (let k = 0; k < rest; k++) values[3 + k] = inHalf(shRest[rest * i + k]);
      out.set(new Uint32Array(float32ToFloat16(values).buffer), at);
    });
  }

  private inChunks<T extends Float32Array | Uint32Array>(
    buffer: GPUBuffer,
    words: number,
    make: new (length: number) => T,
    pack: (i: number, out: T, at: number) => void,
  ): void {
    const chunk = new make(words * Math.min(CHUNK, this.count));
    for (let begin = 0; begin < this.count; begin += CHUNK) {
      const end = Math.min(this.count, begin + CHUNK);
      for (let i = begin; i < end; i++) pack(i, chunk, words * (i - begin));
      const { queue } = this.kernels.device;
      queue.writeBuffer(buffer, 4 * words * begin, chunk.buffer, 0, 4 * words * (end - begin));
    }
  }
}

/** Within the range of 16-bit floats; NaN is 0. */
const inHalf = (value: number): number => Math.min(65504, Math.max(-65504, value || 0));
