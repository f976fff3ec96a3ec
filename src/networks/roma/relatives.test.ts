import { describe, expect, it } from 'vitest';
import { planConversion } from '../convert.ts';
import { DINOV3_SIZES, dinov3Shapes } from '../dinov3/published-shapes.ts';
import type { ConversionOptions } from '../plan.ts';
import type { NamedShape } from '../published-shapes.ts';
import { matcherShapes, vitShapes } from '../published-shapes.ts';
import { shapesOnly } from '../synthetic-weights.test-helper.ts';

/** Files whose tensors have RoMa's names and shapes: RoMa itself, L2M++, MINIMA-RoMa and MatchAnything-RoMa. */
describe('the relatives of RoMa', () => {
  const inputOf = (name: string, shapes: readonly NamedShape[], prefix = '') => ({
    name,
    checkpoint: {
      format: 'torch-zip' as const,
      tensors: shapesOnly(shapes.map(([key, shape]) => [prefix + key, shape])),
      notes: [],
    },
  });
  const VIT = inputOf('dinov2_vitl14_pretrain.pth', vitShapes());
  const plan = (prefix: string, options: ConversionOptions = {}) =>
    planConversion([inputOf('matcher.pth', matcherShapes(), prefix), VIT], { size: [112, 112], ...options });
  const meansOf = ({ manifest }: ReturnType<typeof plan>) => {
    const { passes } = manifest(new Map()) as { passes: { input: { mean: number[]; std: number[] } }[] };
    return passes.map(({ input }) => input.mean[0]);
  };

  it('MINIMA-RoMa and RoMa: no wrapper, no mark; the statistics are said, for both passes', () => {
    const said = plan('', { normalise: 'imagenet' });
    expect(meansOf(said)).toEqual([0.485, 0.485]);
    expect(said.warnings).toEqual([]);
  });

  it('a file that does not say it: pixels as they are, with a warning that names the option', () => {
    for (const prefix of ['', 'model.']) {
      const byDefault = plan(prefix);
      expect(meansOf(byDefault)).toEqual([0, 0]);
      expect(byDefault.warnings?.join()).toMatch(/MINIMA-RoMa .* option normalise is “imagenet”/);
    }
  });

  it.each(['matcher.model.', 'state_dict.matcher.model.'])('MatchAnything-RoMa under "%s" says it: none', (prefix) => {
    const marked = plan(prefix);
    expect(meansOf(marked)).toEqual([0, 0]);
    expect(marked.warnings).toEqual([]);
    // Nothing but the ViT's mask token and the network's counters is left.
    expect(marked.weights.flatMap((weights) => weights.unused())).toEqual(['mask_token']);
    // The person's word goes before the mark.
    expect(meansOf(plan(prefix, { normalise: 'imagenet' }))).toEqual([0.485, 0.485]);
  });

  it('a DINOv3 beside it is not taken for its ViT', () => {
    const dinov3 = inputOf('dinov3.pth', dinov3Shapes(DINOV3_SIZES.S));
    const inputs = [inputOf('matcher.pth', matcherShapes()), dinov3];
    expect(() => planConversion(inputs)).toThrow(expect.objectContaining({ code: 'matcher-without-vit' }));
    expect(planConversion([...inputs, VIT], { size: [112, 112] }).family.name).toBe('roma');
  });
});
