import { describe, expect, it } from 'vitest';
import { cameraCentre } from '../../../gaussians/camera.ts';
import { type Lens, moveView, fitView, type OrbitView, UP_AXES, upVector, viewCamera, viewOfCamera } from './view.ts';

const SIZE = { width: 400, height: 300 };
const LENS: Lens = { up: '-y', fieldOfView: 60 };
const VIEW: OrbitView = { target: [1, 2, 3], yaw: 30, pitch: 20, distance: 4 };

/** Where a point of the world lies in the picture, and its depth. */
function projected(view: OrbitView, lens: Lens, point: readonly number[], size = SIZE) {
  const { rotation: r, translation: t, fx, fy, cx, cy } = viewCamera(view, lens, size);
  const [x, y, z] = [0, 3, 6].map((row, k) => r[row] * point[0] + r[row + 1] * point[1] + r[row + 2] * point[2] + t[k]);
  return { x: (fx * x) / z + cx, y: (fy * y) / z + cy, z };
}

describe('the camera that hands move', () => {
  it.each(UP_AXES)('has its target in the middle and %s up', (up) => {
    const lens = { ...LENS, up };
    const { x, y, z } = projected(VIEW, lens, VIEW.target);
    expect([x, y, z]).toEqual([200, 150, 4].map((value) => expect.closeTo(value, 9)));
    const above = VIEW.target.map((value, k) => value + 0.1 * upVector(up)[k]);
    const higher = projected(VIEW, lens, above);
    expect(higher.y).toBeLessThan(150);
    expect(higher.x).toBeCloseTo(200, 9);
    // A positive pitch looks down from above.
    const eye = cameraCentre(viewCamera(VIEW, lens, SIZE));
    const height = eye.reduce((sum, value, k) => sum + (value - VIEW.target[k]) * upVector(up)[k], 0);
    expect(height).toBeCloseTo(4 * Math.sin((20 * Math.PI) / 180), 9);
  });

  it.each(UP_AXES)('finds the view of a camera again, with %s up', (up) => {
    const lens = { up, fieldOfView: 70 };
    const view: OrbitView = { target: [1, 2, 3], yaw: -140, pitch: 35, distance: 4 };
    const found = viewOfCamera(viewCamera(view, lens, SIZE), [1, 2, 3], up);
    expect(found.fieldOfView).toBeCloseTo(70, 9);
    expect(found.view.target).toEqual(view.target.map((value) => expect.closeTo(value, 9)));
    expect(found.view).toMatchObject({
      yaw: expect.closeTo(-140, 9),
      pitch: expect.closeTo(35, 9),
      distance: expect.closeTo(4, 9),
    });
  });

  it('shows a ball of the scene’s radius whole, in either shape of picture', () => {
    const ball = { center: [5, -1, 2] as const, radius: 3 };
    for (const size of [SIZE, { width: 390, height: 700 }]) {
      const view = fitView(ball, LENS, size);
      const camera = viewCamera(view, LENS, size);
      // The silhouette of the ball, at its tangent's angle.
      const edge = Math.tan(Math.asin(ball.radius / view.distance)) * camera.fx;
      expect(edge).toBeCloseTo(Math.min(size.width, size.height) / 2, 6);
    }
  });

  it('lets the scene follow the hand', () => {
    // A place on the near side, seen before and after.
    const near = cameraCentre(viewCamera(VIEW, LENS, SIZE)).map((eye, k) => (eye + VIEW.target[k]) / 2);
    const before = projected(VIEW, LENS, near);
    const orbited = moveView(VIEW, LENS, { kind: 'orbit', x: 0.05, y: 0.05 });
    const after = projected(orbited, LENS, near);
    expect(after.x).toBeGreaterThan(before.x + 5);
    expect(after.y).toBeGreaterThan(before.y + 5);
    // A pan of a tenth of the longer side moves the target as far.
    const panned = projected(moveView(VIEW, LENS, { kind: 'pan', x: 0.1, y: 0 }), LENS, VIEW.target);
    expect([panned.x, panned.y]).toEqual([expect.closeTo(240, 6), expect.closeTo(150, 6)]);
  });

  it('comes nearer, flies ahead, and never turns over', () => {
    expect(moveView(VIEW, LENS, { kind: 'dolly', factor: 2 }).distance).toBe(2);
    const flown = moveView(VIEW, LENS, { kind: 'fly', right: 0, up: 0, forward: 1.5 });
    expect(projected(flown, LENS, VIEW.target).z).toBeCloseTo(2.5, 9);
    expect(moveView(VIEW, LENS, { kind: 'orbit', x: 1.9, y: 5 })).toMatchObject({ pitch: 89, yaw: 48 });
  });
});
