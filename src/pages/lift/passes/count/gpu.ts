import code from '../../../../../shaders/lift/count.wgsl';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Enough workgroups to fill a GPU; each ends in barriers, which are what a software adapter spends its time on. */
const WORKGROUPS = 64;

/** Pixels of a frame. */
export interface LiftCounts {
  /** Of the view, covered by the mesh. */
  covered: number;
  /** Of the photo, visible in the view. */
  visible: number;
}

/** Counts for the facts of a frame, left in a small buffer. */
export class LiftCountPass {
  /** Bytes of the buffer that {@link run} fills and {@link LiftCountPass.parse} reads. */
  static readonly bytes = 8;
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-count', code));
  }

  /** @param depth float32 of the view, `visible` uint32 of the photo; both of `points` places */
  run(encoder: GPUCommandEncoder, points: number, depth: GPUBuffer, visible: GPUBuffer, target: GPUBuffer): void {
    encoder.clearBuffer(target, 0, LiftCountPass.bytes);
    const places = (buffer: GPUBuffer) => ({ buffer, size: 4 * points });
    const counts = { buffer: target, size: LiftCountPass.bytes };
    this.kernel.run(encoder, { points }, { depth: places(depth), visible: places(visible), counts }, [WORKGROUPS, 1]);
  }

  static parse(bytes: ArrayBuffer): LiftCounts {
    const [covered, visible] = new Uint32Array(bytes);
    return { covered, visible };
  }
}
