import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeatureMap } from '../../../../core/feature-map.ts';
import type { Size } from '../../../../core/geometry.ts';
import { uploadFeatures } from '../feature-buffer/feature-buffer.ts';
import { type ComponentView, drawComponents } from './cpu.ts';
import { SCORE_SUMS, scoreProducts } from '../score-products/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { DrawComponents } from './gpu.ts';
import { ScoreProductsPass } from '../score-products/gpu.ts';

let gpu: TestGpu;
let drawing: DrawComponents;
let products: ScoreProductsPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  drawing = new DrawComponents(gpu.device, gpu.scope, 'rgba8unorm');
  products = new ScoreProductsPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const values = (count: number, seed: number) => {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
};

async function drawn(map: FeatureMap, mean: Float32Array, basis: Float32Array, view: ComponentView) {
  const { width, height } = map.grid;
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = gpu.scope.texture('map', { size: [width, height], format: 'rgba8unorm', usage });
  const projection = { mean: gpu.upload('mean', mean), basis: gpu.upload('basis', basis) };
  const buffer = uploadFeatures(gpu.scope, map);
  await gpu.submit((encoder) => drawing.draw(encoder, texture.createView(), buffer, map.grid, projection, view));
  return gpu.readTexture(texture);
}

test.each<[string, Size, number, ComponentView['mask']]>([
  ['odd sizes', { width: 13, height: 9 }, 37, 'none'],
  ['the places above the mean', { width: 7, height: 15 }, 5, 'high'],
  ['the places below it', { width: 7, height: 15 }, 5, 'low'],
  ['a single place', { width: 1, height: 1 }, 3, 'none'],
])('the map of %s equals its reference', async (_, grid, channels, mask) => {
  const map = { grid, channels, values: values(grid.width * grid.height * channels, 1) };
  const [mean, basis] = [values(channels, 2), values(3 * channels, 3)];
  // Colours that go beyond both ends, and a matrix that is not symmetric.
  const view = { matrix: [0.2, 0.1, 0, -0.1, 0.15, 0.05, 0, 0.02, -0.2], mask, threshold: 0.3 };
  const wanted = drawComponents(map, { mean, basis, components: 3 }, view);
  const found = await drawn(map, mean, basis, view);
  found.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(1));
  if (mask !== 'none') {
    const clear = wanted.filter((value, i) => i % 4 === 3 && value === 0).length;
    expect(clear).toBeGreaterThan(0);
    expect(clear).toBeLessThan(grid.width * grid.height);
  }
});

test.each<[string, Size, Size]>([
  ['a coarser grid', { width: 13, height: 9 }, { width: 5, height: 4 }],
  ['a finer grid', { width: 5, height: 3 }, { width: 11, height: 17 }],
  ['a single place', { width: 7, height: 3 }, { width: 1, height: 1 }],
])('sums of products with the scores of %s equal their reference', async (_, grid, otherGrid) => {
  const [scores, others] = [values(3 * grid.width * grid.height, 4), values(3 * otherGrid.width * otherGrid.height, 5)];
  const wanted = scoreProducts(scores, grid, others, otherGrid);
  const sums = gpu.scope.storage('sums', ScoreProductsPass.bytes);
  const own = { scores: gpu.upload('scores', scores), grid };
  const other = { scores: gpu.upload('others', others), grid: otherGrid };
  await gpu.submit((encoder) => products.run(encoder, own, other, sums));
  const found = await gpu.readFloats(sums, SCORE_SUMS);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 4));
});
