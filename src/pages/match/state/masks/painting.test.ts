import { describe, expect, it } from 'vitest';
import { maskOf, maskShare } from '../../../../core/mask.ts';
import { MaskPainting, paintedSize } from './painting.ts';

const SIZE = { width: 200, height: 100 };
const leftOut = (painting: MaskPainting) => painting.bytes.reduce((sum, byte) => sum + (1 - byte), 0);

describe('a mask that is painted', () => {
  it('is no larger than is useful, and keeps the size of one that was opened', () => {
    expect(paintedSize({ width: 4000, height: 3000 })).toEqual({ width: 1024, height: 768 });
    expect(paintedSize({ width: 320, height: 240 })).toEqual({ width: 320, height: 240 });
    expect(new MaskPainting(SIZE, maskOf({ width: 3, height: 2 }, [1, 1, 1, 0, 0, 0])).size).toEqual({
      width: 3,
      height: 2,
    });
  });

  it('takes strokes of a round brush, as long as they are, over the photo’s edges', () => {
    const painting = new MaskPainting(SIZE, null);
    painting.begin();
    painting.stroke({ x: 0.25, y: 0.5 }, { x: 0.75, y: 0.5 }, 0.05, false);
    // A capsule of radius 10 and length 100 pixels.
    expect(leftOut(painting) / (Math.PI * 100 + 2000)).toBeCloseTo(1, 1);
    painting.stroke({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 }, 0.2, true);
    expect(leftOut(painting)).toBeLessThan(900);
    expect(painting.stroke({ x: -1, y: -1 }, { x: 0, y: 0 }, 0.05, false)).toMatchObject({ x: 0, y: 0, width: 10 });
    expect(painting.bytes[0]).toBe(0);
    expect(painting.stroke({ x: 3, y: 3 }, { x: 4, y: 3 }, 0.01, false)).toMatchObject({ width: 0, height: 0 });
  });

  it('takes polygons by the even-odd rule', () => {
    const painting = new MaskPainting(SIZE, null);
    const corners = [
      { x: 0.1, y: 0.1 },
      { x: 0.6, y: 0.1 },
      { x: 0.6, y: 0.9 },
      { x: 0.1, y: 0.9 },
    ];
    painting.polygon(corners, false);
    expect(leftOut(painting)).toBe(100 * 80);
    // A bow tie: its crossing halves are both filled, what lies between them is not.
    const tie = new MaskPainting(SIZE, null);
    tie.polygon([corners[0], corners[2], corners[1], corners[3]], false);
    expect(leftOut(tie) / (0.5 * 100 * 80)).toBeCloseTo(1, 1);
  });

  it('undoes and redoes every step, and forgets what was undone when something new is painted', () => {
    const painting = new MaskPainting(SIZE, null);
    expect([painting.canUndo, painting.canRedo]).toEqual([false, false]);
    painting.fill(false);
    painting.begin();
    painting.stroke({ x: 0, y: 0 }, { x: 1, y: 1 }, 0.1, true);
    const both = painting.mask;
    painting.invert();
    painting.undo();
    expect(painting.mask).toEqual(both);
    painting.undo();
    expect(maskShare(painting.mask)).toBe(0);
    painting.undo();
    expect(maskShare(painting.mask)).toBe(1);
    painting.undo();
    painting.redo();
    painting.redo();
    expect(painting.mask).toEqual(both);
    painting.fill(true);
    expect(painting.canRedo).toBe(false);
  });
});
