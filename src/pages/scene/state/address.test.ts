import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../geometry/random.ts';
import { PAIR_BINS } from '../../../gaussians/pairs/views.ts';
import { SCENE_PICTURES } from '../contract/api.ts';
import { UP_AXES } from '../contract/view.ts';
import { SCENE_PARAMS } from '../params.ts';
import { formatSceneOptions, parseSceneOptions, resolveSceneUrl, type SceneAddress } from './address.ts';

/** Any state that the page can have, with as many digits as a link keeps. */
function randomAddress(seed: number): SceneAddress {
  const random = seededRandom(seed);
  const within = (min: number, max: number, digits: number) => Number((min + (max - min) * random()).toFixed(digits));
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
  const rules = SCENE_PARAMS.rule.options.map(({ value }) => value);
  return {
    address: any([null, 'samples/x.spz', 'https://example.org/a b.ply?x=1&y=2']),
    values: {
      picture: any(SCENE_PICTURES),
      rule: any(rules),
      against: any(SCENE_PARAMS.against.options.map(({ value }) => value)),
      view: {
        target: [within(-9, 9, 5), within(-9, 9, 5), within(-9, 9, 5)],
        yaw: within(-180, 180, 5),
        pitch: within(-89, 89, 5),
        distance: within(0.1, 100, 5),
      },
      up: any(UP_AXES),
      fieldOfView: within(10, 120, 1),
      floaters: within(0, 1, 2),
      bins: any(Object.keys(PAIR_BINS) as (keyof typeof PAIR_BINS)[]),
      bin: any([0, 1, 2, 3]),
      seed: Math.floor(random() * 2 ** 32),
      model: any([null, 'embedded']),
      live: random() < 0.5,
      scored: any(SCENE_PARAMS.scored.options.map(({ value }) => value)),
      maxError: within(1, 100, 1),
      sweep: any([
        { kind: 'angle', from: within(-60, 0, 3), to: within(10, 120, 3), steps: 5 },
        { kind: 'focal', from: within(0.25, 1, 3), to: within(2, 6, 3), steps: 41 },
      ]),
      views: Math.ceil(5000 * random()),
      datasetSize: any(SCENE_PARAMS.datasetSize.options.map(({ value }) => value)),
    },
  };
}

describe('the scene page in a link', () => {
  it('says nothing where nothing was changed', () => {
    expect(formatSceneOptions(parseSceneOptions({}))).toEqual({});
  });

  it('comes back as it was', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const address = randomAddress(seed);
      const options = formatSceneOptions(address);
      expect(parseSceneOptions(options)).toEqual(address);
      // What the link's reader keeps of a page's parameters.
      expect(Object.keys(options).every((name) => name === 'scene' || name.startsWith('scene.'))).toBe(true);
    }
  });

  it('keeps ranges, and takes nonsense for nothing', () => {
    const { values, address } = parseSceneOptions({
      scene: '',
      'scene.view': '1,2,3,4,95,1',
      'scene.fov': '500',
      'scene.up': 'w',
      'scene.bin': '9',
      'scene.show': '__proto__',
    });
    expect(address).toBeNull();
    expect(values).toMatchObject({ view: null, fieldOfView: 120, up: '-y', bin: 3, picture: 'colour' });
    for (const view of ['1,2,3,4,5', '1,2,3,4,5,0', '1,2,3,4,5,-1', '1,2,3,4,5,x', '1e9,0,0,0,0,1']) {
      expect(parseSceneOptions({ 'scene.view': view }).values.view).toBeNull();
    }
  });

  it('fetches http(s) alone', () => {
    expect(resolveSceneUrl('samples/a.spz', 'https://host/app/').href).toBe('https://host/app/samples/a.spz');
    for (const address of ['file:///etc/passwd', 'javascript:alert(1)', 'data:,x', 'blob:https://x/y']) {
      expect(() => resolveSceneUrl(address, 'https://host/')).toThrowError(
        expect.objectContaining({ code: 'scene-address' }),
      );
    }
  });
});
