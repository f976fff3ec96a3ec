import code from '../../../shaders/match/subpixel/lucas-kanade.wgsl';
import type { Size } from '../../core/geometry.ts';
import { gridWorkgroups } from '../../platform/gpu/dispatch.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';
import { gridPoints, type WarpField, warpBinding } from '../field/gpu.ts';
import { HOLDS, LUCAS_KANADE } from './cpu.ts';

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

const planesBinding = ({ size, buffer }: PlanesBuffer): GPUBufferBinding => ({ buffer, size: 12 * gridPoints(size) });
