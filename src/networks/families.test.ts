import { describe, expect, it } from 'vitest';
import { tensorOf } from '../onnx/run-in-node.test-helper.ts';
import { CATALOG } from './catalog.ts';
import { detectNetworks } from './detect.ts';
import type { NetworkFamily } from './family.ts';
import { CONVERSION_TARGETS, FAMILIES, familyOf, isMeant } from './index.ts';
import { matcherShapes, vitShapes } from './published-shapes.ts';

const found = (names: readonly string[]) =>
  detectNetworks(new Map(names.map((name) => [name, tensorOf(name, [1], new Float32Array(1))]))).map(
    ({ family, prefix }) => [family.name, prefix],
  );

describe('families of networks', () => {
  it('have names of their own, which stand in kept recipes and on command lines', () => {
    const names = FAMILIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of CONVERSION_TARGETS) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    // Recipes of before name kinds, and encoders `vit`.
    expect(CONVERSION_TARGETS).toEqual(expect.arrayContaining(['auto', 'matcher', 'depth', 'vit']));
    expect(familyOf('toString')).toBeUndefined();
  });

  it.each(FAMILIES.map((family: NetworkFamily) => [family.name, family] as const))(
    '%s: words, and sizes that its networks take',
    (name, family) => {
      for (const text of [family.label, family.title]) expect(text).not.toBe('');
      expect(family.side.byDefault % family.side.multiple).toBe(0);
      for (const target of ['auto', name, family.kind]) expect(isMeant(family, target)).toBe(true);
      for (const { defaultSize } of family.catalog) expect(defaultSize % family.side.multiple).toBe(0);
    },
  );

  it('are recognised by their tensors under any prefix, the outer network first', () => {
    const [matcher, vit] = [matcherShapes(), vitShapes()].map((shapes) => shapes.map(([name]) => name));
    expect(found(matcher)).toEqual([['roma', '']]);
    expect(found(vit.map((name) => `model.${name}`))).toEqual([['vit', 'model.']]);
    const depth = [...vit.map((name) => `pretrained.${name}`), 'depth_head.projects.0.weight'];
    expect(found(depth).map(([name]) => name)).toEqual(['depth-anything', 'vit']);
    expect(found(['layer1.0.conv1.weight'])).toEqual([]);
  });

  it('stand behind every published checkpoint', () => {
    for (const { family, id } of CATALOG) expect(FAMILIES, id).toContain(family);
  });
});
