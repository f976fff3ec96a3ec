import code from '../../../../../shaders/compare/feature-nearest.wgsl';
import type { Nearest } from '../../../../core/feature-map.ts';
import { linearWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import type { FeatureBuffer } from '../feature-buffer/feature-buffer.ts';
import { inverseNormsBinding, valuesBinding } from '../feature-buffer/feature-buffer.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** 32-bit words of the WGSL's Found. */
const WORDS = 3;

/** The nearest candidate of every vector: k-means assignment and nearest neighbours, see reference/feature-vectors.ts. */
export class FeatureNearestPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'feature-nearest', code));
  }

  /** Bytes of the buffer that {@link run} fills and {@link FeatureNearestPass.parse} reads. */
  static bytes(count: number): number {
    return 4 * WORDS * count;
  }

  run(encoder: GPUCommandEncoder, vectors: FeatureBuffer, candidates: FeatureBuffer, found: GPUBuffer): void {
    const [x, y] = linearWorkgroups(vectors.count);
    const params = {
      channels: vectors.channels,
      vectors: vectors.count,
      candidates: candidates.count,
      groupsPerRow: x,
    };
    const bindings = {
      vectors: valuesBinding(vectors),
      vectorScales: inverseNormsBinding(vectors),
      candidates: valuesBinding(candidates),
      candidateScales: inverseNormsBinding(candidates),
      found: { buffer: found, size: FeatureNearestPass.bytes(vectors.count) },
    };
    this.kernel.run(encoder, params, bindings, [x, y]);
  }

  /** The answer in a copy of the buffer's bytes. */
  static parse(bytes: ArrayBuffer): Nearest {
    const count = bytes.byteLength / (4 * WORDS);
    const words = new Uint32Array(bytes);
    const floats = new Float32Array(bytes);
    return {
      index: Uint32Array.from({ length: count }, (_, i) => words[WORDS * i]),
      best: Float32Array.from({ length: count }, (_, i) => floats[WORDS * i + 1]),
      second: Float32Array.from({ length: count }, (_, i) => floats[WORDS * i + 2]),
    };
  }
}
