import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { pixelCentres } from './coordinates.ts';
import { solveKernelSystem } from './kernel-solve.ts';

/** What the state dict cannot tell about the Gaussian process; RoMa's values are the defaults. */
export interface GaussianProcessOptions {
  /** Length scale T of the kernel exp((cos − 1) / T). */
  readonly temperature?: number;
  /** σ added to the kernel's diagonal: observation noise. */
  readonly noise?: number;
  /** Rows eliminated at a time by the solver. */
  readonly blockSize?: number;
}

/** The 1×1 convolution from (x, y) to the phases of the Fourier features of B's grid: [d, 2, 1, 1] and [d]. */
export interface PositionBasis {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

/**
 * Posterior mean of a Gaussian process that regresses from features to Fourier features of position
 * (the GP of DKM and RoMa): K(A, B) · (K(B, B) + σI)⁻¹ · cos(8π · basis(grid of B)), computed in float32.
 *
 * @param x features of A, [1, c, h, w]
 * @param y features of B, [1, c, h, w]
 * @returns [1, h · w, d]: an embedding of B's coordinates for every place of A
 */
export function gpPosterior(
  g: GraphBuilder,
  x: Value,
  y: Value,
  basis: PositionBasis,
  options: GaussianProcessOptions = {},
): Value {
  const { temperature = 0.2, noise = 0.1, blockSize = 128 } = options;
  return g.scope('gp', () => {
    const a = unitRows(g, x);
    const b = op.transpose(g, unitRows(g, y), [1, 0]);
    const bScaled = op.mul(g, b, 1 / temperature);
    const kernel = (rows: Value): Value => op.exp(g, op.sub(g, op.matMul(g, rows, bScaled), 1 / temperature));
    const targets = positionTargets(g, y.shape[2], y.shape[3], basis);
    const weights = solveKernelSystem(g, kernel(op.transpose(g, b, [1, 0])), targets, noise, blockSize);
    return op.unsqueeze(g, op.matMul(g, kernel(a), weights), 0);
  });
}

/** [1, c, h, w] as float32 rows [h · w, c] of unit length, so that their products are cosines. */
function unitRows(g: GraphBuilder, x: Value): Value {
  const [, channels, height, width] = x.shape;
  const rows = op.transpose(g, op.reshape(g, op.toFloat32(g, x), [channels, height * width]), [1, 0]);
  const squared = op.reduceSum(g, op.mul(g, rows, rows), [1]);
  // The published code adds 1e-6 to the product of the two norms; rows of a normalised network are far from zero.
  return op.div(g, rows, op.add(g, op.sqrt(g, squared), 1e-9));
}

/** cos(8π · (W·(x, y) + b)) at every cell of an h×w grid, [h · w, d]: depends on the weights alone, so it is one. */
function positionTargets(g: GraphBuilder, height: number, width: number, { weight, bias }: PositionBasis): Value {
  const features = weight.shape[0];
  const load = async (): Promise<Float32Array> => {
    const [matrix, offset] = await Promise.all([weight.readFloat32(), bias.readFloat32()]);
    const xs = pixelCentres(width);
    const ys = pixelCentres(height);
    const values = new Float32Array(height * width * features);
    for (let cell = 0; cell < height * width; cell += 1) {
      const x = xs[cell % width];
      const y = ys[Math.floor(cell / width)];
      for (let i = 0; i < features; i += 1) {
        values[cell * features + i] = Math.cos(8 * Math.PI * (matrix[2 * i] * x + matrix[2 * i + 1] * y + offset[i]));
      }
    }
    return values;
  };
  return g.derivedWeight(`${weight.name}.targets`, [height * width, features], load, 'float32');
}
