import code from '../../../shaders/match/certainty.wgsl';
import { type ComputeStep, linearWorkgroups, recordCompute } from '../../platform/gpu/dispatch.ts';
import { certaintyBinding, gridPoints, logitBinding, warpBinding } from '../field/gpu.ts';
import type { WarpField } from '../field/gpu.ts';
import { LOGIT_LIMIT } from './cpu.ts';
import { createComputeStep, createShader } from '../../platform/gpu/shader.ts';

/** Fills a field's certainty from its warp and logit, see reference/certainty.ts. */
export class CertaintyPass {
  private readonly step: ComputeStep;

  constructor(private readonly device: GPUDevice) {
    const shader = createShader(device, 'certainty', code);
    this.step = createComputeStep(device, shader, 'main', { LOGIT_LIMIT });
  }

  run(encoder: GPUCommandEncoder, field: WarpField): void {
    const bindings = {
      warp: warpBinding(field),
      logit: logitBinding(field),
      certainty: certaintyBinding(field),
    };
    recordCompute(encoder, this.device, this.step, bindings, linearWorkgroups(gridPoints(field.grid)));
  }
}
