import code from '../../../shaders/match/certainty.wgsl';
import { linearWorkgroups, recordCompute } from '../../platform/gpu/dispatch.ts';
import { certaintyBinding, gridPoints, logitBinding, warpBinding } from '../field/gpu.ts';
import type { WarpField } from '../field/gpu.ts';
import { LOGIT_LIMIT } from './cpu.ts';
import { createComputePipeline, createShader } from '../../platform/gpu/shader.ts';

/** Fills a field's certainty from its warp and logit, see reference/certainty.ts. */
export class CertaintyPass {
  private readonly pipeline: GPUComputePipeline;

  constructor(private readonly device: GPUDevice) {
    const shader = createShader(device, 'certainty', code);
    this.pipeline = createComputePipeline(device, shader, 'main', { LOGIT_LIMIT });
  }

  run(encoder: GPUCommandEncoder, field: WarpField): void {
    const bindings = [warpBinding(field), logitBinding(field), certaintyBinding(field)];
    recordCompute(encoder, this.device, this.pipeline, bindings, linearWorkgroups(gridPoints(field.grid)));
  }
}
