import type { FeatureMap, VectorSet } from '../../../../core/feature-map.ts';
import { vectorSet } from '../feature-vectors/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';

/** Vectors on the GPU, as every pass over features takes them. */
export interface FeatureBuffer {
  count: number;
  channels: number;
  /** [count, channels] float32 */
  values: GPUBuffer;
  /** [count] 1 / length, 0 for null vectors. */
  inverseNorms: GPUBuffer;
}

/** Copies vectors to the device; they live as long as `scope`. */
export function uploadVectors(scope: Scope, { channels, values, inverseNorms }: VectorSet): FeatureBuffer {
  const upload = (label: string, data: Float32Array<ArrayBuffer>) => {
    const buffer = scope.storage(label, data.byteLength);
    scope.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  return {
    count: inverseNorms.length,
    channels,
    values: upload('features', values),
    inverseNorms: upload('inverse-norms', inverseNorms),
  };
}

export const uploadFeatures = (scope: Scope, { values, channels }: FeatureMap): FeatureBuffer =>
  uploadVectors(scope, vectorSet(values, channels));

/** Bindings with the true size: buffers are rounded up. */
export const valuesBinding = ({ values, count, channels }: FeatureBuffer): GPUBufferBinding => ({
  buffer: values,
  size: 4 * count * channels,
});
export const inverseNormsBinding = ({ inverseNorms, count }: FeatureBuffer): GPUBufferBinding => ({
  buffer: inverseNorms,
  size: 4 * count,
});
