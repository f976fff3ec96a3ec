import code from '../../../../../shaders/lift/fill.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { fillLevels } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Bytes of one pyramid entry. */
const ENTRY_BYTES = 16;

/**
 * Fills the holes of a picture, see reference/lift/fill.ts. A frame may be recorded once between two submits (its
 * levels use most of the uniform ring).
 */
export class FillPass {
  private readonly kernels: Record<'begin' | 'push' | 'pull' | 'finish', Kernel>;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'lift-fill', code);
    const kernel = (entryPoint: string) => new Kernel(device, scope, shader, entryPoint);
    this.kernels = { begin: kernel('begin'), push: kernel('push'), pull: kernel('pull'), finish: kernel('finish') };
  }

  /** Scratch for pictures of this size; the scope owns it. */
  static createPyramid(scope: Scope, size: Size): GPUBuffer {
    const entries = fillLevels(size).reduce((sum, level) => sum + gridPoints(level), 0);
    return scope.storage('lift/fill-pyramid', ENTRY_BYTES * entries);
  }

  /**
   * @param colour rgba8unorm
   * @param known uint32 [h, w], other than 0 where `colour` is known
   * @param pyramid as {@link createPyramid} makes it for the size of `colour`
   * @param filled rgba8unorm of the same size with STORAGE_BINDING; opaque afterwards
   */
  run(encoder: GPUCommandEncoder, colour: GPUTexture, known: GPUBuffer, pyramid: GPUBuffer, filled: GPUTexture): void {
    const levels = fillLevels({ width: colour.width, height: colour.height });
    const steps = levels.map((fine, k) => {
      const coarse = levels[k + 1] ?? fine;
      const fineOffset = levels.slice(0, k).reduce((sum, level) => sum + gridPoints(level), 0);
      const params = {
        fine: [fine.width, fine.height],
        coarse: [coarse.width, coarse.height],
        fineOffset,
        coarseOffset: fineOffset + gridPoints(fine),
      };
      return { fine, coarse, params };
    });
    const [top, ...rest] = [steps[0], ...steps.slice(0, -1)];
    const all = { pyramid: { buffer: pyramid } };
    const mask = { buffer: known, size: 4 * gridPoints(top.fine) };
    this.kernels.begin.run(
      encoder,
      top.params,
      { ...all, colour: colour.createView(), known: mask },
      gridWorkgroups(top.fine),
    );
    for (const { params, coarse } of rest) this.kernels.push.run(encoder, params, all, gridWorkgroups(coarse));
    for (const { params, fine } of rest.reverse()) this.kernels.pull.run(encoder, params, all, gridWorkgroups(fine));
    const bindings = { ...all, filled: filled.createView() };
    this.kernels.finish.run(encoder, top.params, bindings, gridWorkgroups(top.fine));
  }
}
