import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../core/errors.ts';
import type { ChosenConversion } from './recipes.ts';
import { CATALOG } from '../../../networks/catalog.ts';
import { recipeOfAddresses, recipeOfEntry, recipeOfFiles } from './recipes.ts';

const CHOSEN: ChosenConversion = {
  family: 'auto',
  size: 560,
  hasSecondPass: true,
  fineSize: null,
  precision: 'fp16',
  heads: null,
  decoderHeads: null,
  normalise: null,
  branch: null,
  release: null,
  tokens: null,
  positionCode: null,
  keypoints: null,
};
const ID = /^[a-z0-9][a-z0-9._-]*$/;

describe('recipes', () => {
  it('of every published checkpoint: its files, and an id that a folder can have', () => {
    for (const entry of CATALOG) {
      const recipe = recipeOfEntry(entry, CHOSEN);
      expect(recipe.id).toMatch(ID);
      expect(recipe.files).toEqual(entry.files.map(({ name, url, bytes, sha256 }) => ({ name, url, bytes, sha256 })));
      expect(recipe).toMatchObject({ licence: entry.licence, choices: { size: [560, 560], precision: 'fp16' } });
    }
  });

  it('give conversions that differ other ids', () => {
    const variants = [
      CHOSEN,
      { ...CHOSEN, size: 672 },
      { ...CHOSEN, precision: 'q8' as const },
      { ...CHOSEN, fineSize: 864 },
      { ...CHOSEN, hasSecondPass: false },
      { ...CHOSEN, normalise: 'imagenet' as const },
    ];
    const ids = variants.map((chosen) => recipeOfEntry(CATALOG[0], chosen).id);
    expect(ids).toEqual([
      'l2mpp-v1-560-fp16',
      'l2mpp-v1-672-fp16',
      'l2mpp-v1-560-q8',
      'l2mpp-v1-560-864-fp16',
      'l2mpp-v1-560-single-fp16',
      'l2mpp-v1-560-imagenet-fp16',
    ]);
  });

  it('say of a second pass what was chosen, and leave the rest to the family', () => {
    const choices = (patch: Partial<ChosenConversion>) => recipeOfEntry(CATALOG[0], { ...CHOSEN, ...patch }).choices;
    const told = { as: 'auto', normalise: 'none', precision: 'fp16' };
    expect(choices({})).toEqual({ ...told, size: [560, 560] });
    expect(choices({ fineSize: 864, heads: 3, decoderHeads: 4 })).toMatchObject({
      fineSize: [864, 864],
      heads: 3,
      decoderHeads: 4,
    });
    expect(choices({ hasSecondPass: false, size: null })).toEqual({ ...told, fineSize: null });
  });

  it('say what the publisher tells and the file does not, unless the person says otherwise', () => {
    const choices = (id: string, patch: Partial<ChosenConversion> = {}) =>
      recipeOfEntry(CATALOG.find((entry) => entry.id === id)!, { ...CHOSEN, ...patch }).choices;
    expect(choices('roma-outdoor').normalise).toBe('imagenet');
    expect(choices('minima-roma').normalise).toBe('imagenet');
    expect(choices('matchanything-roma').normalise).toBe('none');
    expect(choices('romav2')).toMatchObject({ normalise: 'imagenet', release: '2.0.1' });
    expect(choices('romav2', { release: '2.0.0' }).release).toBe('2.0.0');
    expect(choices('dinov3-l', { normalise: 'satellite' }).normalise).toBe('satellite');
  });

  it('of dropped files: published ones by their names, others by their own', () => {
    expect(recipeOfFiles(['l2m_vit_base.pth'], CHOSEN)).toMatchObject({
      id: 'l2m-vit-b-560-fp16',
      name: 'L2M encoder ViT-B/14, 560 px, fp16',
      files: [],
    });
    expect(recipeOfFiles(['My Model (2).pth.ckpt'], { ...CHOSEN, size: null })).toMatchObject({
      id: 'my-model-2-fp16',
      name: 'My Model (2), fp16',
      licence: 'NOASSERTION',
    });
    expect(recipeOfFiles(['…….pth'], CHOSEN).id).toMatch(ID);
  });

  it('of addresses, one a line or several', () => {
    const recipe = recipeOfAddresses(
      ' https://host.test/a%20b.pth\n\nhttp://localhost:8080/vit.safetensors?download=true ',
      CHOSEN,
    );
    expect(recipe.files.map(({ name }) => name)).toEqual(['a b.pth', 'vit.safetensors']);
    expect(recipe.files[1].url).toBe('http://localhost:8080/vit.safetensors?download=true');
    expect(recipe.id).toBe('a-b-560-fp16');
  });

  it.each(['', 'model.pth', 'https://ok.test/a.pth javascript:alert(1)', 'file:///etc/passwd'])(
    'refuse the address %j',
    (text) => {
      expect(() => recipeOfAddresses(text, CHOSEN)).toThrow(expect.objectContaining({ code: 'model-address' }));
      expect(() => recipeOfAddresses(text, CHOSEN)).toThrow(CodedError);
    },
  );
});
