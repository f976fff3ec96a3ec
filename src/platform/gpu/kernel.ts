import type { Bindings } from './bindings.ts';
import { type ComputeStep, recordCompute } from './dispatch.ts';
import type { Scope } from './scope.ts';
import { createComputeStep } from './shader.ts';
import type { Shader } from './shader.ts';
import { UniformRing } from './uniforms.ts';
import type { UniformValues } from './uniforms.ts';

/** A compute entry point with a uniform struct `params`. */
export class Kernel {
  private readonly step: ComputeStep;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
    shader: Shader,
    entryPoint = 'main',
    constants?: Record<string, number>,
  ) {
    this.step = createComputeStep(device, shader, entryPoint, constants);
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  /** Records one dispatch; `bindings` are all but `params`, by the names that the WGSL gives them. */
  run(
    encoder: GPUCommandEncoder,
    params: UniformValues,
    bindings: Bindings,
    workgroups: readonly [number, number],
  ): void {
    recordCompute(encoder, this.device, this.step, { params: this.params.push(params), ...bindings }, workgroups);
  }
}
