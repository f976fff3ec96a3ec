import code from '../../../../../shaders/compare/score-products.wgsl';
import type { Size } from '../../../../core/geometry.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { SCORE_SUMS } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** Scores of a feature grid on the GPU: [places, 3] float32. */
export interface ScoreBuffer {
  scores: GPUBuffer;
  grid: Size;
}

/** Two encoders' scores multiplied and summed over a photo, see reference/score-products.ts. */
export class ScoreProductsPass {
  /** Bytes of the buffer that {@link run} fills. */
  static readonly bytes = 4 * SCORE_SUMS;

  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'score-products', code, { SUMS: SCORE_SUMS }));
  }

  /** Fills `sums` ({@link ScoreProductsPass.bytes}). */
  run(encoder: GPUCommandEncoder, own: ScoreBuffer, other: ScoreBuffer, sums: GPUBuffer): void {
    const binding = ({ scores, grid }: ScoreBuffer) => ({ buffer: scores, size: 12 * grid.width * grid.height });
    const size = ({ grid }: ScoreBuffer) => [grid.width, grid.height];
    this.kernel.run(
      encoder,
      { grid: size(own), otherGrid: size(other) },
      { scores: binding(own), others: binding(other), sums: { buffer: sums, size: ScoreProductsPass.bytes } },
      [1, 1],
    );
  }
}
