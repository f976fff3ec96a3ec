import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../fixtures.test-helper.ts';
import { readPng } from './png-reader.ts';
import { encodePng } from './png-writer.ts';
import { pngOfChunks, testPng } from './png.test-helper.ts';

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function picture(colourType: number, bitDepth: number, width: number, height: number) {
  const next = randomNumbers(17 * colourType + bitDepth);
  const count = width * height * CHANNELS[colourType];
  // Smooth with noise, so that every branch of the Paeth predictor is taken.
  return Array.from({ length: count }, (_, i) => Math.floor(((i / count + next()) / 2) * 2 ** bitDepth));
}

const ihdr = (width: number, height: number, ...rest: number[]) => {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes.set(rest.length ? rest : [16, 0, 0, 0, 0], 8);
  return ['IHDR', bytes] as const;
};
const END = ['IEND', Buffer.alloc(0)] as const;

describe('readPng', () => {
  it.each([
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ])('colour type %d with %d bits, every filter, interlaced or not', async (colourType, bitDepth) => {
    for (const interlaced of [false, true]) {
      for (const [width, height] of [
        [1, 1],
        [3, 2],
        [13, 11],
        [16, 9],
      ]) {
        const samples = picture(colourType, bitDepth, width, height);
        const file = testPng({ width, height, bitDepth, colourType, samples, interlaced, filters: [4, 1, 3, 2, 0] });
        const read = await readPng(file);
        expect(read).toMatchObject({ size: { width, height }, bitDepth, channels: CHANNELS[colourType] });
        expect([...read.samples]).toEqual(samples);
      }
    }
  });

  it('agrees with another reader', async () => {
    const samples = picture(2, 8, 21, 10);
    const size = { width: 21, height: 10 };
    const file = testPng({ ...size, bitDepth: 8, colourType: 2, samples, interlaced: true, filters: [4, 3] });
    const other = PNG.sync.read(Buffer.from(file)).data;
    expect([...(await readPng(file)).samples]).toEqual([...other].filter((_, i) => i % 4 < 3));
  });

  it('reads what the writer wrote', async () => {
    const size = { width: 33, height: 20 };
    for (const channels of [1, 3, 4] as const) {
      const colourType = { 1: 0, 3: 2, 4: 6 }[channels];
      const bytes = Uint8Array.from(picture(colourType, 8, 33, 20));
      const words = Uint16Array.from(picture(colourType, 16, 33, 20));
      for (const samples of [bytes, words]) {
        const read = await readPng(await encodePng({ ...size, channels, samples }));
        const bitDepth = 8 * samples.BYTES_PER_ELEMENT;
        expect(read).toEqual({ size, channels, bitDepth, samples: Uint16Array.from(samples) });
      }
    }
  });

  it('looks colours up', async () => {
    const palette = [9, 8, 7, 255, 0, 1];
    const file = testPng({ width: 3, height: 1, bitDepth: 1, colourType: 3, samples: [1, 0, 1], palette });
    expect([...(await readPng(file)).samples]).toEqual([255, 0, 1, 9, 8, 7, 255, 0, 1]);
  });

  const good = testPng({ width: 9, height: 7, bitDepth: 16, colourType: 0, samples: picture(0, 16, 9, 7) });
  const pixel = { width: 1, height: 1 };
  const data = (bytes: number) => ['IDAT', deflateSync(Buffer.alloc(bytes))] as const;

  it.each([
    ['nothing', new Uint8Array(0)],
    ['another file', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['only the signature', good.subarray(0, 8)],
    ['a chunk cut off', good.subarray(0, 60)],
    ['no end', good.subarray(0, -12)],
    ['a flipped bit', good.with(90, good[90] ^ 1)],
    ['no header', pngOfChunks([data(10), END])],
    ['no picture', pngOfChunks([ihdr(2, 2), END])],
    ['no size', pngOfChunks([ihdr(0, 2), data(10), END])],
    ['a depth that its colour type has not', pngOfChunks([ihdr(2, 2, 4, 2, 0, 0, 0), data(10), END])],
    ['an unknown interlacing', pngOfChunks([ihdr(2, 2, 8, 0, 0, 0, 2), data(6), END])],
    ['too little data', pngOfChunks([ihdr(2, 2), data(9), END])],
    ['too much data', pngOfChunks([ihdr(2, 2), data(11), END])],
    ['a filter that is none', pngOfChunks([ihdr(1, 1), ['IDAT', deflateSync(Buffer.from([5, 0, 0]))], END])],
    ['data that are not compressed', pngOfChunks([ihdr(2, 2), ['IDAT', Buffer.alloc(10)], END])],
    ['a size that its data cannot fill', pngOfChunks([ihdr(8000, 8000), data(1000), END])],
    ['a bomb: far more data than its size', pngOfChunks([ihdr(2, 2), data(50_000_000), END])],
    ['a short palette', testPng({ ...pixel, bitDepth: 8, colourType: 3, samples: [1], palette: [1, 2, 3] })],
    ['no palette', testPng({ ...pixel, bitDepth: 8, colourType: 3, samples: [0] })],
  ])('refuses %s', async (_, file) => {
    await expect(readPng(file)).rejects.toMatchObject({ code: 'png-malformed' });
  });

  it('refuses sides beyond any depth map before anything is read', async () => {
    for (const side of [9000, 2 ** 31 - 1]) {
      const file = pngOfChunks([ihdr(side, side), data(10), END]);
      await expect(readPng(file)).rejects.toMatchObject({ code: 'limit-exceeded' });
    }
  });
});
