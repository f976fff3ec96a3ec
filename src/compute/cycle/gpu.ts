import code from '../../../shaders/match/cycle.wgsl';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { cycleBinding, warpBinding } from '../field/gpu.ts';
import type { MatchField, WarpField } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import { CYCLE_OUTSIDE } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Fills the cycle error of both fields from their warps, see reference/cycle.ts. */
export class CyclePass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'cycle', code);
    this.kernel = new Kernel(device, scope, shader, 'main', { CYCLE_OUTSIDE });
  }

  run(encoder: GPUCommandEncoder, { a, b }: MatchField): void {
    this.runSide(encoder, a, b);
    this.runSide(encoder, b, a);
  }

  private runSide(encoder: GPUCommandEncoder, own: WarpField, other: WarpField): void {
    const params = {
      grid: [own.grid.width, own.grid.height],
      otherGrid: [other.grid.width, other.grid.height],
      photo: [own.photo.width, own.photo.height],
    };
    const bindings = { warp: warpBinding(own), otherWarp: warpBinding(other), cycle: cycleBinding(own) };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(own.grid));
  }
}
