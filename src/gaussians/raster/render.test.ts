import { describe, expect, it } from 'vitest';
import { activate } from '../activate.ts';
import { lookAt, type SplatCamera, translationAt } from '../camera.ts';
import { createTable, type GaussianTable, logit, sh0OfColor } from '../table.ts';
import { hasParity, loadRecorded } from './parity.test-helper.ts';
import { projectGaussians } from './project.ts';
import { renderSplats } from './render.ts';

const camera = (width: number, height: number, z = 0): SplatCamera => ({
  width,
  height,
  fx: 40,
  fy: 44,
  cx: width / 2 + 0.3,
  cy: height / 2 - 0.2,
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  translation: [0, 0, -z],
});

interface Blob {
  place: [number, number, number];
  scale: [number, number, number];
  opacity: number;
  colour: [number, number, number];
}

function tableOf(blobs: Blob[]): GaussianTable {
  const table = createTable(blobs.length, 0);
  blobs.forEach(({ place, scale, opacity, colour }, i) => {
    table.positions.set(place, 3 * i);
    table.logScales.set(scale.map(Math.log), 3 * i);
    table.opacityLogits[i] = logit(opacity);
    table.sh0.set(colour.map(sh0OfColor), 3 * i);
  });
  return table;
}

/** Largest absolute difference; only where `where` is 1. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>, where?: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    if (where && where[i] !== 1) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}

describe('renderSplats', () => {
  it('draws one ball as the formula says', () => {
    const [width, height] = [33, 21];
    const lens = camera(width, height);
    const gaussians = activate(
      tableOf([{ place: [0, 0, 2], scale: [0.1, 0.1, 0.1], opacity: 0.8, colour: [0.9, 0.4, 0.1] }]),
    );
    const maps = renderSplats(gaussians, lens);
    const s = gaussians.scales[0];
    // On the axis the Jacobian is diag(f/z) and the off-diagonal column meets a zero offset.
    const [xx, yy] = [((40 * s) / 2) ** 2 + 0.3, ((44 * s) / 2) ** 2 + 0.3];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x + 0.5 - lens.cx, y + 0.5 - lens.cy];
        let alpha = gaussians.opacities[0] * Math.exp(-0.5 * (dx ** 2 / xx + dy ** 2 / yy));
        if (alpha < 1 / 255) alpha = 0;
        const i = y * width + x;
        expect(Math.abs(maps.alpha[i] - alpha)).toBeLessThan(1e-12);
        // The table holds float32.
        expect(Math.abs(maps.colour[i] - 0.9 * alpha)).toBeLessThan(1e-6);
        expect(Math.abs(maps.colour[2 * width * height + i] - 0.1 * alpha)).toBeLessThan(1e-6);
        expect(maps.dominant[i]).toBe(alpha ? 0 : -1);
        expect(maps.contributors[i]).toBe(alpha ? 1 : 0);
        if (!alpha) continue;
        expect(maps.depth.centre[i]).toBeCloseTo(2, 12);
        // A ball is densest where the ray passes its centre.
        const v = [dx / 40, dy / 44];
        expect(maps.depth.rayMedian[i]).toBeCloseTo(2 / (v[0] ** 2 + v[1] ** 2 + 1), 10);
      }
    }
  });

  it('composes two in the order in which the camera sees them', () => {
    const blobs: Blob[] = [
      { place: [0, 0, 2], scale: [0.3, 0.3, 0.05], opacity: 0.6, colour: [1, 0, 0] },
      { place: [0.05, 0, 3], scale: [0.4, 0.4, 0.05], opacity: 0.7, colour: [0, 1, 0] },
    ];
    const gaussians = activate(tableOf(blobs));
    const front = camera(31, 17);
    const rotation = lookAt([0, 0, 6], [0, 0, 0], [0, -1, 0]);
    const back: SplatCamera = { ...front, rotation, translation: translationAt(rotation, [0, 0, 6]) };
    for (const [view, first] of [
      [front, 0],
      [back, 1],
    ] as const) {
      const both = renderSplats(gaussians, view, { background: [0.1, 0.2, 0.3] });
      const alone = blobs.map((blob) => renderSplats(activate(tableOf([blob])), view));
      const points = 31 * 17;
      for (let i = 0; i < points; i++) {
        const [near, far] = [alone[first].alpha[i], alone[1 - first].alpha[i]];
        const red = first === 0 ? near : far * (1 - near);
        const green = first === 0 ? far * (1 - near) : near;
        const rest = (1 - near) * (1 - far);
        expect(Math.abs(both.colour[i] - red - 0.1 * rest)).toBeLessThan(1e-6);
        expect(Math.abs(both.colour[points + i] - green - 0.2 * rest)).toBeLessThan(1e-6);
        if (near > far * (1 - near)) expect(both.dominant[i]).toBe(first);
      }
    }
  });

  it('draws nothing of what is behind, too near, transparent, or no number', () => {
    const blobs: Blob[] = [
      { place: [0, 0, -2], scale: [0.1, 0.1, 0.1], opacity: 0.9, colour: [1, 1, 1] },
      { place: [0, 0, 0.19], scale: [0.1, 0.1, 0.1], opacity: 0.9, colour: [1, 1, 1] },
      { place: [0, 0, 2], scale: [0.1, 0.1, 0.1], opacity: 0.003, colour: [1, 1, 1] },
      { place: [NaN, 0, 2], scale: [0.1, 0.1, 0.1], opacity: 0.9, colour: [1, 1, 1] },
      { place: [0, 0, 2], scale: [1e170, 1e170, 1e170], opacity: 0.9, colour: [1, 1, 1] },
      { place: [50, 0, 2], scale: [0.1, 0.1, 0.1], opacity: 0.9, colour: [1, 1, 1] },
    ];
    const maps = renderSplats(activate(tableOf(blobs)), camera(20, 20));
    expect(Math.max(...maps.alpha)).toBe(0);
    expect(maps.colour.every((value) => value === 0)).toBe(true);
    expect(maps.dominant.every((value) => value === -1)).toBe(true);
  });

  it('leaves geometry alone where only colour is asked for', () => {
    const gaussians = activate(
      tableOf([{ place: [0, 0, 2], scale: [0.1, 0.2, 0.1], opacity: 0.8, colour: [0.9, 0.4, 0.1] }]),
    );
    const full = renderSplats(gaussians, camera(19, 35));
    const quick = renderSplats(gaussians, camera(19, 35), { colourOnly: true });
    expect(quick.colour).toEqual(full.colour);
    expect(quick.alpha).toEqual(full.alpha);
    expect(quick.depth.centre.every((z) => z === 0)).toBe(true);
  });
});

describe.runIf(hasParity())('against the recorded pictures', () => {
  const recorded = loadRecorded();

  it.each(['micro_a', 'micro_b'] as const)('%s: every map to 1e-6', (name) => {
    const lens = recorded.camera(name);
    const maps = renderSplats(recorded.gaussians('micro'), lens);
    const seen = projectGaussians(recorded.gaussians('micro'), lens);
    expect(seen.count).toBe(recorded.tensor(`${name}_visible`).reduce((sum, v) => sum + v, 0));
    const of = (map: string) => recorded.tensor(`${name}_${map}`);
    expect(worst(maps.colour, of('colour_sh3'))).toBeLessThan(1e-6);
    expect(worst(maps.alpha, of('alpha'))).toBeLessThan(1e-6);
    expect(worst(maps.depth.centre, of('expected_depth'))).toBeLessThan(1e-6);
    expect(worst(maps.depth.median, of('median_depth'))).toBeLessThan(1e-6);
    expect(worst(maps.normal, of('normal'))).toBeLessThan(1e-6);
    expect(worst(maps.dominant, of('dominant_index'))).toBe(0);
    expect(worst(maps.contributors, of('count'))).toBe(0);
    // The recorded depth is negative where the blended plane is met behind the camera; here it is then 0.
    const met = of('plane_mask').map((mask, i) => (mask === 1 && of('plane_depth')[i] > 0 ? 1 : 0));
    expect(met.reduce((sum, v) => sum + v, 0)).toBeGreaterThan(700);
    expect(worst(maps.depth.plane, of('plane_depth'), met)).toBeLessThan(1e-6);
    expect(Math.min(...maps.depth.plane)).toBe(0);
    expect(worst(maps.depth.rayExpected, of('ray_expected_depth'))).toBeLessThan(1e-6);
    expect(worst(maps.depth.rayMedian, of('ray_median_depth'))).toBeLessThan(1e-6);
    const faces = Float64Array.from(maps.facing, (cosine) => (Math.abs(cosine) > 0.1 ? 1 : 0));
    expect(worst(faces, of('plane_mask'))).toBe(0);
  });

  it('every degree of the harmonics, the background, and compensated opacity', () => {
    const lens = recorded.camera('micro_a');
    for (const shDegree of [0, 1, 2, 3] as const) {
      const maps = renderSplats(recorded.gaussians('micro'), lens, { shDegree });
      expect(worst(maps.colour, recorded.tensor(`micro_a_colour_sh${shDegree}`))).toBeLessThan(1e-6);
    }
    const background = [...recorded.tensor('micro_background')] as [number, number, number];
    const before = renderSplats(recorded.gaussians('micro'), lens, { background });
    expect(worst(before.colour, recorded.tensor('micro_a_colour_background'))).toBeLessThan(1e-6);
    const mip = renderSplats(recorded.gaussians('micro', true), lens);
    expect(worst(mip.colour, recorded.tensor('micro_a_colour_mip'))).toBeLessThan(1e-6);
    expect(worst(mip.alpha, recorded.tensor('micro_a_alpha_mip'))).toBeLessThan(1e-6);
  });

  it('12,288 Gaussians', () => {
    const maps = renderSplats(recorded.gaussians('small'), recorded.camera('small'));
    expect(worst(maps.colour, recorded.tensor('small_colour'))).toBeLessThan(1e-6);
    expect(worst(maps.alpha, recorded.tensor('small_alpha'))).toBeLessThan(1e-6);
    expect(worst(maps.depth.centre, recorded.tensor('small_expected_depth'))).toBeLessThan(1e-6);
    expect(worst(maps.depth.median, recorded.tensor('small_median_depth'))).toBeLessThan(1e-6);
    expect(worst(maps.dominant, recorded.tensor('small_dominant_index'))).toBe(0);
  });
});
