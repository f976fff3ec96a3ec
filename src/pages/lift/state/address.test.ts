import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../geometry/random.ts';
import { LIFT_PICTURES, SWEEP_KINDS } from '../contract/api.ts';
import { DEFAULT_LIFT, HOLE_FILLS, LIFT_LIMITS, SKY_SOURCES } from '../contract/settings.ts';
import { MAX_LIGHTS } from '../../../geometry/lift/lights.ts';
import type { LiftAddress } from './address.ts';
import { DATASET_LIMITS } from '../contract/dataset.ts';
import { formatLiftOptions, parseLiftOptions } from './address.ts';
import { SWEEP_RANGES } from '../params.ts';

/** Any state that the page can have, with at most five digits after the point. */
function randomAddress(seed: number): LiftAddress {
  const random = seededRandom(seed);
  const within = ([min, max]: readonly [number, number]) => Number((min + (max - min) * random()).toFixed(5));
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
  const three = (range: readonly [number, number]): [number, number, number] => [
    within(range),
    within(range),
    within(range),
  ];
  const photometric = () => ({
    exposure: within(LIFT_LIMITS.exposure),
    gamma: within(LIFT_LIMITS.gamma),
    noise: within(LIFT_LIMITS.noise),
    blur: within(LIFT_LIMITS.photometricBlur),
    jpeg: within(LIFT_LIMITS.jpeg),
  });
  const kind = any(SWEEP_KINDS);
  return {
    settings: {
      depth: {
        scale: within(LIFT_LIMITS.scale),
        shift: within(LIFT_LIMITS.shift),
        focal: within(LIFT_LIMITS.focal),
        near: within(LIFT_LIMITS.near),
        far: within(LIFT_LIMITS.far),
        blur: within(LIFT_LIMITS.blur),
        clip: [within([0, 0.5]), within([0.6, 1])],
      },
      motion: {
        rotation: three(LIFT_LIMITS.rotation),
        translation: three(LIFT_LIMITS.translation),
        zoom: within(LIFT_LIMITS.zoom),
      },
      render: {
        longSide: Math.round(within(LIFT_LIMITS.longSide)),
        crop: any(['whole', 'square']),
        edge: within(LIFT_LIMITS.edge),
        tolerance: within(LIFT_LIMITS.tolerance),
        fill: any(HOLE_FILLS),
      },
      light: {
        on: { a: any([true, false]), b: any([true, false]) },
        ambient: within(LIFT_LIMITS.ambient),
        lights: Array.from({ length: 1 + Math.floor(random() * MAX_LIGHTS) }, () => ({
          position: three(LIFT_LIMITS.lightPosition),
          color: three([0, 1]),
          power: within(LIFT_LIMITS.power),
        })),
        shadows: any([true, false]),
      },
      photometric: { a: photometric(), b: photometric() },
      sky: { source: any(SKY_SOURCES), threshold: within(LIFT_LIMITS.skyThreshold) },
    },
    seed: Math.floor(random() * 2 ** 32),
    display: { pictures: { a: any(LIFT_PICTURES), b: any(LIFT_PICTURES) }, maxError: within([1, 100]) },
    depthChoice: any([{ kind: 'auto' }, { kind: 'estimate' }, { kind: 'network', id: 'depth-anything' }]),
    scoreSettings: { modelId: any([null, 'local:x']), isLive: any([true, false]) },
    sweepSettings: { kind, from: SWEEP_RANGES[kind].from, to: SWEEP_RANGES[kind].to, steps: 5, models: [] },
    datasetSettings: {
      views: Math.round(within(DATASET_LIMITS.views)),
      size: Math.round(within(DATASET_LIMITS.size)),
      relight: any([true, false]),
      photometric: any([true, false]),
    },
  };
}

describe('the lift page in a link', () => {
  it('says nothing where nothing was changed', () => {
    expect(formatLiftOptions(parseLiftOptions({}))).toEqual({});
  });

  it('comes back as it was', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const address = randomAddress(seed);
      const options = formatLiftOptions(address);
      expect(parseLiftOptions(options)).toEqual(address);
      // What the link's reader keeps of a page's parameters.
      expect(Object.keys(options).every((name) => name.startsWith('lift.'))).toBe(true);
      expect(Object.keys(options).length).toBeLessThan(64);
    }
  });

  it('keeps ranges, and takes nonsense for nothing', () => {
    const { settings, seed, depthChoice } = parseLiftOptions({
      'lift.rotation': '500,-500,0',
      'lift.translation': '1,two,3',
      'lift.depth': '1,2',
      'lift.lights': 'x',
      'lift.fill': 'magic',
      'lift.seed': '-3',
      'lift.source': 'file:///etc/passwd',
      'lift.soften': '0,0.9,0.1',
    });
    expect(settings.motion.rotation).toEqual([90, -90, 0]);
    expect(settings.motion.translation).toEqual(DEFAULT_LIFT.motion.translation);
    expect(settings.depth.clip).toEqual([0, 1]);
    expect(settings.light.lights).toHaveLength(2);
    expect(settings.render.fill).toBe('push-pull');
    expect(seed).toBe(0);
    expect(depthChoice).toEqual({ kind: 'auto' });
  });

  it('tells nothing of a dropped depth map, which has no address', () => {
    const address = parseLiftOptions({});
    address.depthChoice = { kind: 'file', file: new Blob([]), name: 'x.npy', meaning: 'depth' };
    expect(formatLiftOptions(address)).toEqual({});
  });
});
