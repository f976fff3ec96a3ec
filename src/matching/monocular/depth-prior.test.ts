import { expect, test } from 'vitest';
import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { depthPrior } from './depth-prior.ts';

/** Blue above, a brown ground that is rougher towards the viewer. */
function landscape(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const rough = ((x * 7919 + y * 104_729) % 37) - 18;
    const colour = y < 0.4 * height ? [150, 190, 240] : [120 + rough, 90 + rough, 60 + rough];
    data.set(colour, 4 * i);
  }
  return { data, width, height };
}

const run = { signal: new AbortController().signal, onNetwork: () => {} };
const photo = landscape(96, 64);
const mean = (map: Float32Array, from: number, to: number) => {
  const rows = map.subarray(96 * from, 96 * to);
  return rows.reduce((sum, value) => sum + value, 0) / rows.length;
};

test('the estimate has the ground nearer than the sky, and tells which is which; no network runs', async () => {
  const network = { depth: () => Promise.reject(new Error('Nobody asked.')) };
  const { depth, sky } = await depthPrior({ kind: 'estimate' }, photo, () => photo, network, run);
  expect(depth.size).toEqual({ width: 96, height: 64 });
  expect(mean(depth.values, 56, 64)).toBeGreaterThan(mean(depth.values, 0, 16) + 0.3);
  expect(mean(sky.values, 0, 20)).toBeGreaterThan(0.9);
  expect(mean(sky.values, 40, 64)).toBeLessThan(0.1);
});

test('a network looks at the whole photo, and its map stays at its own size', async () => {
  const whole = landscape(480, 320);
  const seen: Pixels[] = [];
  const values = Float32Array.from({ length: 7 * 5 }, (_, i) => Math.floor(i / 7));
  const network = {
    depth: async (_: string, given: Pixels) => {
      seen.push(given);
      return { size: { width: 7, height: 5 }, values };
    },
  };
  const { depth, sky } = await depthPrior({ kind: 'network', manifestUrl: 'm' }, photo, () => whole, network, run);
  expect(seen).toEqual([whole]);
  expect(depth.values).toBe(values);
  expect(sky.size).toEqual({ width: 96, height: 64 });
  expect(mean(sky.values, 0, 20)).toBeGreaterThan(0.9);
  const ended = { ...run, signal: AbortSignal.abort() };
  await expect(
    depthPrior({ kind: 'network', manifestUrl: 'm' }, photo, () => whole, network, ended),
  ).rejects.toMatchObject({
    code: 'cancelled',
  });
});
