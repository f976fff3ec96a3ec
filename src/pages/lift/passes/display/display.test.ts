import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIFT_PICTURES } from '../../contract/api.ts';
import { type DisplayLayers, paintLayers } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { createPainted, LiftDisplayPass } from './gpu.ts';

let gpu: TestGpu;
let pass: LiftDisplayPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new LiftDisplayPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const SIZE = { width: 37, height: 21 };
const POINTS = SIZE.width * SIZE.height;
const OPTIONS = { ground: [0.08, 0.09, 0.1], medianDepth: 2, skyThreshold: 0.4, maxError: 6 } as const;

/** Made-up layers with holes, hidden places and places that are not counted. */
function makeLayers(): DisplayLayers {
  const random = randomNumbers(3);
  const values = (low: number, high: number, count = POINTS) =>
    Float32Array.from({ length: count }, () => low + (high - low) * random());
  const depth = values(-1, 6).map((z) => Math.max(0, z));
  const colour = makePhoto(SIZE, 2).data;
  for (let i = 0; i < POINTS; i += 5) colour.fill(0, 4 * i, 4 * i + 4);
  return {
    size: SIZE,
    colour,
    depth,
    warp: values(-1.3, 1.3, 2 * POINTS),
    visible: Uint8Array.from(depth, (z) => (z > 2 ? 1 : 0)),
    normals: values(-1, 1, 3 * POINTS),
    sky: values(0, 1),
    error: values(-2, 8),
    certainty: values(0, 1),
  };
}

function upload(layers: DisplayLayers) {
  const map = (name: string, values: Float32Array | null) => values && gpu.upload(name, values);
  return {
    size: SIZE,
    colour: gpu.uploadTexture('colour', layers.colour, SIZE.width, SIZE.height),
    depth: gpu.upload('depth', layers.depth),
    warp: gpu.upload('warp', layers.warp),
    visible: gpu.upload('visible', Uint32Array.from(layers.visible)),
    normals: map('normals', layers.normals),
    sky: map('sky', layers.sky),
    error: map('error', layers.error),
    certainty: map('certainty', layers.certainty),
  };
}

async function largestDifference(layers: DisplayLayers): Promise<number> {
  const painted = createPainted(gpu.scope, SIZE);
  const buffers = upload(layers);
  let largest = 0;
  for (const picture of LIFT_PICTURES) {
    await gpu.submit((encoder) => pass.run(encoder, buffers, picture, OPTIONS, painted));
    const found = await gpu.readTexture(painted);
    paintLayers(layers, picture, OPTIONS).forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - found[i]));
    });
  }
  gpu.scope.release(painted);
  return largest;
}

test('all pictures are those of the reference', async () => {
  // The flow wheel's hue jumps by a step where atan2 of CPU and GPU round differently.
  expect(await largestDifference(makeLayers())).toBeLessThanOrEqual(2);
});

test('all pictures without the layers that may be missing', async () => {
  const layers = { ...makeLayers(), normals: null, sky: null, error: null, certainty: null };
  expect(await largestDifference(layers)).toBeLessThanOrEqual(2);
});
