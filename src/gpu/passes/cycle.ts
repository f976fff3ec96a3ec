import code from '../../../shaders/cycle.wgsl?raw';
import coordinates from '../../../shaders/common/coordinates.wgsl?raw';
import sampling from '../../../shaders/common/sampling.wgsl?raw';
import { gridWorkgroups, recordCompute } from '../dispatch.ts';
import { cycleBinding, warpBinding } from '../field.ts';
import type { MatchField } from '../field.ts';
import { CYCLE_OUTSIDE } from '../reference/cycle.ts';
import type { Scope } from '../scope.ts';
import { createComputePipeline, createShader } from '../shader.ts';
import { UniformRing } from '../uniforms.ts';

/** Fills the cycle error of both fields from their warps, see reference/cycle.ts. */
export class CyclePass {
  private readonly pipeline: GPUComputePipeline;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'cycle', coordinates, sampling, code);
    this.pipeline = createComputePipeline(device, shader, 'main', { CYCLE_OUTSIDE });
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  run(encoder: GPUCommandEncoder, { a, b }: MatchField): void {
    for (const [own, other] of [
      [a, b],
      [b, a],
    ]) {
      const params = this.params.push({
        grid: [own.grid.width, own.grid.height],
        otherGrid: [other.grid.width, other.grid.height],
        photo: [own.photo.width, own.photo.height],
      });
      const bindings = [params, warpBinding(own), warpBinding(other), cycleBinding(own)];
      recordCompute(encoder, this.device, this.pipeline, bindings, gridWorkgroups(own.grid));
    }
  }
}
