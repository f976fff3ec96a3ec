import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Orientation } from '../../src/formats/images/image-header.ts';
import { chunk, rgbPng } from '../odd-files/png.ts';
import { exifBlock } from '../odd-files/encoders.ts';
import { FilePhoto } from './photo.ts';
import { upright } from './upright.ts';

// As EXIF 2.32 draws it: what a viewer must show for these six places stored in rows of three.
const STORED = [1, 2, 3, 4, 5, 6];
const SEEN: Record<Orientation, number[][]> = {
  1: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  2: [
    [3, 2, 1],
    [6, 5, 4],
  ],
  3: [
    [6, 5, 4],
    [3, 2, 1],
  ],
  4: [
    [4, 5, 6],
    [1, 2, 3],
  ],
  5: [
    [1, 4],
    [2, 5],
    [3, 6],
  ],
  6: [
    [4, 1],
    [5, 2],
    [6, 3],
  ],
  7: [
    [6, 3],
    [5, 2],
    [4, 1],
  ],
  8: [
    [3, 6],
    [2, 5],
    [1, 4],
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'liftmatch-upright-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(SEEN).map((key) => Number(key) as Orientation))('orientation %i', (orientation) => {
  const stored = { data: new Uint8ClampedArray(Uint32Array.from(STORED).buffer), width: 3, height: 2 };
  const { data, width, height } = upright(stored, orientation);
  const values = new Uint32Array(data.buffer);
  expect(Array.from({ length: height }, (_, y) => [...values.subarray(y * width, (y + 1) * width)])).toEqual(
    SEEN[orientation],
  );
});

test('a photo of the command line is opened upright', async () => {
  const path = join(folder, 'turned.png');
  const picture = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => 10 * i) };
  writeFileSync(path, rgbPng(picture, chunk('eXIf', exifBlock(6))));
  const photo = await FilePhoto.open(path);
  expect(photo.size).toEqual({ width: 2, height: 3 });
  expect([...photo.pixels().data.subarray(0, 8)]).toEqual([120, 130, 140, 255, 0, 10, 20, 255]);
});
