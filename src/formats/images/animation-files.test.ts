import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { ApngWriter } from './apng-writer.ts';
import { GIF_COLORS, GifWriter } from './gif-writer.ts';
import { PaletteBuilder, PaletteMap } from './palette.ts';
import { PNG_SIGNATURE, pngChunk } from './png-writer.ts';
import { decodeGif } from './read-gif.test-helper.ts';
import { writeWebm } from './webm-writer.ts';

const SIZE = { width: 67, height: 41 };
const PIXELS = SIZE.width * SIZE.height;

/** A smooth picture with some noise, that moves with `frame`; its right half stands still. */
function picture(frame: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(4 * PIXELS);
  for (let i = 0; i < PIXELS; i++) {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    const moved = x < 34 ? x + 5 * frame : x;
    pixels.set(
      [128 + 120 * Math.sin(moved / 9), (y * 255) / SIZE.height, ((moved * 31 + y * 17) % 64) + 90, 255],
      4 * i,
    );
  }
  return pixels;
}

function meanError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

describe('palettes', () => {
  it('keep few colours as they are, to the five bits they are counted by', () => {
    const builder = new PaletteBuilder();
    builder.add(Uint8Array.of(250, 10, 10, 255, 250, 10, 10, 255, 10, 10, 250, 255, 10, 200, 10, 255));
    const palette = builder.build(8);
    const colors = Array.from({ length: palette.length / 3 }, (_, i) => [...palette.subarray(3 * i, 3 * i + 3)]);
    expect(colors).toHaveLength(3);
    for (const color of [
      [250, 10, 10],
      [10, 10, 250],
      [10, 200, 10],
    ]) {
      expect(colors.some((one) => one.every((value, c) => Math.abs(value - color[c]) <= 4))).toBe(true);
    }
  });

  it('stand for a smooth picture, dithered, with its mean kept', () => {
    const pixels = picture(0);
    const builder = new PaletteBuilder();
    builder.add(pixels);
    const palette = builder.build(GIF_COLORS);
    expect(palette.length).toBeLessThanOrEqual(3 * GIF_COLORS);
    const shown = new PaletteMap(palette).indices(pixels, SIZE.width);
    const rebuilt = Uint8Array.from(pixels, (value, i) => (i % 4 < 3 ? palette[3 * shown[i >> 2] + (i % 4)] : value));
    expect(meanError(rebuilt, pixels)).toBeLessThan(9);
    for (const c of [0, 1, 2]) {
      const mean = (values: ArrayLike<number>) =>
        Array.from({ length: PIXELS }, (_, i) => values[4 * i + c]).reduce((sum, value) => sum + value, 0) / PIXELS;
      expect(Math.abs(mean(rebuilt) - mean(pixels))).toBeLessThan(3);
    }
  });
});

describe('GIF', () => {
  it.each([0, 1, 3])('comes back frame by frame, played %d times', async (loops) => {
    const builder = new PaletteBuilder();
    for (const frame of [0, 1, 2]) builder.add(picture(frame));
    const palette = builder.build(GIF_COLORS);
    const writer = new GifWriter({ ...SIZE, palette, loops });
    [0, 1, 2].forEach((frame) => writer.add(picture(frame), 80 + 10 * frame));
    const gif = decodeGif(new Uint8Array(await writer.finish().arrayBuffer()));
    expect(gif).toMatchObject({ ...SIZE, loops });
    expect(gif.frames.map(({ delay }) => delay)).toEqual([80, 90, 100]);
    gif.frames.forEach(({ pixels }, i) => expect(meanError(pixels, picture(i))).toBeLessThan(9));
  });

  it('is written right where the code table is full', async () => {
    // Noise fills the table of 4096 codes several times.
    const [width, height] = [200, 150];
    let state = 7;
    const noise = Uint8Array.from(
      { length: 4 * width * height },
      () => (state = (state * 1103515245 + 12345) & 0xffffff) >> 16,
    );
    const palette = Uint8Array.from({ length: 3 * GIF_COLORS }, (_, i) => (i * 89) & 255);
    const writer = new GifWriter({ width, height, palette, loops: 0 });
    writer.add(noise, 100);
    const { frames } = decodeGif(new Uint8Array(await writer.finish().arrayBuffer()));
    const indices = new PaletteMap(palette).indices(noise, width);
    const expected = Uint8Array.from(noise, (_, i) => (i % 4 < 3 ? palette[3 * indices[i >> 2] + (i % 4)] : 255));
    expect(frames[0].pixels).toEqual(expected);
  });

  it('costs nearly nothing where nothing moves', async () => {
    const sizeOf = async (second: number) => {
      const writer = new GifWriter({ ...SIZE, palette: Uint8Array.from({ length: 765 }, (_, i) => i), loops: 0 });
      for (const frame of [0, second]) writer.add(picture(frame), 100);
      return writer.finish().size;
    };
    expect(await sizeOf(0)).toBeLessThan((await sizeOf(1)) - 400);
  });
});

