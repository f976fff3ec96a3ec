import code from '../../../shaders/lift/smooth.wgsl';
import type { Size } from '../../core/geometry.ts';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { gridPoints } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import { gaussianTaps } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Places for taps in the shaders' uniforms. */
export const MAX_TAPS = 32;

/** Largest sigma of a blur on the GPU, pixels: what {@link MAX_TAPS} can hold. */
export const MAX_SIGMA = 10;

/** A Gaussian kernel as the shaders' uniforms take it; sigma 0 is the identity. */
export function gaussianUniforms(sigma: number): { radius: number; taps: Float32Array } {
  if (sigma > MAX_SIGMA) throw new RangeError(`A blur of sigma ${sigma} px is above the limit of ${MAX_SIGMA}.`);
  const half = gaussianTaps(sigma);
  const taps = new Float32Array(MAX_TAPS);
  taps.set(half);
  return { radius: half.length - 1, taps };
}

/** Separable Gaussian blur of float maps [h, w], see reference/lift/smooth.ts. */
export class SmoothPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-smooth', code, { MAX_TAPS }));
  }

  /** Fills `target` with `source` blurred; `rows` is scratch. All float32 [h, w], three different buffers. */
  run(
    encoder: GPUCommandEncoder,
    size: Size,
    sigma: number,
    { source, rows, target }: { source: GPUBuffer; rows: GPUBuffer; target: GPUBuffer },
  ): void {
    const gaussian = gaussianUniforms(sigma);
    const map = (buffer: GPUBuffer) => ({ buffer, size: 4 * gridPoints(size) });
    const along = (axis: [number, number]) => ({ ...gaussian, size: [size.width, size.height], axis });
    const workgroups = gridWorkgroups(size);
    this.kernel.run(encoder, along([1, 0]), { source: map(source), blurred: map(rows) }, workgroups);
    this.kernel.run(encoder, along([0, 1]), { source: map(rows), blurred: map(target) }, workgroups);
  }
}
