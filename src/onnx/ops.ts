/** Every operator, for `import * as op from '../onnx/ops.ts'`. Each takes the graph first and returns its output. */
export * from './ops/convolution.ts';
export * from './ops/elementwise.ts';
export * from './ops/linear-algebra.ts';
export * from './ops/normalization.ts';
export * from './ops/reduction.ts';
export * from './ops/reshape.ts';
export * from './ops/sampling.ts';
