import { describe, expect, it } from 'vitest';
import { planDamaged, planLacking, planOf } from './damaged-state-dicts.test-helper.ts';
import { depthsplatShapes, predictorShapes } from './depthsplat/published-shapes.ts';
import { DINOV3_SIZES, dinov3Shapes, timmDinov3Shapes } from './dinov3/published-shapes.ts';
import { depthAnythingShapes } from './dpt/published-shapes.ts';
import { transformersName } from './eloftr/names.ts';
import { eloftrShapes } from './eloftr/published-shapes.ts';
import { FAMILIES } from './index.ts';
import { lighterGlueShapes } from './lighterglue/published-shapes.ts';
import { loftrShapes } from './loftr/published-shapes.ts';
import type { ConversionOptions } from './plan.ts';
import type { NamedShape, PyramidStages, RefinerStrides } from './published-shapes.ts';
import { matcherShapes, vitShapes } from './published-shapes.ts';
import { romav2Shapes } from './romav2/published-shapes.ts';
import { tinyRomaShapes } from './tiny-roma/published-shapes.ts';
import { xfeatShapes } from './xfeat/published-shapes.ts';

/**
 * State dicts of every family, as short as its code allows, damaged in every way: whatever is missing, renamed or of another
 * shape, the answer is a plan or a coded error that a person can act on.
 */

const under = (prefix: string, shapes: readonly NamedShape[]) =>
  shapes.map(([name, shape]): NamedShape => [prefix + name, shape]);

const VIT = { embedDim: 64, depth: 4, positions: 17 } as const;
const DINOV3 = { embedDim: 128, depth: 4, hiddenDim: 64, isGated: false } as const;
const SPLAT = { scales: 1, lowest: 4, vit: 'S', ...VIT } as const;

/** RoMa v1 with channels of a few; its ViT stands in the same file. */
function romaShapes(prefix: string): NamedShape[] {
  const pyramid: PyramidStages = [
    [1, 4],
    [2, 8],
    [1, 8],
    [2, 8],
  ];
  const strides: RefinerStrides = [
    [16, 64, 64, 4, 1],
    [8, 8, 8, 4, 1],
    [4, 8, 8, 4, null],
    [2, 8, 4, 2, null],
    [1, 4, 4, 2, null],
  ];
  const matcher = matcherShapes({ classSide: 4, gpDim: 64, blocks: 3, hiddenBlocks: 2, pyramid, strides });
  return [...under(prefix, matcher), ...under('dinov2.', vitShapes(VIT))];
}

const romav2Sizes = { descriptor: DINOV3, views: { embedDim: 64, depth: 4 }, hiddenBlocks: 2 };
const SMALL_ELOFTR = { widths: [24, 32, 64], blocks: [2, 2, 2], layers: 4 } as const;
const SQUARE: ConversionOptions = { size: [64, 64] };
const PATCHES: ConversionOptions = { size: [28, 28] };

type Case = readonly [words: string, family: string, shapes: readonly NamedShape[], options: ConversionOptions];

const CASES: readonly Case[] = [
  ['RoMa, MINIMA-RoMa', 'roma', romaShapes(''), { ...PATCHES, fineSize: null, normalise: 'imagenet' }],
  ['MatchAnything-RoMa', 'roma', romaShapes('state_dict.matcher.model.'), { ...PATCHES, fineSize: null }],
  ['RoMa v2', 'romav2', romav2Shapes(romav2Sizes), { size: [32, 32] }],
  ['EfficientLoFTR', 'eloftr', eloftrShapes(SMALL_ELOFTR), SQUARE],
  ['EfficientLoFTR, fused', 'eloftr', eloftrShapes({ ...SMALL_ELOFTR, fused: true }), SQUARE],
  [
    'EfficientLoFTR in transformers’ names',
    'eloftr',
    eloftrShapes(SMALL_ELOFTR).map(([name, shape]): NamedShape => [transformersName(name), shape]),
    SQUARE,
  ],
  ['LoFTR', 'loftr', loftrShapes({ initial: 16, widths: [16, 20, 64], layers: 4 }), SQUARE],
  ['XFeat', 'xfeat', xfeatShapes(), SQUARE],
  ['XFeat, key points', 'xfeat-sparse', xfeatShapes(), { ...SQUARE, as: 'xfeat-sparse', keypoints: 64 }],
  ['Tiny RoMa', 'tiny-roma', tinyRomaShapes({ coarse: 48 }), SQUARE],
  ['LighterGlue', 'lighterglue', lighterGlueShapes({ layers: 3 }), { ...SQUARE, keypoints: 64 }],
  [
    'DepthSplat of one scale',
    'depthsplat',
    under('encoder.', depthsplatShapes(SPLAT)),
    { ...SQUARE, as: 'depthsplat' },
  ],
  [
    'DepthSplat of two scales, depth alone',
    'depthsplat',
    predictorShapes({ ...SPLAT, scales: 2, lowest: 8 }),
    { ...SQUARE, as: 'depthsplat' },
  ],
  [
    'Depth Anything V2',
    'depth-anything',
    depthAnythingShapes({ embedDim: 64, depth: 4, features: 16, outChannels: [12, 16, 24, 24] }),
    { size: [56, 56] },
  ],
  ['DINOv2', 'vit', vitShapes(VIT), PATCHES],
  ['3DPoV', 'vit', pov(), PATCHES],
  ['DINOv3', 'dinov3', dinov3Shapes(DINOV3), SQUARE],
  ['DINOv3, gated', 'dinov3', dinov3Shapes({ ...DINOV3, isGated: true }), SQUARE],
  ['DINOv3 in timm’s names', 'dinov3', timmDinov3Shapes(DINOV3), SQUARE],
];

