import { expect, test } from 'vitest';
import { DEFAULT_CAMERA } from '../../../../core/viewer/zoom.ts';
import { columnLayout, placeUnder, zoomedRect, zoomUnder } from './column-layout.ts';

const photos = { a: { width: 400, height: 300 }, c: { width: 300, height: 600 } };
const layout = columnLayout(photos, 200);

test('photos lie one above the other in their slots’ order, each as wide as the column', () => {
  expect(layout.places).toEqual({
    a: { x: 0, y: 0, width: 200, height: 150 },
    c: { x: 0, y: 154, width: 200, height: 400 },
  });
  expect(layout.height).toBe(554);
});

test('a point is a place of the photo under it, and of none between them', () => {
  expect(placeUnder(layout, DEFAULT_CAMERA, { x: 50, y: 75 })).toEqual({ slot: 'a', x: 0.25, y: 0.5 });
  expect(placeUnder(layout, DEFAULT_CAMERA, { x: 100, y: 254 })).toEqual({ slot: 'c', x: 0.5, y: 0.25 });
  expect(placeUnder(layout, DEFAULT_CAMERA, { x: 100, y: 152 })).toBeNull();
  // Twice as large about a quarter: the left edge of the place shows the photo's left edge.
  const camera = { x: 0.25, y: 0.25, scale: 2 };
  expect(placeUnder(layout, camera, { x: 0, y: 0 })).toEqual({ slot: 'a', x: 0, y: 0 });
  expect(placeUnder(layout, camera, { x: 100, y: 75 })).toEqual({ slot: 'a', x: 0.25, y: 0.25 });
});

test('zooming keeps what is under the pointer there', () => {
  const point = { x: 130, y: 300 };
  const before = placeUnder(layout, DEFAULT_CAMERA, point)!;
  const camera = zoomUnder(layout, DEFAULT_CAMERA, point, 3)!;
  const after = placeUnder(layout, camera, point)!;
  expect(camera.scale).toBe(3);
  expect(after.slot).toBe('c');
  expect(after.x).toBeCloseTo(before.x, 9);
  expect(after.y).toBeCloseTo(before.y, 9);
  expect(zoomUnder(layout, DEFAULT_CAMERA, { x: 10, y: 152 }, 3)).toBeNull();
});

test('a zoomed photo covers its place', () => {
  const place = layout.places.a!;
  const { x, y, width, height } = zoomedRect(place, { x: 0.875, y: 0.125, scale: 4 });
  expect([width, height]).toEqual([800, 600]);
  expect(x + width).toBe(place.width);
  expect(y).toBe(0);
});
