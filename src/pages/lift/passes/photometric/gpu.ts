import jpegCode from '../../../../../shaders/lift/jpeg.wgsl';
import code from '../../../../../shaders/lift/photometric.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import type { PhotometricSettings } from '../../contract/settings.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { DCT, quantisationTables } from './jpeg.ts';
import { develops, isIdentity, noiseSeeds } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';
import { MAX_TAPS, gaussianUniforms } from '../../../../compute/smooth/gpu.ts';

/** Side of the area that one workgroup compresses. */
const JPEG_UNIT = 16;

/** What the pass needs between its steps, for one size. */
interface Workspace {
  size: Size;
  /** Linear light blurred along the rows, vec4f [h, w]. */
  rows: GPUBuffer;
  /** Before compression. */
  developed: GPUTexture;
}

/** Exposure, gamma, noise, blur and JPEG of a picture, see reference/lift/photometric.ts. */
export class PhotometricPass {
  private readonly blurRows: Kernel;
  private readonly develop: Kernel;
  private readonly compress: Kernel;
  private workspace: Workspace | null = null;

  constructor(
    device: GPUDevice,
    private readonly scope: Scope,
  ) {
    const shader = createShader(device, 'lift-photometric', code, { MAX_TAPS });
    this.blurRows = new Kernel(device, scope, shader, 'blurRows');
    this.develop = new Kernel(device, scope, shader, 'develop');
    this.compress = new Kernel(device, scope, createShader(device, 'lift-jpeg', jpegCode, { UNIT: JPEG_UNIT }));
  }

  /**
   * Fills `target` (rgba8unorm with STORAGE_BINDING) from `source` (TEXTURE_BINDING) of the same size. Pictures of
   * one encoder should have one size: a new size frees what the last one needed.
   * @returns `target`, or `source` itself where the settings change nothing and nothing is recorded
   */
  run(
    encoder: GPUCommandEncoder,
    source: GPUTexture,
    target: GPUTexture,
    settings: PhotometricSettings,
    seed: number,
  ): GPUTexture {
    if (isIdentity(settings)) return source;
    const { rows, developed } = this.workspaceFor(source);
    const compresses = settings.jpeg < 100;
    let picture = source;
    if (develops(settings)) {
      picture = compresses ? developed : target;
      const size = { width: source.width, height: source.height };
      const params = {
        ...gaussianUniforms(settings.blur),
        size: [size.width, size.height],
        gain: 2 ** settings.exposure,
        gamma: settings.gamma,
        noise: settings.noise,
        seeds: noiseSeeds(seed),
      };
      const between = { buffer: rows, size: 16 * gridPoints(size) };
      this.blurRows.run(encoder, params, { source: source.createView(), rows: between }, gridWorkgroups(size));
      const bindings = { source: source.createView(), rows: between, developed: picture.createView() };
      this.develop.run(encoder, params, bindings, gridWorkgroups(size));
    }
    if (compresses) {
      const workgroups = [Math.ceil(source.width / JPEG_UNIT), Math.ceil(source.height / JPEG_UNIT)] as const;
      const params = { tables: quantisationTables(settings.jpeg), dct: DCT };
      this.compress.run(encoder, params, { source: picture.createView(), compressed: target.createView() }, workgroups);
    }
    return target;
  }

  private workspaceFor({ width, height }: Size): Workspace {
    const held = this.workspace;
    if (held && held.size.width === width && held.size.height === height) return held;
    if (held) {
      this.scope.release(held.rows);
      this.scope.release(held.developed);
    }
    this.workspace = {
      size: { width, height },
      rows: this.scope.storage('lift-photometric/rows', 16 * width * height),
      developed: this.scope.texture('lift-photometric/developed', {
        size: [width, height],
        format: 'rgba8unorm',
        usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.STORAGE_BINDING,
      }),
    };
    return this.workspace;
  }
}
