import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { toPlainError } from '../../core/errors.ts';
import type { SharedMatch } from '../../core/match.ts';
import { bytesSource } from '../byte-source.ts';
import { field, RESULT } from '../matches/exported-match.test-helper.ts';
import { readShare, writeShare } from './share-file.ts';
import { maskOf } from '../../core/mask.ts';
import { encodeNpy, npyOfFloat32 } from '../arrays/npy.ts';
import { encodePng } from '../images/png-writer.ts';
import { openZip } from '../archives/zip.ts';
import { ZipWriter } from '../archives/zip-writer.ts';

const PHOTO_A = Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 255);
const PHOTO_B = Uint8Array.of(0xff, 0xd8, 0xff, 0, 1, 2);
const POSTER = new Blob([Uint8Array.of(9, 9, 9)], { type: 'image/jpeg' });

const MATCH: SharedMatch = {
  photos: {
    a: { name: 'Plaza Mayor — “sol”.JPG', file: new Blob([PHOTO_A], { type: 'image/jpeg' }) },
    b: { name: 'b', file: new Blob([PHOTO_B]) },
  },
  query: 'view=flow&threshold=0.5',
  result: RESULT,
  fields: { a: field(5, 4, 0), b: field(3, 2, 100) },
};

async function bytes(match: SharedMatch = MATCH): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await writeShare((part) => void parts.push(part), match, POSTER);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** A share file with some of its entries replaced (null: left out) or added. */
async function altered(
  changes: Record<string, Uint8Array<ArrayBuffer> | string | null>,
): Promise<Uint8Array<ArrayBuffer>> {
  const archive = await openZip(bytesSource(await bytes()));
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, entry] of archive) entries.set(name, await entry.readAll());
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) entries.delete(name);
    else entries.set(name, typeof change === 'string' ? new TextEncoder().encode(change) : change);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ZipWriter((part) => void parts.push(part));
  for (const [name, content] of entries) await writer.add(name, content);
  await writer.finish();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const codeOf = (file: Uint8Array) =>
  readShare(bytesSource(file)).then(
    () => 'none',
    (thrown: unknown) => toPlainError(thrown).code,
  );

const manifestWith = async (change: (manifest: Record<string, never>) => void): Promise<string> => {
  const archive = await openZip(bytesSource(await bytes()));
  const manifest = JSON.parse(new TextDecoder().decode(await archive.get('share.json')!.readAll())) as Record<
    string,
    never
  >;
  change(manifest);
  return JSON.stringify(manifest);
};

describe('a share file', () => {
  it('comes back bit by bit', async () => {
    const read = await readShare(bytesSource(await bytes()));
    expect(read.fields).toEqual(MATCH.fields);
    expect(read.result).toEqual(RESULT);
    expect(read.query).toBe(MATCH.query);
    for (const [side, original] of [
      ['a', PHOTO_A],
      ['b', PHOTO_B],
    ] as const) {
      expect(read.photos[side].name).toBe(MATCH.photos[side].name);
      expect(new Uint8Array(await read.photos[side].file.arrayBuffer())).toEqual(original);
    }
    expect(read.photos.a.file.type).toBe('image/jpeg');
  });

  it('keeps masks, and the certainty without them', async () => {
    const mask = maskOf({ width: 5, height: 3 }, [1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1]);
    const fields = { a: { ...field(5, 4, 0), unmasked: field(5, 4, 7).certainty }, b: field(3, 2, 100) };
    const file = await bytes({ ...MATCH, fields, masks: { a: mask, b: null } });
    const read = await readShare(bytesSource(file));
    expect(read.masks).toEqual({ a: mask, b: null });
    expect(read.fields).toEqual(fields);
    expect((await readShare(bytesSource(await bytes()))).masks).toBeUndefined();
    const rgb = await encodePng({ width: 1, height: 1, channels: 3, samples: Uint8Array.of(1, 2, 3) });
    expect(await codeOf(await altered({ 'masks/a.png': rgb }))).toBe('share-malformed');
    expect(await codeOf(await altered({ 'masks/a.png': 'no picture' }))).toBe('png-malformed');
    const smaller = encodeNpy(npyOfFloat32(new Float32Array(6), [3, 2]));
    expect(await codeOf(await altered({ 'fields/a-unmasked.npy': smaller }))).toBe('share-malformed');
  });

  it('begins with its picture, stored, so that a page can show it first', async () => {
    const file = await bytes();
    expect(new TextDecoder().decode(file.subarray(30, 40))).toBe('poster.jpg');
    expect([...file.subarray(40, 43)]).toEqual([9, 9, 9]);
  });

  it('is refused when cut off anywhere', async () => {
    const file = await bytes();
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      expect(['truncated', 'zip-malformed']).toContain(await codeOf(file.subarray(0, Math.floor(file.length * share))));
    }
  });

  it('is refused when a byte of a photo or an array has changed', async () => {
    const file = await bytes();
    for (const name of ['photos/a.jpg', 'fields/a-warp.npy']) {
      const damaged = file.slice();
      const at = Buffer.from(file).indexOf(name) + name.length + 100;
      damaged[at] ^= 1;
      expect(await codeOf(damaged)).toBe('zip-malformed');
    }
  });

  it('is refused when names lead out of the archive', async () => {
    for (const name of ['../outside', '/etc/passwd', 'photos/../../outside', 'C:\\outside']) {
      expect(await codeOf(await altered({ [name]: 'x' }))).toBe('zip-malformed');
    }
  });

  it('is refused when it is a bomb', async () => {
    const entries: Record<string, Uint8Array> = {};
    for (const [name, entry] of await openZip(bytesSource(await bytes()))) entries[name] = await entry.readAll();
    entries['fields/a-warp.npy'] = new Uint8Array(50e6);
    expect(await codeOf(zipSync(entries, { level: 9 }))).toBe('share-malformed');
  });

  it('tells other archives, versions and schemas apart', async () => {
    expect(await codeOf(zipSync({ 'photo.jpg': PHOTO_A }))).toBe('share-unknown');
    expect(await codeOf(new Uint8Array(100))).not.toBe('none');
    const newer = await manifestWith((manifest) => Object.assign(manifest, { version: 2 }));
    expect(await codeOf(await altered({ 'share.json': newer }))).toBe('share-version');
    const wrong = [
      'not JSON',
      'null',
      '[]',
      '{}',
      await manifestWith((manifest) => Object.assign(manifest, { query: 7 })),
      await manifestWith((manifest) => Object.assign(manifest, { result: null })),
      await manifestWith((manifest) => Object.assign(manifest.result, { provider: 'cloud' })),
      await manifestWith((manifest) =>
        Object.assign(manifest.result, { gridSize: { a: { width: 4, height: 4 }, b: { width: 3, height: 2 } } }),
      ),
      await manifestWith((manifest) =>
        Object.assign(manifest.photos, { a: { name: 'a', type: '', file: 'photos/none.jpg' } }),
      ),
    ];
    for (const text of wrong)
      expect(await codeOf(await altered({ 'share.json': text })), text.slice(0, 80)).toBe('share-malformed');
  });

  it('is refused when an array is missing or of another shape', async () => {
    const archive = await openZip(bytesSource(await bytes()));
    const smaller = await archive.get('fields/b-cycle.npy')!.readAll();
    expect(await codeOf(await altered({ 'fields/a-cycle.npy': null }))).toBe('share-malformed');
    expect(await codeOf(await altered({ 'fields/a-cycle.npy': smaller }))).toBe('share-malformed');
    expect(await codeOf(await altered({ 'fields/a-cycle.npy': 'no array' }))).toBe('npy-malformed');
  });
});
