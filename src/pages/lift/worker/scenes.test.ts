import { describe, expect, test, vi } from 'vitest';
import { fitMap, fitPixels, fittedSize } from './depth/fit-photo.ts';
import { liftedPhoto, NO_SKY_MODEL, smallSettings } from './lift-scene.test-helper.ts';
import { Scenes } from './scenes.ts';

describe('fitting to the rendered size', () => {
  test('the long side is as wanted, whole or cut to the middle square', () => {
    const photo = { width: 600, height: 400 };
    expect(fittedSize(photo, { longSide: 300, crop: 'whole' })).toEqual({ width: 300, height: 200 });
    expect(fittedSize(photo, { longSide: 300, crop: 'square' })).toEqual({ width: 300, height: 300 });
  });

  test('colour and map show the same part', () => {
    const photo = { data: new Uint8ClampedArray(4 * 120 * 60), width: 120, height: 60 };
    // A ramp to the right in both.
    for (let i = 0; i < 120 * 60; i++) photo.data.set([2 * (i % 120), 0, 0, 255], 4 * i);
    const values = Float32Array.from({ length: 60 * 30 }, (_, i) => 2 * (2 * (i % 60) + 0.5));
    const fit = { longSide: 40, crop: 'square' } as const;
    const colour = fitPixels(photo, fit);
    const map = fitMap({ size: { width: 60, height: 30 }, values }, photo, fit);
    for (let i = 0; i < map.length; i++) expect(Math.abs(map[i] - colour.data[4 * i])).toBeLessThan(2.5);
  });
});

describe('what is kept', () => {
  test('a network for the sky runs once a photo, whatever is set', async () => {
    const { photo, depth } = liftedPhoto({ width: 90, height: 60 });
    const size = { width: 3, height: 2 };
    const skyMap = vi.fn(async () => ({ size, values: Float32Array.of(1, 1, 1, 0, 0, 0) }));
    const scenes = new Scenes({ skyKey: async () => 'skyseg.onnx', skyMap });
    const settings = smallSettings(60);
    settings.sky = { source: 'model', threshold: 0.5 };
    const first = await scenes.get(photo, depth, settings);
    expect(first.sky![0]).toBe(1);
    expect(first.sky!.at(-1)).toBe(0);
    const second = await scenes.get(photo, depth, { ...settings, sky: { source: 'model', threshold: 0.9 } });
    expect(second).toEqual(first);
    const larger = { ...settings, render: { ...settings.render, longSide: 90 } };
    expect((await scenes.get(photo, depth, larger)).size).toEqual({ width: 90, height: 60 });
    expect(skyMap).toHaveBeenCalledTimes(1);
  });

  test('another depth makes another scene with the same photo', async () => {
    const { photo, depth } = liftedPhoto({ width: 90, height: 60 });
    const scenes = new Scenes(NO_SKY_MODEL);
    const settings = smallSettings(60);
    const first = await scenes.get(photo, depth, settings);
    const second = await scenes.get(photo, { ...depth, key: 'other' }, settings);
    expect(second.key).not.toBe(first.key);
    expect(second.photo).toBe(first.photo);
  });
});
