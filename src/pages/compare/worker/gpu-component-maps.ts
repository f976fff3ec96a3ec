import { procrustesOfSums } from '../../../features/align-components.ts';
import { principalComponents } from '../../../features/principal-components.ts';
import type { Moments, ScoreMoments } from '../../../features/score-moments.ts';
import { colorMatrix, pooledMoments, scoreMoments, spreadsOf } from '../../../features/score-moments.ts';
import { DrawComponents } from '../passes/draw-components/gpu.ts';
import { FeatureProjectionPass } from '../passes/feature-projection/gpu.ts';
import { ScoreProductsPass } from '../passes/score-products/gpu.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import type { BySlot, ComponentOptions, Pictures } from '../contract.ts';
import { filledSlots } from '../contract.ts';
import { readBytes } from '../../../platform/gpu/readback.ts';
import { type ComponentDrawing, fitGroups } from './component-maps.ts';
import type { Encoded } from './feature-maths.ts';
import type { GpuFeatureMaths } from './gpu-feature-maths.ts';
import type { PictureTarget } from './picture-target.ts';

/** A photo's share of a fit: the directions, on the GPU too, and the moments of its scores along them. */
interface Fitted {
  basis: GPUBuffer;
  /** Features that scores are counted from: the fit's mean, and the photo's own. */
  mean: GPUBuffer;
  photoMean: GPUBuffer;
  /** Of the scores from the fit's mean. */
  moments: ScoreMoments;
}

interface Fits {
  slots: BySlot<Fitted>;
  explained: number[][];
}

const COMPONENTS = 3;
const UNTURNED = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * PCA maps that a fragment shader paints: no score and no pixel is read back. Colours need each photo's mean and spread
 * along the components, which follow from the mean and covariance of its features; alignment needs sums over all
 * places, which a pass leaves as twelve numbers a photo. Gives the pictures that componentMaps gives.
 */
export class GpuComponentMaps implements ComponentDrawing {
  private readonly drawing: DrawComponents;
  private readonly projecting: FeatureProjectionPass;
  private readonly products: ScoreProductsPass;

  constructor(
    private readonly root: Scope,
    private readonly maths: GpuFeatureMaths,
    private readonly target: PictureTarget,
  ) {
    this.drawing = new DrawComponents(root.device, root, target.format);
    this.projecting = new FeatureProjectionPass(root.device, root);
    this.products = new ScoreProductsPass(root.device, root);
  }

  async maps(
    features: BySlot<Encoded>,
    reference: BySlot<Encoded> | null,
    { fit, mask }: Pick<ComponentOptions, 'fit' | 'mask'>,
  ): Promise<{ pictures: Pictures; explained: number[][] }> {
    const scope = this.root.child('components');
    try {
      const fits = await this.fit(scope, features, fit);
      const turns = reference && (await this.align(scope, fits, features, reference, fit));
      const pictures: Pictures = {};
      for (const slot of filledSlots(features)) {
        const { basis, photoMean, moments } = fits.slots[slot]!;
        const buffer = this.maths.bufferOf(features[slot]!);
        const { grid } = features[slot]!;
        // The fit's mean, which parts high from low, as seen from the photo's.
        const threshold = -moments.mean[0];
        const view = { matrix: colorMatrix(moments, turns?.[slot] ?? UNTURNED), mask, threshold };
        pictures[slot] = await this.target.picture(grid, (encoder, target) =>
          this.drawing.draw(encoder, target, buffer, grid, { mean: photoMean, basis }, view),
        );
      }
      return { pictures, explained: fits.explained };
    } finally {
      scope.destroy();
    }
  }

  private async fit(scope: Scope, features: BySlot<Encoded>, fit: ComponentOptions['fit']): Promise<Fits> {
    const result: Fits = { slots: {}, explained: [] };
    const slots = filledSlots(features);
    const photos = await Promise.all(slots.map((slot) => this.momentsOf(features[slot]!)));
    for (const group of fitGroups(features, fit)) {
      const parts = group.map((slot) => photos[slots.indexOf(slot)]);
      const { mean, covariance, channels } = pooledMoments(parts);
      const found = principalComponents(covariance, channels, COMPONENTS);
      const shared = { basis: upload(scope, 'basis', found.basis), mean: upload(scope, 'mean', mean) };
      group.forEach((slot, i) => {
        const photoMean = upload(scope, 'photo-mean', parts[i].mean);
        result.slots[slot] = { ...shared, photoMean, moments: scoreMoments(parts[i], mean, found.basis) };
      });
      result.explained.push(found.variances.map((v) => v / (found.totalVariance || 1)));
    }
    return result;
  }

  private async momentsOf(map: Encoded): Promise<Moments> {
    const { channels, values } = map;
    if (values.length > channels) return this.maths.moments([map]);
    // One place has no covariance of its own; with other photos it still makes one.
    return { count: 1, channels, mean: values, covariance: new Float32Array(channels * channels) };
  }

  /** For every photo the 3 × 3 matrix from scores to colours' components; photos of one fit share theirs. */
  private async align(
    scope: Scope,
    own: Fits,
    features: BySlot<Encoded>,
    reference: BySlot<Encoded>,
    fit: ComponentOptions['fit'],
  ): Promise<BySlot<number[]>> {
    const target = await this.fit(scope, reference, fit);
    const turns: BySlot<number[]> = {};
    for (const group of fitGroups(features, fit)) {
      const sums = await Promise.all(
        group.map((slot) =>
          this.sumProducts(
            scope,
            { map: features[slot]!, fitted: own.slots[slot]! },
            { map: reference[slot]!, fitted: target.slots[slot]! },
          ),
        ),
      );
      const total = sums[0].map((_, i) => sums.reduce((sum, part) => sum + part[i], 0));
      const places = group.reduce((sum, slot) => sum + own.slots[slot]!.moments.count, 0);
      const spread = spreadsOf(group.map((slot) => own.slots[slot]!.moments));
      const wanted = total.slice(9).map((squares) => Math.sqrt(squares / places) || 1);
      const turn = procrustesOfSums(total.slice(0, 9), spread, wanted);
      // Row j makes component j of scores at unit spread: the transpose of what stands to their right.
      const rows = UNTURNED.map((_, at) => turn[3 * (at % 3) + Math.floor(at / 3)] / spread[at % 3]);
      for (const slot of group) turns[slot] = rows;
    }
    return turns;
  }

  private async sumProducts(
    scope: Scope,
    own: { map: Encoded; fitted: Fitted },
    other: { map: Encoded; fitted: Fitted },
  ): Promise<number[]> {
    const { device } = this.root;
    const encoder = device.createCommandEncoder({ label: 'align components' });
    const scored = ({ map, fitted: { mean, basis } }: typeof own) => {
      const buffer = this.maths.bufferOf(map);
      const scores = scope.storage('scores', 4 * COMPONENTS * buffer.count);
      this.projecting.run(encoder, buffer, mean, basis, COMPONENTS, scores);
      return { scores, grid: map.grid };
    };
    const sums = scope.storage('sums', ScoreProductsPass.bytes);
    this.products.run(encoder, scored(own), scored(other), sums);
    device.queue.submit([encoder.finish()]);
    return [...new Float32Array(await readBytes(device, sums, ScoreProductsPass.bytes))];
  }
}

function upload(scope: Scope, label: string, data: Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = scope.storage(label, data.byteLength);
  scope.device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}
