import code from '../../../shaders/match/probe.wgsl';
import type { Point } from '../../core/geometry.ts';
import { certaintyBinding, cycleBinding, warpBinding } from '../field/gpu.ts';
import type { WarpField } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import type { Probe } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Reads a field at one place into a small buffer, for the caller to read back. See reference/probe.ts. */
export class ProbePass {
  /** Bytes of the buffer that {@link run} fills and {@link ProbePass.parse} reads. */
  static readonly bytes = 16;

  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'probe', code));
  }

  /** Probes `field` at a normalised point of its photo into `target`. */
  run(encoder: GPUCommandEncoder, field: WarpField, point: Point, target: GPUBuffer): void {
    const params = { grid: [field.grid.width, field.grid.height], point: [point.x, point.y] };
    const bindings = {
      warp: warpBinding(field),
      certainty: certaintyBinding(field),
      cycle: cycleBinding(field),
      result: { buffer: target, size: ProbePass.bytes },
    };
    this.kernel.run(encoder, params, bindings, [1, 1]);
  }

  /** The probe in a copy of the buffer's bytes. */
  static parse(bytes: ArrayBuffer): Probe {
    const [x, y, certainty, cycle] = new Float32Array(bytes, 0, 4);
    return { to: { x, y }, certainty, cycle };
  }
}
