/** Layers with a checkpoint's weights, for `import * as layer from '../onnx/layers.ts'`. */
export * from './layers/attention.ts';
export * from './layers/convolution.ts';
export * from './layers/linear.ts';
export * from './layers/norm.ts';
