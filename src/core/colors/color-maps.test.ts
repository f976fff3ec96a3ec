import { describe, expect, test } from 'vitest';
import { COLOR_MAP_SIZE, colorMapAt, colorMapGradient, colorMapRows, colorMapTable, COLOR_MAPS } from './color-maps.ts';
import type { ColorMapName } from './color-maps.ts';

/** Entries of the published tables that lie between our knots, 0…255. */
const PUBLISHED: Record<ColorMapName, Record<number, number[]>> = {
  viridis: { 7: [70, 11, 94], 64: [59, 82, 139], 133: [31, 149, 139], 201: [115, 208, 86], 253: [248, 230, 33] },
  magma: { 7: [3, 3, 15], 64: [81, 18, 124], 133: [191, 58, 119], 201: [253, 154, 106], 253: [252, 249, 187] },
  turbo: { 7: [56, 39, 109], 64: [40, 188, 235], 133: [177, 249, 54], 201: [243, 99, 21], 253: [129, 6, 2] },
  cividis: { 7: [0, 40, 89], 64: [67, 78, 108], 133: [129, 127, 120], 201: [197, 181, 104], 253: [254, 229, 53] },
};

describe.each(COLOR_MAPS)('%s', (name) => {
  test('is the published map', () => {
    const table = colorMapTable(name);
    expect(table.length).toBe(COLOR_MAP_SIZE * 4);
    for (const [index, color] of Object.entries(PUBLISHED[name])) {
      const entry = [...table.subarray(Number(index) * 4, Number(index) * 4 + 3)];
      const worst = Math.max(...entry.map((c, i) => Math.abs(c - color[i])));
      expect(worst, `${index}: ${entry.join()}`).toBeLessThanOrEqual(name === 'cividis' ? 4 : 1.5);
    }
  });

  test('is opaque and ends where its gradient does', () => {
    const table = colorMapTable(name);
    expect(table.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
    const hex = (index: number) =>
      `#${[...table.subarray(index * 4, index * 4 + 3)].map((c) => c.toString(16).padStart(2, '0')).join('')}`;
    expect(colorMapGradient(name)).toContain(hex(0));
    expect(colorMapGradient(name)).toContain(hex(255));
  });
});

test.each(['viridis', 'magma', 'cividis'] as const)('%s grows lighter all the way', (name) => {
  const table = colorMapTable(name);
  const light = (i: number) => 0.2126 * table[i * 4] + 0.7152 * table[i * 4 + 1] + 0.0722 * table[i * 4 + 2];
  for (let i = 5; i < COLOR_MAP_SIZE; i += 5) expect(light(i)).toBeGreaterThan(light(i - 5));
});

test('values are read between entries and beyond the ends', () => {
  expect(colorMapAt('viridis', -1)).toEqual([...colorMapTable('viridis').subarray(0, 3)]);
  expect(colorMapAt('viridis', 2)).toEqual([...colorMapTable('viridis').subarray(-4, -1)]);
  const [from, to] = [colorMapAt('turbo', 40 / 255), colorMapAt('turbo', 41 / 255)];
  expect(colorMapAt('turbo', 40.5 / 255)[1]).toBeCloseTo((from[1] + to[1]) / 2, 6);
});

test('the rows are in the order of the names', () => {
  COLOR_MAPS.forEach((name, row) => {
    expect(colorMapRows().subarray(row * COLOR_MAP_SIZE * 4, (row + 1) * COLOR_MAP_SIZE * 4)).toEqual(
      colorMapTable(name),
    );
  });
});
