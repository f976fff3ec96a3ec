import code from '../../../shaders/preprocess.wgsl?raw';
import turns from '../../../shaders/common/turns.wgsl?raw';
import { gridWorkgroups, recordCompute } from '../dispatch.ts';
import { unturnedSize } from '../reference/preprocess.ts';
import type { PreprocessOptions } from '../reference/preprocess.ts';
import type { Scope } from '../scope.ts';
import { createComputePipeline, createShader } from '../shader.ts';
import { UniformRing } from '../uniforms.ts';

/** Photo texture (rgba8unorm, no colour conversion) to the encoder's input tensor, see reference/preprocess.ts. */
export class PreprocessPass {
  private readonly pipeline: GPUComputePipeline;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'preprocess', turns, code);
    this.pipeline = createComputePipeline(device, shader, 'main');
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  /** Bytes of the tensor for an input of this size. */
  static tensorBytes(size: PreprocessOptions['size']): number {
    return 3 * 4 * size.width * size.height;
  }

  /** Fills `tensor` ([1, 3, h, w] float32, at least {@link tensorBytes}). */
  run(encoder: GPUCommandEncoder, photo: GPUTexture, tensor: GPUBuffer, options: PreprocessOptions): void {
    const { size, normalisation, quarterTurns = 0 } = options;
    const unturned = unturnedSize(size, quarterTurns);
    const params = this.params.push({
      size: [size.width, size.height],
      unturned: [unturned.width, unturned.height],
      turns: quarterTurns,
      scale: normalisation.scale,
      mean: normalisation.mean,
      deviation: normalisation.std,
    });
    const target = { buffer: tensor, size: PreprocessPass.tensorBytes(size) };
    recordCompute(encoder, this.device, this.pipeline, [params, photo.createView(), target], gridWorkgroups(size));
  }
}
