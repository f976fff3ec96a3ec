import code from '../../../shaders/lift/score.wgsl';
import type { Size } from '../../core/geometry.ts';
import { PCK_THRESHOLDS, PLACE } from '../../core/match-score.ts';
import { LINEAR_WORKGROUP } from '../../platform/gpu/dispatch.ts';
import { gridPoints, warpBinding } from '../field/gpu.ts';
import type { WarpField } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import { CERTAINTY_BINS, CURVE_BINS, ERROR_BINS, MAX_ERROR, NO_ERROR, scoredScale } from './cpu.ts';
import type { ScoreCounters } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';

/** Enough workgroups to fill a GPU; every one leaves a partial sum. */
const MAX_GROUPS = 128;
const COUNTER_WORDS = 2 + PCK_THRESHOLDS.length + CURVE_BINS + ERROR_BINS.bins + 2 * CERTAINTY_BINS.bins;

/** Where places truly lie in the other picture, on the GPU; members as in cpu.ts. */
export interface TruthBuffers {
  size: Size;
  /** float32 [2, h, w] */
  warp: GPUBuffer;
  /** uint32 [h, w], PLACE; a view's `visible` will do. */
  places: GPUBuffer;
  other: Size;
}

/** A match measured against the truth, see cpu.ts. */
export class ScorePass {
  /** Bytes of the counters' buffer that {@link run} fills and {@link ScorePass.parse} reads. */
  static readonly bytes = 4 * (COUNTER_WORDS + MAX_GROUPS * CURVE_BINS);

  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    const shader = createShader(device, 'lift-score', code, {
      THRESHOLDS: PCK_THRESHOLDS.length,
      CURVE_BINS,
      ERROR_BINS: ERROR_BINS.bins,
      ERROR_BINS_PER_OCTAVE: ERROR_BINS.perOctave,
      LOWEST_ERROR: ERROR_BINS.lowest,
      CERTAINTY_BINS: CERTAINTY_BINS.bins,
      CERTAINTY_LIMIT: CERTAINTY_BINS.limit,
      MAX_ERROR,
      NO_ERROR,
      VISIBLE: PLACE.visible,
      HIDDEN: PLACE.hidden,
    });
    this.kernel = new Kernel(device, scope, shader);
  }

  /**
   * @param error float32 [h, w] of the truth's size: pixels, NO_ERROR where nothing is measured
   * @param counters {@link ScorePass.bytes}, a storage buffer that can be copied from
   */
  run(
    encoder: GPUCommandEncoder,
    field: Pick<WarpField, 'grid' | 'warp' | 'certainty'>,
    truth: TruthBuffers,
    error: GPUBuffer,
    counters: GPUBuffer,
  ): void {
    const points = gridPoints(truth.size);
    const groups = Math.min(MAX_GROUPS, Math.ceil(points / LINEAR_WORKGROUP));
    const params = {
      size: [truth.size.width, truth.size.height],
      grid: [field.grid.width, field.grid.height],
      scale: scoredScale(truth.other),
      thresholds: [...PCK_THRESHOLDS],
      groups,
    };
    const bindings = {
      warp: warpBinding(field),
      certainty: { buffer: field.certainty, size: 4 * gridPoints(field.grid) },
      trueWarp: { buffer: truth.warp, size: 8 * points },
      places: { buffer: truth.places, size: 4 * points },
      error: { buffer: error, size: 4 * points },
      counters: { buffer: counters, size: ScorePass.bytes },
    };
    encoder.clearBuffer(counters, 0, ScorePass.bytes);
    this.kernel.run(encoder, params, bindings, [groups, 1]);
  }

  /** The counters in a copy of the buffer's bytes, for summariseScore. */
  static parse(bytes: ArrayBuffer): ScoreCounters {
    let at = 0;
    const words = (count: number) => {
      at += 4 * count;
      return new Uint32Array(bytes, at - 4 * count, count);
    };
    const [visible, hidden] = words(2);
    const within = words(PCK_THRESHOLDS.length);
    const curvePlaces = words(CURVE_BINS);
    const errors = words(ERROR_BINS.bins);
    const visibleCertainty = words(CERTAINTY_BINS.bins);
    const hiddenCertainty = words(CERTAINTY_BINS.bins);
    const partials = new Float32Array(bytes, at, MAX_GROUPS * CURVE_BINS);
    const curveErrors = new Float64Array(CURVE_BINS);
    partials.forEach((sum, k) => (curveErrors[k % CURVE_BINS] += sum));
    return { visible, hidden, within, errors, visibleCertainty, hiddenCertainty, curvePlaces, curveErrors };
  }
}
