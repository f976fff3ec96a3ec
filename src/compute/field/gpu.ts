import type { Size } from '../../core/geometry.ts';
import type { FieldMask } from '../../core/mask.ts';

/** The dense result on one photo, as it lies on the GPU. All float32, row by row. */
export interface WarpField {
  /** Size of the grid that the buffers cover. */
  grid: Size;
  /** Size of the photo that the grid lies on, pixels. */
  photo: Size;
  /** [2, h, w]: the plane of x, then of y; where each place lies in the other photo, normalised. */
  warp: GPUBuffer;
  /** [h, w] the decoder's certainty before the sigmoid. */
  logit: GPUBuffer;
  /** [h, w] probability; 0 where the warp leaves the other photo. Made by passes/certainty.ts. */
  certainty: GPUBuffer;
  /** [h, w] distance after going there and back, pixels of this photo. Made by passes/cycle.ts. */
  cycle: GPUBuffer;
  /** [3, h, w] the network's own inverse covariance of the warp, and what its cells are of the other photo; see DenseField. */
  precision?: { buffer: GPUBuffer; grid: Size; photo: Size };
  /** [6, cells] a semi-dense network's own matches, and the other photo with its grid; see DenseField. */
  own?: { buffer: GPUBuffer; cells: number; grid: Size; photo: Size };
  /** By which the certainty is 0 outside; absent where nothing is left out. */
  mask?: FieldMask;
}

/** Both directions of one match. The grids may differ in size. */
export interface MatchField {
  a: WarpField;
  b: WarpField;
}

/** Number of places on a grid. */
export const gridPoints = (grid: Size): number => grid.width * grid.height;

/**
 * Bindings with their true size: `warp` and `logit` may be a model's output buffers, which onnxruntime's
 * buffer cache makes larger than the tensor.
 */
export const warpBinding = (field: Pick<WarpField, 'grid' | 'warp'>): GPUBufferBinding => ({
  buffer: field.warp,
  size: gridPoints(field.grid) * 8,
});
export const logitBinding = (field: Pick<WarpField, 'grid' | 'logit'>): GPUBufferBinding => ({
  buffer: field.logit,
  size: gridPoints(field.grid) * 4,
});
export const certaintyBinding = (field: WarpField): GPUBufferBinding => ({
  buffer: field.certainty,
  size: gridPoints(field.grid) * 4,
});
export const cycleBinding = (field: WarpField): GPUBufferBinding => ({
  buffer: field.cycle,
  size: gridPoints(field.grid) * 4,
});
