import { describe, expect, test } from 'vitest';
import { maskOf } from '../../../core/mask.ts';
import type { PairFile } from '../../../formats/sets/pair-file.ts';
import { FakeDirectory } from '../../../platform/storage/fake-opfs.ts';
import type { SetPhotoFacts } from '../contract/api.ts';
import { SetStore } from './set-store.ts';

const photo = (id: string): SetPhotoFacts => ({
  id,
  name: `${id}.jpg`,
  size: { width: 4, height: 3 },
  focal: null,
  sha256: `hash of ${id}`,
  thumbnail: new Blob([`thumb ${id}`]),
});
const pair: PairFile = {
  key: 'k',
  names: ['a.jpg', 'b.jpg'],
  verdict: {
    kind: 'good',
    sentence: 'They match.',
    overlap: { a: 1, b: 1 },
    meanCertainty: { a: 1, b: 1 },
    medianCycle: { a: 1, b: 1 },
  },
  geometry: { config: 'degenerate', fundamental: null, essential: null, homography: null, pose: null },
  matches: { count: 1, rows: Float32Array.of(1, 2, 3, 4, 0.5), starts: Uint8Array.of(1) },
};

describe.each([
  ['in files', (): FakeDirectory | null => new FakeDirectory()],
  ['in memory', (): FakeDirectory | null => null],
] as const)('a set %s', (_name, make) => {
  test('has its photos, their order and its pairs', async () => {
    const root = make();
    const store = await SetStore.open(root?.handle ?? null);
    for (const id of ['a', 'b', 'c']) await store.add(photo(id), new File([`bytes ${id}`], `${id}.jpg`));
    await store.arrange(['c', 'a', 'b']);
    await store.remove(['a']);
    await store.writePair(pair);
    const mask = maskOf({ width: 4, height: 3 }, [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    for (const id of ['b', 'c']) await store.setMask(id, mask);
    await store.setMask('c', null);
    await store.calibrate([{ name: 'cameras.txt', text: '1 PINHOLE 4 3 5 5 2 1.5' }]);
    expect([store.mask('b'), store.mask('c')]).toEqual([mask, null]);
    expect(store.keeps).toBe(root !== null);
    expect(await store.readPair('k')).toEqual(pair);
    expect(await store.pairAbout('k')).toMatchObject({ count: 1 });
    expect(await store.readPair('other')).toBeNull();
    expect(() => store.record('a')).toThrow(/no longer in the set/);

    // The next visit.
    const next = await SetStore.open(root?.handle ?? null);
    expect((await next.kept()).map(({ id }) => id)).toEqual(root ? ['c', 'b'] : []);
    if (!root) return;
    expect(await next.file('b').text()).toBe('bytes b');
    expect(await (await next.kept())[0].thumbnail.text()).toBe('thumb c');
    expect(await next.readPair('k')).toEqual(pair);
    expect([next.mask('b'), next.mask('c')]).toEqual([mask, null]);
    expect(next.calibrations).toEqual([{ name: 'cameras.txt', text: '1 PINHOLE 4 3 5 5 2 1.5' }]);
    // Without photos nothing is left behind.
    await next.remove(['b', 'c']);
    expect(await next.readPair('k')).toBeNull();
    expect(next.calibrations).toEqual([]);
    expect((root.children.get('photo-set') as FakeDirectory).children.size).toBe(1);
  });
});

test('a list that nobody can read, and photos whose file is gone, are left out', async () => {
  const root = new FakeDirectory();
  const store = await SetStore.open(root.handle);
  for (const id of ['a', 'b']) await store.add(photo(id), new File(['x'], `${id}.jpg`));
  const folder = await root.getDirectoryHandle('photo-set');
  await folder.removeEntry('a.photo');
  expect((await (await SetStore.open(root.handle)).kept()).map(({ id }) => id)).toEqual(['b']);
  await folder.removeEntry('set.json');
  expect(await (await SetStore.open(root.handle)).kept()).toEqual([]);
});
