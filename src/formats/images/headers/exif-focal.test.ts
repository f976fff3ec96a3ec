import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../byte-source.ts';
import { readImageHeader } from '../image-header.ts';
import { exifLens, focalInPixels } from './exif-focal.ts';

type Entry = [tag: number, value: number | [number, number]];

/** An EXIF payload with one directory that points to another, as cameras write it. */
function exif(entries: Entry[], little: boolean, marked = true): DataView {
  const skip = marked ? 6 : 0;
  const view = new DataView(new ArrayBuffer(skip + 8 + 18 + 6 + 12 * entries.length + 8 * entries.length));
  if (marked) view.setUint32(0, 0x45786966);
  const u16 = (at: number, value: number) => view.setUint16(skip + at, value, little);
  const u32 = (at: number, value: number) => view.setUint32(skip + at, value, little);
  view.setUint16(skip, little ? 0x4949 : 0x4d4d);
  u16(2, 42);
  u32(4, 8);
  u16(8, 1);
  u16(10, 0x8769);
  u16(12, 4);
  u32(14, 1);
  u32(18, 26);
  u16(26, entries.length);
  let free = 28 + 12 * entries.length + 4;
  entries.forEach(([tag, value], i) => {
    const at = 28 + 12 * i;
    u16(at, tag);
    u32(at + 4, 1);
    if (typeof value === 'number') {
      u16(at + 2, 3);
      u16(at + 8, value);
    } else {
      u16(at + 2, 5);
      u32(at + 8, free);
      u32(free, value[0]);
      u32(free + 4, value[1]);
      free += 8;
    }
  });
  return view;
}

const size = { width: 4000, height: 3000 };

describe('focal length from EXIF', () => {
  it.each([true, false])('by the 35 mm equivalent (little-endian: %s)', (little) => {
    const lens = exifLens(
      exif(
        [
          [0x920a, [425, 100]],
          [0xa405, 26],
        ],
        little,
      ),
    )!;
    // The diagonal of 4000 × 3000 is 5000 px and stands for 43.27 mm.
    expect(focalInPixels(lens, size)).toBeCloseTo((26 / 43.2666) * 5000, 1);
    expect(exifLens(exif([[0xa405, 26]], little, false))).toEqual(lens);
  });

  it('by the sensor’s resolution, also for a reduced picture', () => {
    // 50 mm, 4000 px over 36 mm: 2822.2 px an inch.
    const lens = exifLens(
      exif(
        [
          [0x920a, [50, 1]],
          [0xa20e, [28222, 10]],
          [0xa210, 2],
          [0xa002, 4000],
        ],
        true,
      ),
    );
    expect(focalInPixels(lens, size)).toBeCloseTo((50 / 36) * 4000, -1);
    expect(focalInPixels(lens, { width: 1000, height: 750 })).toBeCloseTo((50 / 36) * 1000, -1);
  });

  it('is unknown without tags, with zeros, and where it is nonsense', () => {
    expect(exifLens(exif([], true))).toBeNull();
    expect(exifLens(exif([[0xa405, 0]], true))).toBeNull();
    expect(
      exifLens(
        exif(
          [
            [0x920a, [50, 0]],
            [0xa20e, [1, 1]],
          ],
          true,
        ),
      ),
    ).toBeNull();
    expect(focalInPixels(exifLens(exif([[0xa405, 60000]], true)), size)).toBeNull();
    expect(focalInPixels(null, size)).toBeNull();
  });

  it('survives every cut and every flipped byte', () => {
    const whole = exif(
      [
        [0x920a, [50, 1]],
        [0xa20e, [28222, 10]],
        [0xa405, 26],
      ],
      true,
    );
    const bytes = new Uint8Array(whole.buffer);
    for (let length = 0; length < bytes.length; length++) exifLens(new DataView(whole.buffer, 0, length));
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 127, 255]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        const focal = focalInPixels(exifLens(new DataView(damaged.buffer)), size);
        if (focal !== null) expect(focal).toBeGreaterThan(0);
      }
    }
  });
});

describe('files whose EXIF was written by ExifTool', () => {
  it.each([
    // 64 × 48 has a diagonal of 80 px.
    ['lens-35mm.jpg', (26 / 43.2666) * 80],
    ['lens-sensor.jpg', (50 / 36) * 64],
    ['lens.png', (28 / 43.2666) * 80],
    ['lens.webp', (28 / 43.2666) * 80],
  ])('%s', async (file, expected) => {
    const bytes = new Uint8Array(readFileSync(new URL(`../../fixtures/${file}`, import.meta.url)));
    const { raster } = await readImageHeader(bytesSource(bytes));
    expect(focalInPixels(raster!.lens ?? null, raster!.size!)).toBeCloseTo(expected, 1);
  });
});
