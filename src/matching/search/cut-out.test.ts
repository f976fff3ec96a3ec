import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../geometry/random.ts';
import { cutOutSizes, findCutOut, type Grey } from './cut-out.ts';

/** Smooth texture, the same every time. */
function texture(width: number, height: number): Grey {
  const random = seededRandom(7);
  const waves = Array.from({ length: 12 }, () => [random() / 4, random() / 4, 6 * random()]);
  const values = new Float32Array(width * height);
  for (let k = 0; k < values.length; k++) {
    const [x, y] = [k % width, Math.floor(k / width)];
    values[k] = waves.reduce((sum, [u, v, phase]) => sum + Math.sin(u * x + v * y + phase), 0) / 24 + 0.5;
  }
  return { size: { width, height }, values };
}

function part({ size, values }: Grey, x: number, y: number, width: number, height: number, contrast = 1): Grey {
  const of = (k: number) => values[(y + Math.floor(k / width)) * size.width + x + (k % width)];
  return {
    size: { width, height },
    values: Float32Array.from({ length: width * height }, (_, k) => contrast * of(k) + 0.1),
  };
}

describe('findCutOut', () => {
  const wide = texture(160, 121);

  it('finds where a detail lies, whatever its contrast, and no neighbour of it', () => {
    const [best, ...others] = findCutOut(part(wide, 93, 40, 24, 17, 0.5), wide, 4);
    const [sx, , cx, , sy, cy] = best.homography;
    // The corners of the detail, in pixels of the wide photo.
    expect(80 * (1 + cx - sx)).toBeCloseTo(93, 6);
    expect(80 * (1 + cx + sx)).toBeCloseTo(93 + 24, 6);
    expect(60.5 * (1 + cy - sy)).toBeCloseTo(40, 6);
    expect(60.5 * (1 + cy + sy)).toBeCloseTo(40 + 17, 6);
    expect(best.correlation).toBeCloseTo(1, 4);
    for (const { correlation } of others) expect(correlation).toBeLessThan(best.correlation);
  });

  it('finds nothing for a flat detail, one that is larger, or one from elsewhere', () => {
    const flat = { size: { width: 8, height: 8 }, values: new Float32Array(64).fill(0.4) };
    expect(findCutOut(flat, wide, 4)).toEqual([]);
    expect(findCutOut(texture(161, 20), wide, 4)).toEqual([]);
    const random = seededRandom(3);
    const noise = { size: { width: 24, height: 17 }, values: Float32Array.from({ length: 408 }, random) };
    expect(findCutOut(noise, wide, 4)).toEqual([]);
  });

  it('looks at sizes that are pixel for pixel and bounded', () => {
    for (const k of [1.5, 2, 4, 8, 16, 40]) {
      const sizes = cutOutSizes({ width: 3264 / k, height: 2448 / k }, { width: 3264, height: 2448 });
      expect(sizes.wide.width / sizes.detail.width).toBeGreaterThan(0.95 * k);
      expect(sizes.wide.width / sizes.detail.width).toBeLessThan(1.05 * k);
      const products = sizes.wide.width * sizes.wide.height * sizes.detail.width * sizes.detail.height;
      expect(products).toBeLessThan(k < 32 ? 2.3e8 : 5e8);
    }
  });
});
