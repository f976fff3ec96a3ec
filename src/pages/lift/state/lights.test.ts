import { describe, expect, it } from 'vitest';
import type { PointLight } from '../../../geometry/lift/lights.ts';
import { DEFAULT_LIFT } from '../contract/settings.ts';
import { colorFromHex, colorToHex, handlePlace, lightAtHandle } from './lights.ts';

const size = { width: 512, height: 384 };
const settings = {
  ...DEFAULT_LIFT,
  motion: { rotation: [10, 30, -5], translation: [-0.3, 0.2, 0.1], zoom: 1.5 },
} as const;
const light: PointLight = { position: [0.1, -0.2, 0.9], color: [1, 1, 1], power: 1 };

describe('handles of lights', () => {
  it.each(['a', 'b'] as const)(
    'a drag on view %s puts the handle where the pointer is, and keeps the distance',
    (side) => {
      const camera = { depth: settings.depth, motion: structuredClone(settings.motion) as never };
      const moved = lightAtHandle(light, { x: 0.3, y: 0.6 }, side, camera, size);
      const place = handlePlace(moved, side, camera, size);
      expect(place.x).toBeCloseTo(0.3, 9);
      expect(place.y).toBeCloseTo(0.6, 9);
      const again = lightAtHandle(moved, handlePlace(light, side, camera, size), side, camera, size);
      again.position.forEach((value, i) => expect(value).toBeCloseTo(light.position[i], 9));
    },
  );

  it('a light at the median depth has its handle where it is seen', () => {
    const place = handlePlace({ ...light, position: [0.25, 0, 1] }, 'a', DEFAULT_LIFT, size);
    expect(place.x).toBeCloseTo(0.5 + 0.6 * 0.25, 12);
    expect(place.y).toBe(0.5);
  });

  it('a light far outside keeps its handle inside the picture', () => {
    const places = [-3, -2, -1].map((x) => handlePlace({ ...light, position: [x, 3, 0] }, 'a', DEFAULT_LIFT, size));
    expect(places[0].x).toBeGreaterThan(0);
    expect(places[0].y).toBeLessThan(1);
    // And apart from its neighbours.
    expect(places[1].x - places[0].x).toBeGreaterThan(0.01);
    expect(places[2].x - places[1].x).toBeGreaterThan(0.02);
  });

  it('colours come back from their field', () => {
    for (const hex of ['#000000', '#ffffff', '#1a80e6', '#ff7f01']) expect(colorToHex(colorFromHex(hex))).toBe(hex);
  });
});
