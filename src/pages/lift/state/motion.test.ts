import { describe, expect, it } from 'vitest';
import { camerasOf, transfer, viewpointAngle } from '../../../geometry/pinhole.ts';
import { DEFAULT_LIFT, VIEWPOINT_BINS } from '../contract/settings.ts';
import type { LiftSettings } from '../contract/settings.ts';
import { drawView, moveView, type ViewMove } from './motion.ts';

const size = { width: 500, height: 400 };
const still: LiftSettings = { ...DEFAULT_LIFT, motion: { rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 } };

/** Where the photo's middle at the median depth lies in the new view after these moves, pixels. */
function middle(...moves: ViewMove[]): [x: number, y: number, depth: number] {
  const motion = moves.reduce((now, move) => moveView({ ...still, motion: now }, move), still.motion);
  return transfer(camerasOf({ ...still, motion }, size, 1), 250, 200, 1)!;
}

describe('moving the view', () => {
  it('an orbit keeps the middle where it is; a step beside it follows the pointer', () => {
    const [x, y, depth] = middle({ kind: 'orbit', x: 0.2, y: -0.1 });
    // Up to the digits that links keep.
    expect(x).toBeCloseTo(250, 2);
    expect(y).toBeCloseTo(200, 2);
    expect(depth).toBeCloseTo(1, 4);
    const motion = moveView(still, { kind: 'orbit', x: 0.1, y: 0.1 });
    // What is nearer than the pivot moves with the pointer: right and down.
    const near = transfer(camerasOf({ ...still, motion }, size, 1), 250, 200, 0.8)!;
    expect(near[0]).toBeGreaterThan(250);
    expect(near[1]).toBeGreaterThan(200);
  });

  it('a pan carries the middle along by just as much', () => {
    const [x, y] = middle({ kind: 'pan', x: 0.1, y: -0.05 });
    expect(x).toBeCloseTo(300, 2);
    expect(y).toBeCloseTo(175, 2);
  });

  it('a dolly scales the distance, and never goes through the scene', () => {
    expect(middle({ kind: 'dolly', factor: 2 })[2]).toBeCloseTo(0.5, 4);
    const far = Array.from({ length: 40 }, (): ViewMove => ({ kind: 'dolly', factor: 1.5 }));
    expect(middle(...far)[2]).toBeCloseTo(0.15, 4);
  });

  it('stops at the limits that links have', () => {
    const around = Array.from({ length: 30 }, (): ViewMove => ({ kind: 'orbit', x: 0.1, y: 0 }));
    const motion = around.reduce((now, move) => moveView({ ...still, motion: now }, move), still.motion);
    expect(Math.abs(motion.rotation[1])).toBeGreaterThan(75);
    expect(Math.abs(motion.rotation[1])).toBeLessThanOrEqual(90);
  });

  it('presets fall into their bins', () => {
    VIEWPOINT_BINS.forEach(([low, high], bin) => {
      for (let seed = 1; seed <= 20; seed++) {
        const { motion, focal } = drawView(bin, seed, 0.6);
        const angle = viewpointAngle(camerasOf({ ...still, motion }, size, 1).rotation);
        expect(angle).toBeGreaterThanOrEqual(low - 1e-4);
        expect(angle).toBeLessThanOrEqual(high + 1e-4);
        expect(focal).toBe(0.6);
      }
    });
  });
});
