import { WebPCodec } from '@playcanvas/splat-transform'; // A development dependency; it has libwebp as WebAssembly.
import { describe, expect, it } from 'vitest';
import { DAMAGES } from '../damage.test-helper.ts';
import { randomNumbers } from '../fixtures.test-helper.ts';
import { readLosslessWebp } from './read-lossless.ts';

const codec = await WebPCodec.create();
const random = randomNumbers(5);

type Painter = (x: number, y: number, channel: number) => number;

/** Pictures that make the encoder take different ways: noise, gradients, few colours, repetitions, translucency. */
const PAINTERS: Record<string, Painter> = {
  noise: () => random() * 256,
  gradient: (x, y, channel) => (channel === 3 ? 255 : x * (channel + 1) + y * 2),
  'two colours': (x, y, channel) => (channel === 3 ? 255 : (x * y) % 7 === 0 ? 250 : 3),
  'four colours': (x, y, channel) => (channel === 3 ? 255 : 60 * ((x + 3 * y) % 4)),
  'sixteen colours': (x, y, channel) => (channel === 3 ? 255 : 15 * ((x * 5 + y) % 16)),
  'two hundred colours': (x, y, channel) => (channel === 3 ? 255 : ((x * 31 + y * 17) % 200) + channel),
  repeating: (x, y, channel) => ((x % 9) * 28 + (y % 5) * 50 + channel * 90) % 256,
  'smooth with noise': (x, y, channel) => 128 + 90 * Math.sin(x / 9 + channel) * Math.cos(y / 11) + 8 * random(),
  'correlated channels': (x, y, channel) => ((x * x) / 20 + y) * (0.5 + 0.2 * channel) + random() * 3,
  translucent: (x, y, channel) => (channel === 3 ? (x + y) % 256 : x * channel),
  'one colour': (_x, _y, channel) => [7, 200, 31, 255][channel],
};

const SIZES = [
  [1, 1],
  [1, 40],
  [53, 1],
  [37, 29],
  [131, 67],
] as const;

const firstDifference = (p: Uint8Array, q: Uint8Array): number =>
  p.length === q.length ? p.findIndex((value, i) => value !== q[i]) : 0;

describe('lossless WebP of libwebp, pixel by pixel', () => {
  it.each(Object.entries(PAINTERS))('%s', (_name, paint) => {
    for (const [width, height] of SIZES) {
      const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) => {
        const pixel = i >> 2;
        return paint(pixel % width, Math.floor(pixel / width), i & 3);
      });
      const file = codec.encodeLosslessRGBA(rgba, width, height);
      const read = readLosslessWebp(file, width * height);
      expect([read.width, read.height]).toEqual([width, height]);
      expect(firstDifference(read.rgba, codec.decodeRGBA(file).rgba)).toBe(-1);
      // The encoder takes the colour from where nothing is seen of it.
      const hidden = (i: number) => rgba[i | 3] === 0;
      expect(read.rgba.findIndex((value, i) => value !== rgba[i] && !hidden(i))).toBe(-1);
    }
  });
});

describe('what is refused', () => {
  const file = codec.encodeLosslessRGBA(
    new Uint8Array(4 * 64 * 64).map((_, i) => i * i),
    64,
    64,
  );

  it('names a picture larger than expected before it decodes a pixel', () => {
    expect(() => readLosslessWebp(file, 64 * 63)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  it('names the lossy kind, and what is cut or no WebP at all', () => {
    const lossy = Uint8Array.from(file);
    lossy.set([0x56, 0x50, 0x38, 0x20], 12);
    expect(() => readLosslessWebp(lossy, 1e6)).toThrow(expect.objectContaining({ code: 'webp-unsupported' }));
    const cut = file.subarray(0, file.length >> 1);
    expect(() => readLosslessWebp(cut, 1e6)).toThrow(expect.objectContaining({ code: 'webp-malformed' }));
    expect(() => readLosslessWebp(new Uint8Array(99), 1e6)).toThrow(
      expect.objectContaining({ code: 'webp-malformed' }),
    );
  });
});

it('gives pixels or a coded error for any damage', () => {
  const paint = PAINTERS['smooth with noise'];
  const pictures = [37, 64].map((side) => {
    const rgba = Uint8Array.from({ length: 4 * side * side }, (_, i) =>
      paint((i >> 2) % side, Math.floor((i >> 2) / side), i & 3),
    );
    return codec.encodeLosslessRGBA(rgba, side, side);
  });
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 800; i++) {
    const damaged = DAMAGES[i % DAMAGES.length]!(pictures[i % 2]!, random);
    let outcome: string;
    try {
      const { width, height, rgba } = readLosslessWebp(damaged, 10_000);
      expect(rgba.length).toBe(4 * width * height);
      outcome = 'value';
    } catch (thrown) {
      expect(thrown).toMatchObject({ name: 'CodedError' });
      outcome = (thrown as { code: string }).code;
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect(outcomes.get('value')).toBeGreaterThan(50);
  expect(outcomes.get('webp-malformed')).toBeGreaterThan(50);
});
