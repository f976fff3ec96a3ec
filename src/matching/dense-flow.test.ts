import { describe, expect, it } from 'vitest';
import type { DenseField } from '../core/match.ts';
import { denseFlow } from './dense-flow.ts';

const FROM = { width: 64, height: 32 };
const TO = { width: 100, height: 50 };

/**
 * The warp that moves every place of a 64 × 32 photo by (3, −2) of its pixels in one of 100 × 50 at the same scale of
 * pixels.
 */
function shifted(): DenseField {
  const grid = { width: 16, height: 8 };
  const points = grid.width * grid.height;
  const warp = new Float32Array(2 * points);
  for (let y = 0, i = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++, i++) {
      warp[i] = (2 * (((x + 0.5) * FROM.width) / grid.width + 3)) / TO.width - 1;
      warp[points + i] = (2 * (((y + 0.5) * FROM.height) / grid.height - 2)) / TO.height - 1;
    }
  }
  const certainty = new Float32Array(points).fill(0.9);
  certainty[0] = 0;
  return { grid, warp, certainty, cycle: new Float32Array(points).fill(0.5) };
}

const OPTIONS = { from: FROM, to: TO, threshold: 0.5, cycleLimit: 0 };

describe('denseFlow', () => {
  it('tells the motion in pixels at the photo’s own size', () => {
    const flow = denseFlow(shifted(), { ...OPTIONS, longSide: 64 });
    expect(flow.size).toEqual(FROM);
    // Away from the border, where there is nothing to interpolate with.
    const at = 16 * 64 + 32;
    expect(flow.vectors[2 * at]).toBeCloseTo(3, 4);
    expect(flow.vectors[2 * at + 1]).toBeCloseTo(-2, 4);
  });

  it('reduces motion with the size', () => {
    const flow = denseFlow(shifted(), { ...OPTIONS, longSide: 16 });
    expect(flow.size).toEqual({ width: 16, height: 8 });
    for (const i of [1, 40, 127]) {
      expect(flow.vectors[2 * i]).toBeCloseTo(3 / 4, 4);
      expect(flow.vectors[2 * i + 1]).toBeCloseTo(-2 / 4, 4);
    }
  });

  it('knows nothing where the view shows nothing', () => {
    const flow = denseFlow(shifted(), { ...OPTIONS, longSide: 16 });
    expect([...flow.valid]).toEqual([0, ...new Array<number>(127).fill(1)]);
    expect(denseFlow(shifted(), { ...OPTIONS, longSide: 16, cycleLimit: 0.4 }).valid).not.toContain(1);
  });
});
