import { recordCompute } from './dispatch.ts';
import type { Scope } from './scope.ts';
import { createComputePipeline } from './shader.ts';
import type { Shader } from './shader.ts';
import { UniformRing } from './uniforms.ts';
import type { UniformValues } from './uniforms.ts';

/** A compute entry point whose binding 0 is the uniform struct `params`. */
export class Kernel {
  private readonly pipeline: GPUComputePipeline;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
    shader: Shader,
    entryPoint = 'main',
    constants?: Record<string, number>,
  ) {
    this.pipeline = createComputePipeline(device, shader, entryPoint, constants);
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  /** Records one dispatch; `bindings` are those from 1 on. */
  run(
    encoder: GPUCommandEncoder,
    params: UniformValues,
    bindings: readonly (GPUBindingResource | null)[],
    workgroups: readonly [number, number],
  ): void {
    recordCompute(encoder, this.device, this.pipeline, [this.params.push(params), ...bindings], workgroups);
  }
}
