import { describe, expect, it } from 'vitest';
import type { Rect, Size } from '../../core/geometry.ts';
import { maskOf } from '../../core/mask.ts';
import type { DenseField } from '../../core/match.ts';
import { readPng } from '../../formats/images/png-reader.ts';
import { PngStream } from '../../formats/images/png-stream.ts';
import { drawFullSize } from '../../pages/match/worker/exports/full-size.ts';
import { type FullSizeScene, laidOn, panorama, type StripPicture } from './pictures.ts';
import { sourceOfPixels } from './pixel-source.ts';
import type { PixelSource } from './tiles.ts';

/** A picture whose colour says where it is: red along x, green along y. */
const gradient = (size: Size): PixelSource => {
  const data = new Uint8ClampedArray(4 * size.width * size.height);
  for (let i = 0; i < size.width * size.height; i++) {
    data.set([(255 * (i % size.width)) / size.width, (255 * Math.floor(i / size.width)) / size.height, 60, 255], 4 * i);
  }
  return sourceOfPixels({ data, ...size });
};

/** A's places lie this much further right in B (normalised); the rightmost quarter is uncertain. */
function shiftField(shift: number): DenseField {
  const grid = { width: 32, height: 24 };
  const points = grid.width * grid.height;
  const warp = new Float32Array(2 * points);
  const certainty = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const x = (2 * (i % grid.width) + 1) / grid.width - 1;
    warp[i] = x + shift;
    warp[points + i] = (2 * Math.floor(i / grid.width) + 1) / grid.height - 1;
    certainty[i] = x < 0.5 ? 0.9 : 0;
  }
  return { grid, warp, certainty, cycle: new Float32Array(points) };
}

// Odd, wider and higher than a tile.
const A = { width: 1101, height: 303 };
const B = { width: 801, height: 401 };
const scene = (changes: Partial<FullSizeScene> = {}): FullSizeScene => ({
  sizes: { a: A, b: B },
  sources: { a: gradient(A), b: gradient(B) },
  field: shiftField(0.25),
  threshold: 0.3,
  cycleLimit: 0,
  ...changes,
});

async function whole(picture: StripPicture): Promise<Uint8ClampedArray> {
  const data = new Uint8ClampedArray(4 * picture.size.width * picture.size.height);
  let at = 0;
  for await (const strip of picture.strips()) {
    data.set(strip.data, at);
    at += strip.data.length;
  }
  expect(at).toBe(data.length);
  return data;
}