describe('APNG', () => {
  it('holds every frame as it was, and its first one as a plain PNG', async () => {
    const writer = new ApngWriter({ ...SIZE, frames: 3, loops: 5 });
    for (const frame of [0, 1, 2]) await writer.add(picture(frame), 120);
    const bytes = Buffer.from(await writer.finish().arrayBuffer());
    expect([...PNG.sync.read(bytes).data]).toEqual([...picture(0)]);
    const chunks = chunksOf(bytes);
    expect(chunks.map(({ type }) => type)).toEqual([
      'IHDR',
      'acTL',
      'fcTL',
      'IDAT',
      'fcTL',
      'fdAT',
      'fcTL',
      'fdAT',
      'IEND',
    ]);
    expect([chunks[1].data.readUInt32BE(0), chunks[1].data.readUInt32BE(4)]).toEqual([3, 5]);
    const numbers = chunks.filter(({ type }) => /fcTL|fdAT/.test(type)).map(({ data }) => data.readUInt32BE(0));
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
    expect(chunks[4].data.readUInt16BE(20) / chunks[4].data.readUInt16BE(22)).toBe(0.12);
    // The third frame as a file of its own.
    const alone = [
      PNG_SIGNATURE,
      pngChunk('IHDR', chunks[0].data),
      pngChunk('IDAT', chunks[7].data.subarray(4)),
      pngChunk('IEND', new Uint8Array(0)),
    ];
    expect([...PNG.sync.read(Buffer.concat(alone)).data]).toEqual([...picture(2)]);
  });

  it('is refused with other than the promised frames', async () => {
    const writer = new ApngWriter({ ...SIZE, frames: 2, loops: 0 });
    await writer.add(picture(0), 100);
    expect(() => writer.finish()).toThrow(/1 frames were added, not the 2/);
  });
});

function chunksOf(bytes: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

describe('WebM', () => {
  it('nests size, codec, times and frames', async () => {
    const frames = [0, 40, 80, 120].map((timestamp, i) => ({
      data: Uint8Array.of(i, i + 1, i + 2),
      timestamp,
      isKey: i % 2 === 0,
    }));
    const blob = writeWebm(frames, { width: 64, height: 48, codec: 'V_VP9', duration: 160 });
    const bytes = Buffer.from(await blob.arrayBuffer());
    const [header, segment] = elementsOf(bytes);
    expect(header.id).toBe(0x1a45dfa3);
    expect(
      elementsOf(header.data)
        .find(({ id }) => id === 0x4282)
        ?.data.toString(),
    ).toBe('webm');
    const [info, tracks, ...clusters] = elementsOf(segment.data);
    expect(
      elementsOf(info.data)
        .find(({ id }) => id === 0x4489)
        ?.data.readDoubleBE(),
    ).toBe(160);
    const [track] = elementsOf(tracks.data);
    const fields = elementsOf(track.data);
    expect(fields.find(({ id }) => id === 0x86)?.data.toString()).toBe('V_VP9');
    const video = elementsOf(fields.find(({ id }) => id === 0xe0)!.data);
    expect(video.map(({ data }) => data.readUInt8())).toEqual([64, 48]);
    const blocks = clusters.map(({ data }) => {
      const [start, ...rest] = elementsOf(data);
      return rest.map((block) => [
        start.data.readUIntBE(0, start.data.length) + block.data.readInt16BE(1),
        block.data[3],
        block.data[4],
      ]);
    });
    expect(blocks).toEqual([
      [
        [0, 0x80, 0],
        [40, 0, 1],
      ],
      [
        [80, 0x80, 2],
        [120, 0, 3],
      ],
    ]);
  });
});

/** EBML elements of one level. */
function elementsOf(bytes: Buffer): { id: number; data: Buffer }[] {
  const elements: { id: number; data: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const idLength = Math.clz32(bytes[at]) - 23;
    const sizeLength = Math.clz32(bytes[at + idLength]) - 23;
    const id = bytes.readUIntBE(at, idLength);
    const size = Number(bytes.readBigUInt64BE(at + idLength) & 0xffffffffffffffn);
    expect(sizeLength).toBe(8);
    at += idLength + sizeLength;
    elements.push({ id, data: bytes.subarray(at, at + size) });
    at += size;
  }
  return elements;
}
