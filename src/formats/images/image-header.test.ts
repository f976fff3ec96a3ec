import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.ts';
import { bytesSource } from '../byte-source.ts';
import type { FileKind, RasterHeader } from './image-header.ts';
import { isTransposed, readImageHeader } from './image-header.ts';

const FOLDER = new URL('../../../e2e/odd-files/', import.meta.url);
const load = (file: string) => new Uint8Array(readFileSync(new URL(encodeURIComponent(file), FOLDER)));

interface Expected {
  file: string;
  outcome: 'opened' | 'refused';
  code?: string;
  size?: { width: number; height: number };
}

const CORPUS = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as Expected[];

/** Counts what is asked of a source, and refuses what leaves it. */
function watched(bytes: Uint8Array): ByteSource & { largest: number; total: number } {
  const inner = bytesSource(bytes);
  const source = {
    size: inner.size,
    largest: 0,
    total: 0,
    read(begin: number, end: number) {
      source.largest = Math.max(source.largest, end - begin);
      source.total += end - begin;
      return inner.read(begin, end);
    },
  };
  return source;
}

describe('the corpus of odd files', () => {
  it('is listed completely, and small', () => {
    const files = readdirSync(FOLDER).filter((file) => file !== 'expected.json');
    expect(new Set(files)).toEqual(new Set(CORPUS.map(({ file }) => file)));
    expect(files.length).toBeGreaterThanOrEqual(40);
    expect(files.reduce((sum, file) => sum + load(file).length, 0)).toBeLessThan(600_000);
  });

  it.each(CORPUS)('$file', async ({ file, outcome, code, size }) => {
    const { kind, raster } = await readImageHeader(bytesSource(load(file)));
    if (outcome === 'opened') {
      expect(raster).not.toBeNull();
      const { size: stored, orientation, complete } = raster!;
      expect(complete).toBe(true);
      expect(isTransposed(orientation) ? { width: stored!.height, height: stored!.width } : stored).toEqual(size);
    } else if (code === 'photo-truncated') {
      expect(raster?.complete).toBe(false);
    } else if (code === 'not-a-photo' || code === 'empty-file') {
      expect(raster).toBeNull();
    } else {
      expect(kind).not.toBe('unknown');
    }
  });
});

