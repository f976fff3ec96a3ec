import { describe, expect, it } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import { crowdDistances, floaterLimits, floaterMask, NO_FLOATER_LIMITS, shownIndices } from './floaters.ts';
import { FLAT_BELOW, flatnessOf, radiusToSee, sceneStatistics } from './statistics.ts';
import { createTable, type GaussianTable, logit, selectGaussians } from './table.ts';

const SURFACE = 4000;
const FLOATERS = 40;

/** A unit sphere of discs about (5, −2, 1), and floaters: far, huge or faint ones in turn. */
function sphereWithFloaters(thickness: number): GaussianTable {
  const random = seededRandom(9);
  const table = createTable(SURFACE + FLOATERS, 0);
  for (let i = 0; i < table.count; i++) {
    const z = 2 * random() - 1;
    const angle = 2 * Math.PI * random();
    const isFloater = i >= SURFACE;
    const kind = i % 3;
    const radius = isFloater && kind === 0 ? 2 + 30 * random() : 1;
    const flat = Math.sqrt(1 - z * z);
    table.positions.set(
      [5 + radius * flat * Math.cos(angle), -2 + radius * flat * Math.sin(angle), 1 + radius * z],
      3 * i,
    );
    const size = isFloater && kind === 1 ? 6 : 0.03;
    table.logScales.set([size, size * thickness, size * 1.2].map(Math.log), 3 * i);
    table.opacityLogits[i] = logit(isFloater && kind === 2 ? 0.01 : 0.9);
  }
  return table;
}

describe('statistics of a scene', () => {
  const table = sphereWithFloaters(0.02);
  const statistics = sceneStatistics(
    selectGaussians(
      table,
      Uint32Array.from({ length: SURFACE }).map((_, i) => i),
    ),
  );

  it('shows an object whole, and of a far background nothing', () => {
    expect(radiusToSee(statistics)).toBeCloseTo(1, 1);
    expect(radiusToSee({ radius: 1, outerRadius: 1.9 })).toBe(1.9);
    expect(radiusToSee({ radius: 1, outerRadius: 40 })).toBe(1);
  });

  it('finds the middle and the extent of a sphere', () => {
    statistics.center.forEach((value, k) => expect(value).toBeCloseTo([5, -2, 1][k]!, 1));
    expect(statistics.radius).toBeGreaterThan(0.95);
    expect(statistics.radius).toBeLessThan(1.1);
    statistics.min.forEach((value, k) => expect(value).toBeCloseTo([4, -3, 0][k]!, 1));
    statistics.max.forEach((value, k) => expect(value).toBeCloseTo([6, -1, 2][k]!, 1));
    expect(statistics.size).toBeCloseTo(0.036, 4);
  });

  it('is not moved by faint and far floaters', () => {
    const few = shownIndices(Uint8Array.from({ length: table.count }, (_, i) => (i < SURFACE || i % 3 !== 1 ? 1 : 0)));
    const withThem = sceneStatistics(selectGaussians(table, few));
    withThem.center.forEach((value, k) => expect(value).toBeCloseTo([5, -2, 1][k]!, 1));
    expect(withThem.radius).toBeLessThan(1.1);
    withThem.max.forEach((value, k) => expect(value).toBeLessThan([6.2, -0.8, 2.2][k]!));
  });

  it('tells discs from balls', () => {
    expect(flatnessOf(table, 0)).toBeCloseTo(0.02, 5);
    expect(statistics.flatness).toBeLessThan(FLAT_BELOW);
    expect(sceneStatistics(sphereWithFloaters(0.9)).flatness).toBeCloseTo(0.9, 4);
    expect(sceneStatistics(createTable(0, 0)).radius).toBe(0);
  });
});

describe('floaters', () => {
  const table = sphereWithFloaters(0.02);
  const statistics = sceneStatistics(table);
  const crowd = crowdDistances(table, { ...statistics, center: [5, -2, 1], radius: 1 });
  const shownBy = (limits: Parameters<typeof floaterMask>[3]) =>
    floaterMask(table, { ...statistics, radius: 1 }, crowd, limits);

  it('lie far from the crowd', () => {
    const surface = crowd.subarray(0, SURFACE);
    expect(Math.max(...surface)).toBeLessThan(0.7);
    for (let i = SURFACE; i < table.count; i++) {
      if (i % 3 === 0) expect(crowd[i]).toBeGreaterThan(0.7);
    }
  });

  it('are hidden by the slider while the surface stays, and nothing is at its end', () => {
    expect(shownBy(NO_FLOATER_LIMITS).every((shown) => shown === 1)).toBe(true);
    expect(floaterLimits(0)).toBe(NO_FLOATER_LIMITS);
    const mask = shownBy(floaterLimits(0.4));
    expect(mask.subarray(0, SURFACE).reduce((sum, shown) => sum + shown, 0) / SURFACE).toBeGreaterThan(0.99);
    expect(mask.subarray(SURFACE).reduce((sum, shown) => sum + shown, 0)).toBe(0);
  });

  it('are hidden in ever greater numbers', () => {
    const shown = [0, 0.2, 0.5, 0.8, 1].map((strength) => shownIndices(shownBy(floaterLimits(strength))).length);
    expect(shown).toEqual(shown.toSorted((a, b) => b - a));
  });
});
