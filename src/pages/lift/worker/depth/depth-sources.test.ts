import { afterEach, expect, test, vi } from 'vitest';
import { encodePfm } from '../../../../formats/images/pfm.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { DepthSources } from './depth-sources.ts';
import type { LiftPhoto } from './depth-sources.ts';

const NO_NETWORKS = { depth: () => Promise.reject(new Error('no network')) };
const CONTEXT = { onNetwork: () => {} };
const photo = (key: string): LiftPhoto => {
  const pixels = makePhoto({ width: 90, height: 60 }, 4);
  return { key, pixels: () => pixels };
};

function pfm(width: number, height: number): Blob {
  const values = Float32Array.from({ length: width * height }, (_, i) => 1 + (i % width));
  return new Blob([encodePfm({ size: { width, height }, channels: 1, values })]);
}

afterEach(() => vi.unstubAllGlobals());

test('the estimate is made once a photo, and says that it is one', async () => {
  const sources = new DepthSources(NO_NETWORKS);
  const first = await sources.open({ kind: 'estimate' }, photo('one'), CONTEXT);
  expect(first.info.notes.join()).toContain('not a measured depth');
  expect(first.map.values.length).toBe(90 * 60);
  expect(await sources.open({ kind: 'estimate' }, photo('one'), CONTEXT)).toBe(first);
  expect(await sources.open({ kind: 'estimate' }, photo('two'), CONTEXT)).not.toBe(first);
});

test('a map of another shape than the photo is taken with a remark; depth is inverted', async () => {
  const sources = new DepthSources(NO_NETWORKS);
  const source = { kind: 'file', name: 'map.pfm', meaning: 'depth' } as const;
  const fitting = await sources.open({ ...source, file: pfm(45, 30) }, photo('one'), CONTEXT);
  expect(fitting.info).toMatchObject({ kind: 'file', name: 'map.pfm', size: { width: 45, height: 30 }, notes: [] });
  expect(fitting.map.values[3]).toBeCloseTo(1 / 4);
  const square = await sources.open({ ...source, file: pfm(40, 40) }, photo('one'), CONTEXT);
  expect(square.key).not.toBe(fitting.key);
  expect(square.info.notes).toEqual([expect.stringContaining('40 × 40')]);
});

test('a sample’s map that cannot be fetched is told, and asked for again', async () => {
  const sources = new DepthSources(NO_NETWORKS);
  const source = { kind: 'sample', url: 'https://app.test/samples/x/depth-a.pfm', meaning: 'disparity' } as const;
  vi.stubGlobal('fetch', async () => new Response(null, { status: 404 }));
  await expect(sources.open(source, photo('one'), CONTEXT)).rejects.toMatchObject({ code: 'network' });
  vi.stubGlobal('fetch', async () => new Response(pfm(45, 30)));
  expect((await sources.open(source, photo('one'), CONTEXT)).info.name).toBe('depth-a.pfm');
});

test('cancelled while it worked', async () => {
  const controller = new AbortController();
  controller.abort();
  const opening = new DepthSources(NO_NETWORKS).open({ kind: 'estimate' }, photo('one'), {
    ...CONTEXT,
    signal: controller.signal,
  });
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
});
