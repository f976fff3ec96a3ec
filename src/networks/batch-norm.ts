import type { BatchNormTensors } from '../onnx/layers/convolution.ts';
import type { Weights } from './weights.ts';

/** The tensors of a BatchNorm2d over `channels`. Its count of batches seen means nothing at inference. */
export function readBatchNorm(weights: Weights, channels: number): BatchNormTensors {
  weights.passOver('num_batches_tracked');
  return {
    weight: weights.take('weight', [channels]),
    bias: weights.take('bias', [channels]),
    mean: weights.take('running_mean', [channels]),
    variance: weights.take('running_var', [channels]),
  };
}

/** A norm without affine parameters: running statistics alone. */
export function readPlainBatchNorm(weights: Weights, channels: number): BatchNormTensors {
  weights.passOver('num_batches_tracked');
  return {
    weight: null,
    bias: null,
    mean: weights.take('running_mean', [channels]),
    variance: weights.take('running_var', [channels]),
  };
}
