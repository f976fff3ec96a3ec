import { afterEach, expect, it, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { FakeDirectory } from '../platform/storage/fake-opfs.ts';
import { keepReference, withKeptReference } from './keep-reference.ts';
import { type MatcherManifest, parseManifest } from './manifest.ts';

const json = JSON.parse(readFileSync(new URL('../../public/models/embedded/manifest.json', import.meta.url), 'utf8'));
const { check, ...plain } = parseManifest(json, 'embedded');
const converted = plain as MatcherManifest;
const URL_OF_IT = 'opfs:mine/manifest.json?1';

afterEach(() => vi.unstubAllGlobals());

async function opfs(): Promise<FakeDirectory> {
  const root = new FakeDirectory();
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root.handle } });
  const models = await root.getDirectoryHandle('models', { create: true });
  return models.getDirectoryHandle('mine', { create: true });
}

it('the reference of an installed model is kept beside it, for these weights alone', async () => {
  await opfs();
  expect(await withKeptReference(converted, URL_OF_IT)).toBe(converted);
  await keepReference(converted, URL_OF_IT, check!);
  expect((await withKeptReference(converted, URL_OF_IT)).check).toEqual(check);
  const [pass] = converted.passes;
  const other = { ...pass, decoder: { ...pass.decoder, sha256: '0'.repeat(64) } };
  const replaced = { ...converted, passes: [other] } as MatcherManifest;
  expect(await withKeptReference(replaced, URL_OF_IT)).toBe(replaced);
});

it('a broken file, a missing folder and a model from the network are as if nothing had been kept', async () => {
  await opfs();
  await keepReference(converted, URL_OF_IT, { ...check!, warp: 'AAAA' });
  expect(await withKeptReference(converted, URL_OF_IT)).toBe(converted);
  const elsewhere = 'opfs:gone/manifest.json';
  await keepReference(converted, elsewhere, check!);
  expect(await withKeptReference(converted, elsewhere)).toBe(converted);
  const online = 'https://site.test/manifest.json';
  await keepReference(converted, online, check!);
  expect(await withKeptReference(converted, online)).toBe(converted);
});
