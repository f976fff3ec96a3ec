import code from '../../../shaders/match/statistics.wgsl';
import { type ComputeStep, LINEAR_WORKGROUP, recordCompute } from '../../platform/gpu/dispatch.ts';
import { certaintyBinding, cycleBinding, gridPoints, warpBinding } from '../field/gpu.ts';
import type { MatchField } from '../field/gpu.ts';
import { HISTOGRAM, summarise } from './cpu.ts';
import type { SideCounters, SideStatistics, StatisticsOptions } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createComputeStep, createShader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';
import type { Side } from '../../core/geometry.ts';

const SIDES = ['a', 'b'] as const;
/** Enough workgroups to fill a GPU; each ends in barriers, which are what a software adapter spends its time on. */
const MAX_PARTIALS = 256;
/** 32-bit words of the WGSL's Counters: five members, then the histogram. */
const MEMBERS = 5;
const SIDE_WORDS = MEMBERS + HISTOGRAM.bins;

/** Counters of both directions in one small buffer, see reference/statistics.ts. */
export class StatisticsPass {
  /** Bytes of the buffer that {@link run} fills and {@link StatisticsPass.parse} reads. */
  static readonly bytes = SIDES.length * SIDE_WORDS * 4;

  private readonly count: ComputeStep;
  private readonly total: ComputeStep;
  private readonly params: UniformRing;
  private readonly partials: GPUBuffer;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'statistics', code, {
      BINS: HISTOGRAM.bins,
      BINS_PER_OCTAVE: HISTOGRAM.perOctave,
      LOWEST: HISTOGRAM.lowest,
    });
    this.count = createComputeStep(device, shader, 'count');
    this.total = createComputeStep(device, shader, 'total');
    this.params = new UniformRing(device, scope, shader, 'params');
    this.partials = scope.storage('statistics/partials', MAX_PARTIALS * 4);
  }

  /** Fills `target` ({@link StatisticsPass.bytes}) from warp, certainty and cycle of both fields. */
  run(encoder: GPUCommandEncoder, field: MatchField, options: StatisticsOptions, target: GPUBuffer): void {
    encoder.clearBuffer(target, 0, StatisticsPass.bytes);
    const counters = { buffer: target, size: StatisticsPass.bytes };
    SIDES.forEach((side, index) => {
      const points = gridPoints(field[side].grid);
      const partials = Math.min(MAX_PARTIALS, Math.ceil(points / LINEAR_WORKGROUP));
      const params = this.params.push({
        side: index,
        points,
        partials,
        threshold: options.threshold,
        cycleLimit: options.cycleLimit[side],
      });
      const bindings = {
        params,
        counters,
        partials: { buffer: this.partials },
        certainty: certaintyBinding(field[side]),
        cycle: cycleBinding(field[side]),
        warp: warpBinding(field[side]),
      };
      recordCompute(encoder, this.device, this.count, bindings, [partials, 1]);
      recordCompute(encoder, this.device, this.total, bindings, [1, 1]);
    });
  }

  /** The statistics in a copy of the buffer's bytes. */
  static parse(bytes: ArrayBuffer): Record<Side, SideStatistics> {
    return { a: summarise(StatisticsPass.counters(bytes, 'a')), b: summarise(StatisticsPass.counters(bytes, 'b')) };
  }

  /** One side's bare counters in a copy of the buffer's bytes. */
  static counters(bytes: ArrayBuffer, side: Side): SideCounters {
    const begin = SIDES.indexOf(side) * SIDE_WORDS * 4;
    const [points, , certain, consistent, broken] = new Uint32Array(bytes, begin, MEMBERS);
    const [certaintySum] = new Float32Array(bytes, begin + 4, 1);
    const histogram = new Uint32Array(bytes, begin + 4 * MEMBERS, HISTOGRAM.bins);
    return { points, certaintySum, certain, consistent, broken, histogram };
  }
}
