import code from '../../../shaders/match/preprocess.wgsl';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { PreprocessOptions } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Photo texture (rgba8unorm, no colour conversion) to the encoder's input tensor, see reference/preprocess.ts. */
export class PreprocessPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'preprocess', code));
  }

  /** Bytes of the tensor for an input of this size. */
  static tensorBytes(size: PreprocessOptions['size']): number {
    return 3 * 4 * size.width * size.height;
  }

  /** Fills `tensor` ([1, 3, h, w] float32, at least {@link tensorBytes}). */
  run(encoder: GPUCommandEncoder, photo: GPUTexture, tensor: GPUBuffer, options: PreprocessOptions): void {
    const { size } = options;
    const { scale, mean, std } = options.normalisation;
    const params = { size: [size.width, size.height], scale, mean, deviation: std };
    const target = { buffer: tensor, size: PreprocessPass.tensorBytes(size) };
    this.kernel.run(encoder, params, { photo: photo.createView(), tensor: target }, gridWorkgroups(size));
  }
}