/** A training file: what is taken, and a teacher that is not. */
function pov(): NamedShape[] {
  return [
    ...under('feature_extractor.model.', vitShapes(VIT)),
    ...under('teacher.model.', vitShapes(VIT)),
    ['prototypes', [8, 64]],
  ];
}

/** 500 copies a family, spread over its forms. */
const copies = (family: string): number => Math.ceil(500 / CASES.filter(([, other]) => other === family).length);

describe('state dicts of every family', () => {
  it('are here', () => {
    expect(new Set(CASES.map(([, family]) => family))).toEqual(new Set(FAMILIES.map(({ name }) => name)));
  });

  it.each(CASES)(
    'damaged copies of %s: each is planned or refused with a coded error',
    (_, family, shapes, options) => {
      const count = copies(family);
      const { refused, wrong, families } = planDamaged(shapes, options, count);
      expect(wrong).toEqual([]);
      // Half of a training file, and counters of norms, nobody misses.
      expect(refused).toBeGreaterThan(count / 5);
      expect(families.has(family)).toBe(true);
    },
  );

  it.each(CASES)('%s without one of its parts: refused, not read as another network', (_, family, shapes, options) => {
    const { parts, unnamed, read } = planLacking(shapes, options, family);
    expect(parts).toBeGreaterThan(2);
    expect(read).toEqual([]);
    expect(unnamed).toEqual([]);
  });
});

describe('published networks without their last part', () => {
  const without = (shapes: readonly NamedShape[], part: RegExp, options: ConversionOptions = SQUARE) => {
    const left = shapes.filter(([name]) => !part.test(name));
    expect(left.length).toBeLessThan(shapes.length);
    return planOf(left, options);
  };

  it.each<[string, readonly NamedShape[], RegExp, string, ConversionOptions?]>([
    ['DINOv2', vitShapes({ embedDim: 384, depth: 12 }), /blocks\.11\./, '11 blocks of the ViT', PATCHES],
    ['DINOv3', timmDinov3Shapes(DINOV3_SIZES.S), /blocks\.11\./, '11 blocks of the ViT'],
    ['EfficientLoFTR', eloftrShapes(), /layers\.[67]\./, '6 layers of attention'],
    ['EfficientLoFTR', eloftrShapes({ fused: true }), /layer3\.13\./, '13 blocks at stride 8'],
    ['LoFTR', loftrShapes(), /loftr_coarse\.layers\.[67]\./, '6 layers of attention on cells'],
    ['LighterGlue', lighterGlueShapes(), /(transformers|log_assignment)\.5\./, '5 layers'],
  ])('%s: a shallower network, with a warning', (_, shapes, part, words, options) => {
    const { warnings } = without(shapes, part, options);
    expect(warnings.filter((warning) => warning.startsWith(`${words} were found; the published`))).toHaveLength(1);
  });

  it.each<[string, readonly NamedShape[], RegExp, ConversionOptions?]>([
    ['Depth Anything V2, whose taps hang on it', depthAnythingShapes(), /pretrained\.blocks\.11\./, PATCHES],
    ['RoMa v2, whose taps hang on it', romav2Shapes(), /^f\.blocks\.23\./],
    ['LoFTR, self and cross in turn', loftrShapes(), /loftr_coarse\.layers\.7\./],
    ['RoMa v2, a refiner shorter than the others', romav2Shapes(romav2Sizes), /refiners\.2\.hidden_blocks\.1\./],
  ])('%s: refused', (_, shapes, part, options) => {
    expect(() => without(shapes, part, options)).toThrow(expect.objectContaining({ code: 'tensor-missing' }));
  });

  it('a ViT that norms its tokens first, as CLIP’s does: refused', () => {
    const shapes: NamedShape[] = [...vitShapes(VIT), ['norm_pre.weight', [64]], ['norm_pre.bias', [64]]];
    expect(() => planOf(shapes, PATCHES)).toThrow(expect.objectContaining({ code: 'architecture-unknown' }));
  });
});
