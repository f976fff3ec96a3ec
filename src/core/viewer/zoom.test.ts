import { describe, expect, it } from 'vitest';
import {
  photoRect,
  stageToUnit,
  DEFAULT_CAMERA,
  ZOOM,
  clampCamera,
  isZoomed,
  panBy,
  panByShare,
  zoomAt,
  zoomCentre,
} from './zoom.ts';
import type { Pane } from '../../pages/match/contract/layout.ts';

const pane: Pane = { side: 'a', kind: 'photo', rect: { x: 100, y: 20, width: 400, height: 300 } };
const photo = { width: 1600, height: 900 };

describe('zoomAt', () => {
  it.each([
    { x: 300, y: 170 },
    { x: 130, y: 90 },
    { x: 470, y: 240 },
  ])('keeps the place under the pointer $x, $y', (point) => {
    let camera = DEFAULT_CAMERA;
    const before = stageToUnit(point, photoRect(pane, photo, camera));
    for (const factor of [1.3, 2, 1.7, 0.8]) {
      camera = zoomAt(camera, pane, photo, point, factor);
      const after = stageToUnit(point, photoRect(pane, photo, camera));
      expect(after.x).toBeCloseTo(before.x, 9);
      expect(after.y).toBeCloseTo(before.y, 9);
    }
    expect(camera.scale).toBeCloseTo(1.3 * 2 * 1.7 * 0.8, 9);
  });

  it('returns to the fitted photo when zoomed out all the way', () => {
    const zoomed = zoomAt(DEFAULT_CAMERA, pane, photo, { x: 140, y: 100 }, 5);
    expect(isZoomed(zoomed)).toBe(true);
    expect(zoomAt(zoomed, pane, photo, { x: 450, y: 200 }, 0.001)).toEqual(DEFAULT_CAMERA);
  });

  it('stops at the largest magnification', () => {
    expect(zoomAt(DEFAULT_CAMERA, pane, photo, { x: 300, y: 170 }, 1e6).scale).toBe(ZOOM.max);
    expect(zoomCentre(DEFAULT_CAMERA, 1e6).scale).toBe(ZOOM.max);
  });
});

describe('panning', () => {
  it('moves the photo with the pointer', () => {
    const camera = { x: 0.5, y: 0.5, scale: 4 };
    const moved = photoRect(pane, photo, panBy(camera, pane, photo, 30, -12));
    const before = photoRect(pane, photo, camera);
    expect(moved.x - before.x).toBeCloseTo(30, 9);
    expect(moved.y - before.y).toBeCloseTo(-12, 9);
  });

  it('stays inside the photo', () => {
    expect(panBy({ x: 0.5, y: 0.5, scale: 2 }, pane, photo, 1e5, -1e5)).toEqual({ x: 0.25, y: 0.75, scale: 2 });
    expect(panBy(DEFAULT_CAMERA, pane, photo, 50, 50)).toEqual(DEFAULT_CAMERA);
  });

  it('steps by a share of what is seen', () => {
    expect(panByShare({ x: 0.5, y: 0.5, scale: 4 }, 0.1, -0.1)).toEqual({ x: 0.525, y: 0.475, scale: 4 });
  });

  it('clamps whatever it is given', () => {
    expect(clampCamera({ x: -3, y: 9, scale: 0.01 })).toEqual(DEFAULT_CAMERA);
  });
});
