import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../geometry/random.ts';
import { activate, type ActiveGaussians } from '../activate.ts';
import type { SplatCamera } from '../camera.ts';
import { cloudCamera, randomScene } from '../random-scene.test-helper.ts';
import { renderSplats } from '../raster/render.ts';
import type { ShDegree } from '../table.ts';
import { chainToScene, createGradients } from './chain.ts';
import { movedCamera } from './moved-camera.ts';
import { renderView, screenGradients } from './screen.ts';

type Mutable = { -readonly [K in keyof ActiveGaussians]: ActiveGaussians[K] };

/** A scene in float64, so that differences mean something. */
function scene(count: number, degree: ShDegree, antialiased: boolean, seed: number): ActiveGaussians {
  const table = randomScene(count, degree, seed);
  // None so thin that the third derivative hides the first.
  for (let i = 0; i < table.logScales.length; i++) table.logScales[i] = Math.max(-3.5, table.logScales[i]);
  const active = activate({ ...table, tags: { ...table.tags, antialiased } });
  const wide = (values: ArrayLike<number>) => Float64Array.from(values);
  return {
    ...active,
    positions: wide(active.positions),
    quaternions: wide(active.quaternions),
    sh0: wide(active.sh0),
    shRest: wide(active.shRest),
  };
}

const BACKGROUND: [number, number, number] = [0.3, 0.1, 0.6];

describe('renderView', () => {
  it('gives the judge’s picture', () => {
    const gaussians = scene(300, 1, false, 4);
    const camera = cloudCamera(45, 31);
    const view = renderView(gaussians, camera, BACKGROUND);
    const judge = renderSplats(gaussians, camera, { background: BACKGROUND });
    const worst = Math.max(...view.colour.map((value, i) => Math.abs(value - judge.colour[i])));
    expect(worst).toBeLessThan(1e-12);
    expect(Math.max(...view.alpha.map((value, i) => Math.abs(value - judge.alpha[i])))).toBeLessThan(1e-12);
  });
});

describe('gradients of a view', () => {
  it.each([
    [0, false, 29, 23, 1],
    [3, true, 33, 19, 2],
  ] as [ShDegree, boolean, number, number, number][])(
    'degree %d, antialiased %s, %d×%d: what finite differences say, for every kind of parameter',
    (degree, antialiased, width, height, seed) => {
      const gaussians = scene(40, degree, antialiased, seed);
      const camera = cloudCamera(width, height);
      const points = width * height;
      const random = seededRandom(9);
      const byColour = Float64Array.from({ length: 3 * points }, () => random() - 0.5);
      const byAlpha = Float64Array.from({ length: points }, () => random() - 0.5);
      const loss = (given: ActiveGaussians, lens: SplatCamera) => {
        const { colour, alpha } = renderView(given, lens, BACKGROUND);
        let sum = 0;
        for (let i = 0; i < 3 * points; i++) sum += byColour[i] * colour[i];
        for (let i = 0; i < points; i++) sum += byAlpha[i] * alpha[i];
        return sum;
      };
      const view = renderView(gaussians, camera, BACKGROUND);
      const out = createGradients(gaussians);
      chainToScene(gaussians, view, screenGradients(view, { colour: byColour, alpha: byAlpha }), out);

      const step = 1e-6;
      let compared = 0;
      const check = (name: string, analytic: number, at: (offset: number) => number) => {
        const numeric = (at(step) - at(-step)) / (2 * step);
        expect(Math.abs(analytic - numeric), `${name}: ${analytic} and ${numeric}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(numeric)),
        );
        if (Math.abs(numeric) > 1e-3) compared++;
      };
      const change = (
        key: 'positions' | 'scales' | 'quaternions' | 'opacities' | 'sh0' | 'shRest',
        i: number,
        value: number,
      ) => {
        const values = Float64Array.from(gaussians[key]);
        values[i] = value;
        return loss({ ...gaussians, [key]: values } as Mutable, camera);
      };
      const kinds = [
        ['positions', 'positions', 3],
        ['quaternions', 'quaternions', 4],
        ['sh0', 'sh0', 3],
        ...(degree > 0 ? [['shRest', 'shRest', 45] as const] : []),
      ] as const;
      for (let i = 1; i < gaussians.count; i += 3) {
        for (const [key, name, width_] of kinds) {
          const k = width_ * i + (i % width_);
          check(`${name} ${k}`, out[name][k], (h) => change(key, k, gaussians[key][k] + h));
        }
        const k = 3 * i + (i % 3);
        check(`scale ${k}`, out.logScales[k], (h) => change('scales', k, gaussians.scales[k] * Math.exp(h)));
        const o = gaussians.opacities[i];
        const odds = Math.log(o / (1 - o));
        check(`opacity ${i}`, out.opacityLogits[i], (h) => change('opacities', i, 1 / (1 + Math.exp(-odds - h))));
      }
      const { turn, shift, fx, fy, cx, cy } = out.camera;
      const still = { turn: [0, 0, 0], shift: [0, 0, 0], fx: 0, fy: 0, cx: 0, cy: 0 } as const;
      for (let n = 0; n < 3; n++) {
        const along = (h: number) => [0, 1, 2].map((m) => (m === n ? h : 0)) as [number, number, number];
        check(`turn ${n}`, turn[n], (h) => loss(gaussians, movedCamera(camera, { ...still, turn: along(h) })));
        check(`shift ${n}`, shift[n], (h) => loss(gaussians, movedCamera(camera, { ...still, shift: along(h) })));
      }
      for (const [key, value] of Object.entries({ fx, fy, cx, cy })) {
        check(key, value, (h) => loss(gaussians, movedCamera(camera, { ...still, [key]: h })));
      }
      expect(compared).toBeGreaterThan(30);
    },
  );
});
