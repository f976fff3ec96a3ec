import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { pngPixels } from './png-pixels.ts';

test('pixels of a PNG, transparent parts on white', async () => {
  const png = new PNG({ width: 3, height: 2 });
  png.data.set([...[10, 20, 30, 255], ...[200, 0, 0, 0], ...[0, 0, 0, 51]], 0);
  png.data.set([...[1, 2, 3, 255], ...[4, 5, 6, 255], ...[7, 8, 9, 255]], 12);
  const { data, width, height } = await pngPixels(new Blob([Uint8Array.from(PNG.sync.write(png))]));
  expect([width, height]).toEqual([3, 2]);
  expect([...data.subarray(0, 12)]).toEqual([10, 20, 30, 255, 255, 255, 255, 255, 204, 204, 204, 255]);
  expect([...data.subarray(12)]).toEqual([1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255]);
});
