import { describe, expect, it } from 'vitest';
import { CodedError } from '../core/errors.ts';
import { rotationOf } from '../core/rotation.ts';
import type { SolidShape } from '../gaussians/truth/solid.ts';
import { randomNumbers } from './fixtures.test-helper.ts';
import { encodeSceneSurfaces, isSurfacesText, MAX_SURFACES_TEXT_BYTES, readSceneSurfaces } from './scene-surfaces.ts';

const r = rotationOf([0.3, -0.8, 1.1]);
const SOLIDS: SolidShape[] = [
  { shape: 'sphere', at: [0.1, -2, 3], half: [1, 1, 1] },
  {
    ...{ shape: 'frustum', at: [1, 2, 3], half: [0.5, 0.25, 0.5] },
    ...{ axes: [r.slice(0, 3), r.slice(3, 6), r.slice(6)] as never, radii: [0.05, 0], open: true },
  },
];
const read = (text: string, name = 'surfaces.json') => readSceneSurfaces({ name, text });

describe('true surfaces of a scene', () => {
  it('come back from the file that we write, to eight digits', () => {
    const text = encodeSceneSurfaces(SOLIDS);
    expect(isSurfacesText(text)).toBe(true);
    const [ball, cup] = read(text);
    expect(ball).toEqual(SOLIDS[0]);
    expect(cup).toMatchObject({ ...SOLIDS[1], axes: expect.anything() });
    cup!.axes!.flat().forEach((value, k) => expect(value).toBeCloseTo(r[k]!, 7));
  });

  it('are told from cameras by their text', () => {
    expect(isSurfacesText('[{"id":0,"img_name":"a","surfaces":1}]')).toBe(false);
    expect(isSurfacesText('# Camera list\n1 PINHOLE 640 480 500 510 320 240')).toBe(false);
    expect(isSurfacesText('\n{ "version": 1, "surfaces": []}')).toBe(true);
  });

  const [whole] = [encodeSceneSurfaces(SOLIDS)];
  it.each([
    ['no JSON', whole.slice(0, -4), /^surfaces\.json: It is no JSON/],
    ['another version', whole.replace('"version":1', '"version":2'), /at version/],
    ['none', '{"version":1,"surfaces":[]}', /at surfaces/],
    ['an unknown shape', whole.replace('frustum', 'torus'), /at surfaces\.1\.shape/],
    ['a flat one', whole.replace('[0.5,0.25,0.5]', '[0.5,0,0.5]'), /at surfaces\.1\.half\.1/],
    ['far away', whole.replace('[1,2,3]', '[1,2e30,3]'), /at surfaces\.1\.at\.1/],
    ['skewed axes', whole.replace(/"axes":\[\[[^,]+/, '"axes":[[0.2'), /at surfaces\.1\.axes/],
    ['negative radii', whole.replace('[0.05,0]', '[-1,0]'), /at surfaces\.1\.radii\.0/],
  ])('with %s are refused, with the place', (_, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'surfaces-malformed', message: expect.stringMatching(message) }),
    );
  });

  it('of a text that is too long are not parsed', () => {
    const text = { length: MAX_SURFACES_TEXT_BYTES + 1 } as string;
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  it('give a value or a coded error for any damage', () => {
    const random = randomNumbers(7);
    let values = 0;
    for (let i = 0; i < 600; i++) {
      const at = Math.floor(random() * whole.length);
      const put = ['', '-', ' ', '9e999', 'x', '"', '0', 'null'][Math.floor(random() * 8)];
      try {
        values += read(whole.slice(0, at) + put + whole.slice(at + Math.floor(random() * 3))).length;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CodedError);
      }
    }
    expect(values).toBeGreaterThan(50);
  });
});
