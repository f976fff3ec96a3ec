import type { FeatureBuffer } from '../passes/feature-buffer/feature-buffer.ts';
import { uploadVectors } from '../passes/feature-buffer/feature-buffer.ts';
import { FeatureCosinePass } from '../passes/feature-cosine/gpu.ts';
import { FeatureMomentsPass } from '../passes/feature-moments/gpu.ts';
import { FeatureNearestPass } from '../passes/feature-nearest/gpu.ts';
import { FeatureProjectionPass } from '../passes/feature-projection/gpu.ts';
import { GradientHistogramPass } from '../passes/gradient-histogram/gpu.ts';
import type { FeatureMoments } from '../passes/feature-covariance/cpu.ts';
import type { Projection } from '../passes/feature-projection/cpu.ts';
import { vectorSet } from '../passes/feature-vectors/cpu.ts';
import { DESCRIPTOR_CHANNELS, descriptorGrid } from '../passes/gradient-histogram/cpu.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import type { FeatureMap, Nearest, VectorSet } from '../../../core/feature-map.ts';
import type { Size } from '../../../core/geometry.ts';
import { readBytes } from '../../../platform/gpu/readback.ts';
import type { Encoded, FeatureMaths } from './feature-maths.ts';

/** The WGSL passes. Photos' features are copied to the device when first used and stay there until forgotten. */
export class GpuFeatureMaths implements FeatureMaths {
  readonly runsOn = 'webgpu';
  private readonly kept = new Map<Encoded, { scope: Scope; buffer: FeatureBuffer }>();
  private readonly passes: {
    moments: FeatureMomentsPass;
    projection: FeatureProjectionPass;
    cosine: FeatureCosinePass;
    nearest: FeatureNearestPass;
    histogram: GradientHistogramPass;
  };

  constructor(private readonly root: Scope) {
    const { device } = root;
    this.passes = {
      moments: new FeatureMomentsPass(device, root),
      projection: new FeatureProjectionPass(device, root),
      cosine: new FeatureCosinePass(device, root),
      nearest: new FeatureNearestPass(device, root),
      histogram: new GradientHistogramPass(device, root),
    };
  }

  describe(image: Float32Array, size: Size): Promise<FeatureMap> {
    return this.within('describe', async (scope) => {
      const bytes = GradientHistogramPass.bytes(size);
      const source = upload(scope, 'image', image as Float32Array<ArrayBuffer>);
      const cells = scope.storage('cells', bytes.cells);
      const descriptors = scope.storage('descriptors', bytes.descriptors);
      this.submit((encoder) => this.passes.histogram.run(encoder, source, size, cells, descriptors));
      const values = await this.readFloats(descriptors, bytes.descriptors / 4);
      return { grid: descriptorGrid(size), channels: DESCRIPTOR_CHANNELS, values };
    });
  }

  moments(maps: readonly Encoded[]): Promise<FeatureMoments> {
    return this.within('moments', async (scope) => {
      const { channels } = maps[0];
      const mean = scope.storage('mean', 4 * channels);
      const covariance = scope.storage('covariance', 4 * channels * channels);
      const buffers = maps.map((map) => this.bufferOf(map));
      this.submit((encoder) => this.passes.moments.run(encoder, buffers, mean, covariance));
      const [means, covariances] = await Promise.all([
        this.readFloats(mean, channels),
        this.readFloats(covariance, channels * channels),
      ]);
      const count = buffers.reduce((sum, buffer) => sum + buffer.count, 0);
      return { channels, count, mean: means, covariance: covariances };
    });
  }

  project(map: Encoded, { mean, basis, components }: Projection): Promise<Float32Array<ArrayBuffer>> {
    return this.within('project', async (scope) => {
      const buffer = this.bufferOf(map);
      const scores = scope.storage('scores', 4 * buffer.count * components);
      const [meanBuffer, basisBuffer] = [upload(scope, 'mean', mean), upload(scope, 'basis', basis)];
      this.submit((encoder) =>
        this.passes.projection.run(encoder, buffer, meanBuffer, basisBuffer, components, scores),
      );
      return this.readFloats(scores, buffer.count * components);
    });
  }

  cosines(map: Encoded, query: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    return this.within('cosines', async (scope) => {
      const buffer = this.bufferOf(map);
      const cosine = scope.storage('cosine', 4 * buffer.count);
      const queryBuffer = upload(scope, 'query', query);
      const [scale] = vectorSet(query, map.channels).inverseNorms;
      this.submit((encoder) => this.passes.cosine.run(encoder, buffer, queryBuffer, scale, cosine));
      return this.readFloats(cosine, buffer.count);
    });
  }

  nearest(vectors: Encoded, candidates: VectorSet): Promise<Nearest> {
    return this.within('nearest', async (scope) => {
      const buffer = this.bufferOf(vectors);
      const rivals = isEncoded(candidates) ? this.bufferOf(candidates) : uploadVectors(scope, candidates);
      const found = scope.storage('found', FeatureNearestPass.bytes(buffer.count));
      this.submit((encoder) => this.passes.nearest.run(encoder, buffer, rivals, found));
      return FeatureNearestPass.parse(await readBytes(this.root.device, found, FeatureNearestPass.bytes(buffer.count)));
    });
  }

  nearestBothWays(a: Encoded, b: Encoded): Promise<[Nearest, Nearest]> {
    return Promise.all([this.nearest(a, b), this.nearest(b, a)]);
  }

  forget(map: Encoded): void {
    this.kept.get(map)?.scope.destroy();
    this.kept.delete(map);
  }

  /** The features on the device, where they stay until they are forgotten. */
  bufferOf(map: Encoded): FeatureBuffer {
    let kept = this.kept.get(map);
    if (!kept) {
      const scope = this.root.child('features');
      kept = { scope, buffer: uploadVectors(scope, map) };
      this.kept.set(map, kept);
    }
    return kept.buffer;
  }

  /** Runs a job with a scope for its buffers, which end with it. */
  private async within<T>(label: string, job: (scope: Scope) => Promise<T>): Promise<T> {
    const scope = this.root.child(label);
    try {
      return await job(scope);
    } finally {
      scope.destroy();
    }
  }

  private submit(record: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.root.device.createCommandEncoder({ label: 'compare' });
    record(encoder);
    this.root.device.queue.submit([encoder.finish()]);
  }

  private async readFloats(buffer: GPUBuffer, count: number): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await readBytes(this.root.device, buffer, 4 * count));
  }
}

const isEncoded = (set: VectorSet): set is Encoded => 'grid' in set;

function upload(scope: Scope, label: string, data: Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = scope.storage(label, data.byteLength);
  scope.device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}