describe('what the header says', () => {
  const expectations: [string, FileKind, Partial<RasterHeader>][] = [
    ['cmyk.jpg', 'jpeg', { bitDepth: 8, animated: false, orientation: 1 }],
    ['progressive.jpg', 'jpeg', { bitDepth: 8 }],
    ['bad-exif.jpg', 'jpeg', { orientation: 1 }],
    ['16-bit.png', 'png', { bitDepth: 16, hasAlpha: false }],
    ['grey-alpha.png', 'png', { bitDepth: 8, hasAlpha: true }],
    ['1-bit.png', 'png', { bitDepth: 1, hasAlpha: false }],
    ['orientation-6.png', 'png', { orientation: 6 }],
    ['animated.png', 'png', { animated: true }],
    ['animated.gif', 'gif', { animated: true }],
    ['transparent.gif', 'gif', { animated: false, hasAlpha: true }],
    ['animated.webp', 'webp', { animated: true }],
    ['alpha.webp', 'webp', { animated: false, hasAlpha: true }],
    ['lossless.webp', 'webp', { animated: false, hasAlpha: false, size: { width: 160, height: 120 } }],
    ['photo.avif', 'avif', { size: { width: 160, height: 120 }, bitDepth: 8 }],
    ['photo.heic', 'heic', { size: { width: 160, height: 120 } }],
    ['photo.tiff', 'tiff', { size: { width: 48, height: 36 } }],
    ['photo.bmp', 'bmp', { bitDepth: 24, hasAlpha: false }],
    ['top-down-alpha.bmp', 'bmp', { bitDepth: 32, hasAlpha: true, size: { width: 64, height: 48 } }],
    ['icon.ico', 'ico', { size: { width: 64, height: 64 }, hasAlpha: true }],
    ['0x0.png', 'png', { size: null, complete: true }],
    ['30000x30000.png', 'png', { size: { width: 30000, height: 30000 } }],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(
      (o) =>
        [`orientation-${o}.jpg`, 'jpeg', { orientation: o as RasterHeader['orientation'] }] as [
          string,
          FileKind,
          Partial<RasterHeader>,
        ],
    ),
  ];
  it.each(expectations)('%s is %s', async (file, kind, raster) => {
    const header = await readImageHeader(bytesSource(load(file)));
    expect(header.kind).toBe(kind);
    expect(header.raster).toMatchObject(raster);
  });

  const kinds: [string, FileKind][] = [
    ['empty.jpg', 'empty'],
    ['page.jpg', 'html'],
    ['script.svg', 'svg'],
    ['external.svg', 'svg'],
    ['entities.svg', 'svg'],
    ['svg-called.png', 'svg'],
    ['drawing.svgz', 'archive'],
    ['photos.zip', 'archive'],
    ['document.pdf', 'pdf'],
    ['notes.txt', 'text'],
    ['film.mp4', 'video'],
    ['random.jpg', 'unknown'],
    ['photo.psd', 'psd'],
    ['photo.jxl', 'jxl'],
    ['photo.jp2', 'jp2'],
  ];
  it.each(kinds)('%s is %s', async (file, kind) => {
    expect((await readImageHeader(bytesSource(load(file)))).kind).toBe(kind);
  });

  it('takes a text that starts with BM for a text, and UTF-16 for what it says', async () => {
    const kindOf = async (bytes: Uint8Array) => (await readImageHeader(bytesSource(bytes))).kind;
    expect(await kindOf(new TextEncoder().encode('BMW and other makes of cars, a list'))).toBe('text');
    const wide = Uint8Array.from(
      '\ufeff<svg xmlns="x">'.split('').flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    );
    expect(await kindOf(wide)).toBe('svg');
  });
});

describe('damage', () => {
  const rasters = CORPUS.filter(({ outcome, file }) => outcome === 'opened' && load(file).length < 30_000).map(
    ({ file }) => file,
  );

  it('every proper prefix of a picture reads without an error, and none is larger than the whole says', async () => {
    for (const file of rasters) {
      const bytes = load(file);
      const whole = (await readImageHeader(bytesSource(bytes))).raster!;
      const steps = new Set([
        ...Array(64).keys(),
        ...Array.from({ length: 40 }, (_, i) => Math.floor((bytes.length * i) / 40)),
      ]);
      for (const length of steps) {
        if (length >= bytes.length) continue;
        const { raster } = await readImageHeader(bytesSource(bytes.subarray(0, length)));
        if (raster?.size)
          expect(raster.size.width * raster.size.height).toBeLessThanOrEqual(whole.size!.width * whole.size!.height);
        // Animations are complete with their first frame, and a motion photo before its film.
        if (!whole.animated && file !== 'motion-photo.jpg')
          expect(raster?.complete ?? false, `${file} cut to ${length}`).toBe(false);
      }
    }
  });

  it('random damage in headers never throws, hangs, or reads outside the file or many times over', async () => {
    let seed = 1;
    const random = (limit: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % limit;
    };
    for (const file of rasters) {
      const bytes = load(file);
      for (let round = 0; round < 60; round++) {
        const damaged = bytes.slice();
        for (let k = 0; k < 1 + random(6); k++) {
          damaged[12 + random(Math.min(400, bytes.length - 12))] = [0, 255, 127, 128, random(256)][random(5)];
        }
        const source = watched(damaged);
        await readImageHeader(source);
        expect(source.largest).toBeLessThanOrEqual(2 ** 20);
        expect(source.total).toBeLessThanOrEqual(64 * damaged.length);
      }
    }
  });

  it('does not follow a chunk or box length beyond the file', async () => {
    const { raster } = await readImageHeader(bytesSource(load('bad-length.png')));
    expect(raster).toMatchObject({ complete: false, size: { width: 64, height: 64 } });
  });
});
