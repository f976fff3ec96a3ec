import code from '../../../shaders/match/statistics.wgsl';
import { recordCompute } from '../../platform/gpu/dispatch.ts';
import { certaintyBinding, cycleBinding, gridPoints } from '../field/gpu.ts';
import type { MatchField } from '../field/gpu.ts';
import { HISTOGRAM, summarise } from './cpu.ts';
import type { SideCounters, SideStatistics, StatisticsOptions } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createComputePipeline, createShader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';
import type { Side } from '../../core/geometry.ts';

const SIDES = ['a', 'b'] as const;
const WORKGROUP = 64;
/** Enough workgroups to fill a GPU; each ends in barriers, which are what a software adapter spends its time on. */
const MAX_PARTIALS = 256;
/** 32-bit words of the WGSL's Counters: four members, then the histogram. */
const SIDE_WORDS = 4 + HISTOGRAM.bins;

/** Counters of both directions in one small buffer, see reference/statistics.ts. */
export class StatisticsPass {
  /** Bytes of the buffer that {@link run} fills and {@link StatisticsPass.parse} reads. */
  static readonly bytes = SIDES.length * SIDE_WORDS * 4;

  private readonly count: GPUComputePipeline;
  private readonly total: GPUComputePipeline;
  private readonly params: UniformRing;
  private readonly partials: GPUBuffer;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'statistics', code);
    this.count = createComputePipeline(device, shader, 'count', {
      BINS: HISTOGRAM.bins,
      BINS_PER_OCTAVE: HISTOGRAM.perOctave,
      LOWEST: HISTOGRAM.lowest,
    });
    this.total = createComputePipeline(device, shader, 'total');
    this.params = new UniformRing(device, scope, shader, 'params');
    this.partials = scope.storage('statistics/partials', MAX_PARTIALS * 4);
  }

  /** Fills `target` ({@link StatisticsPass.bytes}) from certainty and cycle of both fields. */
  run(encoder: GPUCommandEncoder, field: MatchField, options: StatisticsOptions, target: GPUBuffer): void {
    encoder.clearBuffer(target, 0, StatisticsPass.bytes);
    const counters = { buffer: target, size: StatisticsPass.bytes };
    SIDES.forEach((side, index) => {
      const points = gridPoints(field[side].grid);
      const partials = Math.min(MAX_PARTIALS, Math.ceil(points / WORKGROUP));
      const params = this.params.push({
        side: index,
        points,
        partials,
        threshold: options.threshold,
        cycleLimit: options.cycleLimit[side],
      });
      const sums = { buffer: this.partials };
      const places = [certaintyBinding(field[side]), cycleBinding(field[side])];
      recordCompute(encoder, this.device, this.count, [params, counters, sums, ...places], [partials, 1]);
      recordCompute(encoder, this.device, this.total, [params, counters, sums], [1, 1]);
    });
  }

  /** The statistics in a copy of the buffer's bytes. */
  static parse(bytes: ArrayBuffer): Record<Side, SideStatistics> {
    return { a: summarise(StatisticsPass.counters(bytes, 'a')), b: summarise(StatisticsPass.counters(bytes, 'b')) };
  }

  /** One side's bare counters in a copy of the buffer's bytes. */
  static counters(bytes: ArrayBuffer, side: Side): SideCounters {
    const begin = SIDES.indexOf(side) * SIDE_WORDS * 4;
    const [points, , certain, consistent] = new Uint32Array(bytes, begin, 4);
    const [certaintySum] = new Float32Array(bytes, begin + 4, 1);
    return { points, certaintySum, certain, consistent, histogram: new Uint32Array(bytes, begin + 16, HISTOGRAM.bins) };
  }
}