describe('one photo laid on the other', () => {
  it('has the other one’s colours where the match leads, in every tile, and is see-through where nothing is known', async () => {
    const picture = laidOn('a', scene());
    expect(picture.size).toEqual(A);
    const data = await whole(picture);
    for (const [x, y] of [
      [5, 3],
      [511, 127],
      [512, 128],
      [513, 129],
      [700, 302],
      [400, 255],
    ] as const) {
      const [red, green, , alpha] = data.subarray(4 * (y * A.width + x));
      // B's place, as a share of its width and height.
      expect(red).toBeCloseTo(255 * ((x + 0.5) / A.width + 0.125) - 255 / B.width / 2, -0.5);
      expect(Math.abs(green - (255 * (y + 0.5)) / A.height)).toBeLessThan(2);
      expect(alpha).toBe(255);
    }
    expect(data[4 * (100 * A.width + 1050) + 3]).toBe(0);
  });

  it('is see-through outside of masks and of the cycle limit', async () => {
    const left = maskOf({ width: 2, height: 1 }, [1, 0]);
    const field = { ...shiftField(0), mask: { here: left, there: null } };
    const data = await whole(laidOn('a', scene({ field })));
    expect(data[4 * (100 * A.width + 549) + 3]).toBe(255);
    expect(data[4 * (100 * A.width + 552) + 3]).toBe(0);
    const loose = shiftField(0);
    loose.cycle.fill(9);
    const none = await whole(laidOn('a', scene({ field: loose, cycleLimit: 5 })));
    expect(none.some((value, i) => i % 4 === 3 && value > 0)).toBe(false);
  });

  it('averages what is finer than itself, and never holds more than a part of a huge photo', async () => {
    // Stripes of one pixel are grey when eight of them fall on one.
    const fine = { width: 800, height: 800 };
    const data = new Uint8ClampedArray(4 * 800 * 800).map((_, i) => (i % 4 === 3 ? 255 : 255 * ((i >> 2) % 2)));
    const small = { width: 100, height: 100 };
    const stripes = scene({
      sizes: { a: small, b: fine },
      sources: { a: gradient(small), b: sourceOfPixels({ data, ...fine }) },
    });
    const drawn = await whole(laidOn('a', { ...stripes, field: shiftField(0) }));
    expect(Math.abs(drawn[4 * (50 * 100 + 30)] - 127)).toBeLessThan(20);

    const reads: number[] = [];
    const huge: PixelSource = {
      size: { width: 24_000, height: 18_000 },
      read: async ({ width, height }: Rect, scale) => {
        const [w, h] = [Math.max(1, Math.round(width / scale)), Math.max(1, Math.round(height / scale))];
        reads.push(w * h);
        return { width: 1, height: 1, data: new Uint8ClampedArray(4) };
      },
    };
    // B is scattered: neighbours lie far apart.
    const wild = shiftField(0);
    for (let i = 0; i < wild.certainty.length; i++) wild.warp[i] = ((i * 7919) % 1000) / 500 - 1;
    const sizes = { a: { width: 300, height: 200 }, b: huge.size };
    await whole(laidOn('a', scene({ sizes, sources: { a: gradient(sizes.a), b: huge }, field: wild })));
    expect(Math.max(...reads)).toBeLessThanOrEqual(1.1 * 2 ** 23);
  });

  it('can be given up between tiles', async () => {
    const controller = new AbortController();
    const strips = laidOn('a', scene()).strips(controller.signal);
    await strips.next();
    controller.abort();
    await expect(strips.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a panorama', () => {
  // B shows A's plane 400 pixels further right.
  const H = [1, 0, -400, 0, 1, 0, 0, 0, 1] as const;
  const canvas = { x: 0, y: 0, width: 1201, height: 401 };

  it('shows A as it is, B beyond it, both faded where they meet, and nothing else', async () => {
    const data = await whole(panorama(scene({ field: shiftField(5) }), H, canvas, false));
    const at = (x: number, y: number) => data.subarray(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 4);
    expect(Math.abs(at(100, 50)[0] - (255 * 100) / A.width)).toBeLessThan(2);
    expect(Math.abs(at(1150, 350)[0] - (255 * 750) / B.width)).toBeLessThan(2);
    expect(at(100, 350)[3]).toBe(0);
    expect(at(800, 100)[3]).toBe(255);
    const [ofA, ofB, mixed] = [(255 * 800) / A.width, (255 * 400) / B.width, at(800, 100)[0]];
    expect(mixed).toBeGreaterThan(Math.min(ofA, ofB) - 2);
    expect(mixed).toBeLessThan(Math.max(ofA, ofB) + 2);
  });

  it('follows the match where that is known', async () => {
    const field = shiftField(0.25);
    const plain = await whole(panorama(scene({ field }), H, canvas, false));
    const bent = await whole(panorama(scene({ field }), H, canvas, true));
    const differs = (x: number) => Math.abs(plain[4 * (150 * canvas.width + x)] - bent[4 * (150 * canvas.width + x)]);
    expect(differs(600)).toBeGreaterThan(5);
    expect(differs(1150)).toBe(0);
  });
});

describe('the file', () => {
  it('is a PNG, row by row the same picture, with its transforms in it', async () => {
    const size = { width: 37, height: 29 };
    const data = new Uint8ClampedArray(4 * 37 * 29).map((_, i) => (i * 31 + (i >> 5)) & 255);
    const png = new PngStream(size, '{"picture":"b-on-a"}');
    await png.write(data.subarray(0, 4 * 37 * 10));
    await png.write(data.subarray(4 * 37 * 10));
    const file = new Uint8Array(await (await png.finish()).arrayBuffer());
    const read = await readPng(file);
    expect(read.size).toEqual(size);
    expect(Array.from(read.samples)).toEqual(Array.from(data));
    expect(Buffer.from(file).toString('latin1')).toContain('Description\0{"picture":"b-on-a"}');
    const short = new PngStream(size, '');
    await short.write(data.subarray(0, 4 * 37));
    await expect(short.finish()).rejects.toThrow(RangeError);
    await short.abort();
  });

  it('states sizes and transforms; a panorama without a plane, and one too large, are refused', async () => {
    const source = (homography: readonly number[] | null) => ({
      names: { a: 'ä.jpg', b: 'b.jpg' },
      sizes: { a: A, b: B },
      readField: async () => shiftField(0.25),
      readHomography: async () => homography as never,
      openPixels: async (side: 'a' | 'b') => ({ ...gradient(side === 'a' ? A : B), close: () => {} }),
    });
    const limits = { threshold: 0.3, cycleLimit: 0 };
    const shares: number[] = [];
    const run = { onProgress: (share: number) => shares.push(share) };
    const moved = [1, 0, 50.5, 0, 1, 10, 0, 0, 1];
    const { blob, description } = await drawFullSize(
      { picture: 'panorama', encoding: 'png' },
      limits,
      source(moved),
      run,
    );
    expect(description).toMatchObject({ size: { width: 1152, height: 401 }, origin: { photo: 'a', x: -51, y: -10 } });
    expect(description.homography_a_to_b).toEqual([moved.slice(0, 3), moved.slice(3, 6), moved.slice(6)]);
    const bytes = Buffer.from(await blob.arrayBuffer());
    const at = bytes.indexOf('tEXtDescription');
    const remark = bytes.toString('latin1', at + 16, at + 4 + bytes.readUInt32BE(at - 4));
    expect(JSON.parse(remark)).toEqual(description);
    expect(shares.at(-1)).toBe(1);
    const wish = { picture: 'panorama-match', encoding: 'png' } as const;
    await expect(drawFullSize(wish, limits, source(null), {})).rejects.toMatchObject({ code: 'full-size-no-plane' });
    const far = { ...source(null), sizes: { a: { width: 20_000, height: 9000 }, b: B } };
    await expect(drawFullSize({ picture: 'b-on-a', encoding: 'png' }, limits, far, {})).rejects.toMatchObject({
      code: 'export-too-large',
    });
  });
});
