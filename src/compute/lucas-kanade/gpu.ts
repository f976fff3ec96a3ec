import followCode from '../../../shaders/match/subpixel/follow-motion.wgsl';
import code from '../../../shaders/match/subpixel/lucas-kanade.wgsl';
import type { Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';
import { certaintyBinding, cycleBinding, gridPoints, type WarpField, warpBinding } from '../field/gpu.ts';
import { HOLDS, LUCAS_KANADE } from './cpu.ts';
import type { SureFrom } from './follow-motion.ts';

/** A photo as the pass reads it: [3, h, w] in [0, 1]; the buffer may be larger. */
export interface PlanesBuffer {
  size: Size;
  buffer: GPUBuffer;
}

/** Moves a warp to a fraction of a pixel, see {@link import('./cpu.ts').refineWarp}. */
export class LucasKanadePass {
  private readonly move: Kernel;
  private readonly follow: Kernel;

  constructor(
    device: GPUDevice,
    private readonly scope: Scope,
  ) {
    const shader = createShader(device, 'lucas-kanade', code, { ...LUCAS_KANADE, ...HOLDS });
    this.move = new Kernel(device, scope, shader, 'movePlaces');
    this.follow = new Kernel(device, scope, shader, 'followCorners');
  }

  /**
   * Writes the moved warp into `target` ([2, h, w] on the field's grid).
   * @returns what must live until the commands have been submitted; then it may be destroyed
   */
  run(
    encoder: GPUCommandEncoder,
    own: PlanesBuffer,
    other: PlanesBuffer,
    field: Pick<WarpField, 'grid' | 'warp'>,
    target: GPUBuffer,
  ): Scope {
    const { grid } = field;
    const scratch = this.scope.child('lucas-kanade');
    const points = gridPoints(grid);
    const moved = { buffer: scratch.storage('moved', 8 * points), size: 8 * points };
    const hold = { buffer: scratch.storage('hold', 4 * points), size: 4 * points };
    const params = {
      grid: [grid.width, grid.height],
      own: [own.size.width, own.size.height],
      other: [other.size.width, other.size.height],
    };
    const bindings = {
      ownPhoto: planesBinding(own),
      otherPhoto: planesBinding(other),
      warp: warpBinding(field),
      moved,
      hold,
    };
    this.move.run(encoder, params, bindings, gridWorkgroups(grid));
    const second = { movedIn: moved, holdIn: hold, moved: { buffer: target, size: 8 * points } };
    this.follow.run(encoder, params, second, gridWorkgroups(grid));
    return scratch;
  }
}

/** Takes what shows nothing to where one motion takes it, see {@link import('./follow-motion.ts').followMotion}. */
export class FollowMotionPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'follow-motion', followCode, { ...LUCAS_KANADE }));
  }

  /** Writes the warp into `target` ([2, h, w] on the field's grid). */
  run(
    encoder: GPUCommandEncoder,
    own: PlanesBuffer,
    other: PlanesBuffer,
    field: WarpField,
    motion: Matrix3,
    sureFrom: SureFrom,
    target: GPUBuffer,
  ): void {
    const { grid } = field;
    const params = {
      row0: motion.slice(0, 3),
      row1: motion.slice(3, 6),
      row2: motion.slice(6, 9),
      grid: [grid.width, grid.height],
      own: [own.size.width, own.size.height],
      other: [other.size.width, other.size.height],
      ...sureFrom,
    };
    const bindings = {
      ownPhoto: planesBinding(own),
      otherPhoto: planesBinding(other),
      warp: warpBinding(field),
      certainty: certaintyBinding(field),
      cycle: cycleBinding(field),
      followed: { buffer: target, size: 8 * gridPoints(grid) },
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(grid));
  }
}

const planesBinding = ({ size, buffer }: PlanesBuffer): GPUBufferBinding => ({ buffer, size: 12 * gridPoints(size) });
