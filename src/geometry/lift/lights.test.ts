import { expect, test } from 'vitest';
import { LIFT_LIMITS } from '../../pages/lift/contract/settings.ts';
import { drawLights, POWER_UNIT } from './lights.ts';

const draws = Array.from({ length: 300 }, (_, seed) => drawLights(seed));

test('the same seed gives the same lights, another gives others', () => {
  expect(drawLights(12)).toEqual(drawLights(12));
  expect(drawLights(12)).not.toEqual(drawLights(13));
});

test('every draw lies in L2M’s ranges, and all of them are used', () => {
  const lights = draws.flatMap((draw) => draw.lights);
  expect(new Set(draws.map((draw) => draw.lights.length))).toEqual(new Set([2, 3, 4, 5]));
  expect(new Set(lights.map((light) => light.position[1]))).toEqual(new Set([-1, -2]));
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
  const expectRange = (values: number[], low: number, high: number) => {
    const [least, most] = range(values);
    const width = high - low;
    expect(least).toBeGreaterThanOrEqual(low);
    expect(least).toBeLessThan(low + 0.05 * width);
    expect(most).toBeLessThanOrEqual(high);
    expect(most).toBeGreaterThan(high - 0.05 * width);
  };
  expectRange(
    lights.map((light) => light.power * POWER_UNIT),
    400,
    2000,
  );
  expectRange(
    lights.flatMap((light) => light.color),
    0.5,
    1,
  );
  expectRange(
    lights.map((light) => light.position[0]),
    -2,
    3,
  );
  expectRange(
    lights.map((light) => light.position[2]),
    -2,
    2,
  );
  expectRange(
    draws.map((draw) => draw.ambient),
    1.6 / 4.2,
    2.6 / 4.2,
  );
  expectRange(
    draws.map((draw) => draw.depth.scale),
    0.7,
    1.3,
  );
  expectRange(
    draws.map((draw) => draw.depth.shift),
    0,
    0.2,
  );
});

test('what is drawn fits the sliders', () => {
  for (const { ambient, lights } of draws) {
    expect(ambient).toBeLessThan(LIFT_LIMITS.ambient[1]);
    for (const { power, position } of lights) {
      expect(power).toBeLessThan(LIFT_LIMITS.power[1]);
      for (const v of position) expect(Math.abs(v)).toBeLessThanOrEqual(LIFT_LIMITS.lightPosition[1]);
    }
  }
});
