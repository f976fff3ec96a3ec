import { describe, expect, it } from 'vitest';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { byteLength } from '../../onnx/value.ts';
import type { MatcherWeights } from './matcher.ts';
import { buildDecoder, buildEncoder, buildFineDecoder, buildFineEncoder } from './matcher.ts';
import type { Size } from './matcher-config.ts';
import { readMatcherConfig } from './matcher-config.ts';
import { loadMatcher, runFeatures, runMatcher } from './matcher.test-helper.ts';
import { cosine, hasParity, loadParity, relativeError } from '../parity.test-helper.ts';
import type { NamedShape } from '../published-shapes.ts';
import { matcherShapes, vitShapes } from '../published-shapes.ts';
import { ON_GPU } from '../gpu-operators.test-helper.ts';
import { Weights } from '../weights.ts';

const SCALES = [16, 8, 4, 2, 1];
const INTERMEDIATES = [
  'gp_posterior',
  'coarse_logits',
  'coarse_certainty',
  ...SCALES.flatMap((stride) => [`flow_${stride}`, `certainty_${stride}`]),
  ...SCALES.slice(1).flatMap((stride) => [`up_flow_${stride}`, `up_certainty_${stride}`]),
];
const RETURNED = ['match_warp', 'match_certainty'];

describe.runIf(hasParity('matcher'))('L2M++ / RoMa from its state dicts', () => {
  const STRIPS: [string, number | undefined][] = [
    ['maps at once', undefined],
    ['maps in strips of a few rows', 600_000],
  ];

  it.each(STRIPS)('features at every stride within 1e-4, %s', async (_, stripBytes) => {
    const parity = loadParity('matcher');
    const features = await runFeatures(parity, await loadMatcher(parity, stripBytes), 'fp32');
    for (const stride of SCALES) {
      expect(relativeError(features[`features_${stride}`], parity.tensor(`features_${stride}`).values)).toBeLessThan(
        1e-4,
      );
    }
  });

  it.each(STRIPS)(
    'posterior, logits, flow and certainty of both passes within 1e-4, match() within 1e-3, %s',
    async (_, stripBytes) => {
      const parity = loadParity('matcher');
      const ran = await runMatcher(parity, await loadMatcher(parity, stripBytes), 'fp32');
      const errors = [...INTERMEDIATES, ...RETURNED].map(
        (name) => [name, relativeError(ran[name], parity.tensor(name).values)] as const,
      );
      expect(errors.filter(([name, error]) => !(error < (RETURNED.includes(name) ? 1e-3 : 1e-4)))).toEqual([]);
    },
  );

  it('fp16: cosine at least 0.999 everywhere', async () => {
    const parity = loadParity('matcher');
    const matcher = await loadMatcher(parity);
    const ran = { ...(await runFeatures(parity, matcher, 'fp16')), ...(await runMatcher(parity, matcher, 'fp16')) };
    const cosines = Object.entries(ran).map(
      ([name, values]) => [name, cosine(values, parity.tensor(name).values)] as const,
    );
    expect(cosines).toHaveLength(SCALES.length + INTERMEDIATES.length + RETURNED.length);
    expect(cosines.filter(([, value]) => !(value >= 0.999))).toEqual([]);
  });

  it('q8: cosine at least 0.99, save where two classes are as likely as quantisation can tell', async () => {
    const parity = loadParity('matcher');
    const ran = await runMatcher(parity, await loadMatcher(parity), 'q8');
    // One of the case's 128 places has two classes 0.02 apart at logits of 36; its class changes, and its flow with it.
    const compared = [...INTERMEDIATES, ...RETURNED].filter((name) => !name.includes('flow'));
    const cosines = compared.map((name) => [name, cosine(ran[name], parity.tensor(name).values)] as const);
    expect(cosines.filter(([, value]) => !(value >= 0.99))).toEqual([]);
  });

  it('the decoders run on the WASM provider that the page uses', async () => {
    const parity = loadParity('matcher');
    const ran = await runMatcher(parity, await loadMatcher(parity), 'fp32', runInWasm);
    for (const name of ['coarse_logits', 'flow_1', 'up_flow_1', 'up_certainty_1']) {
      expect(relativeError(ran[name], parity.tensor(name).values)).toBeLessThan(1e-4);
    }
  });

  it('takes every tensor of both files but the mask token', async () => {
    const { config, weights } = await loadMatcher(loadParity('matcher'));
    buildEncoder(new GraphBuilder({ name: 'encoder' }), weights(), config, [112, 112]);
    buildDecoder(new GraphBuilder({ name: 'decoder' }), weights(), config, [112, 112]);
    const { matcher, vit } = weights();
    expect([...matcher.unused(), ...vit.unused()]).toEqual(['mask_token']);
  });
});

/** The real network's tensors by shape alone: nothing is allocated, and reading one would fail. */
function shapesOnly(shapes: readonly NamedShape[]): Weights {
  const unreadable = async (): Promise<never> => {
    throw new Error('the cost needs shapes alone');
  };
  const tensors = shapes.map(([name, shape]): [string, CheckpointTensor] => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return [
      name,
      { name, path: [name], dtype: 'float32', shape, size, readFloat32: unreadable, readBytes: unreadable },
    ];
  });
  return Weights.of(new Map(tensors));
}

describe('L2M++ at its published size', () => {
  const MIB = 2 ** 20;

  it.each<[Size, Size, PrecisionName]>([
    [[560, 560], [1120, 1120], 'fp32'],
    [[560, 560], [864, 864], 'fp16'],
    [[672, 672], [1344, 1344], 'fp32'],
    [[672, 672], [1344, 1344], 'fp16'],
    [[672, 672], [1344, 1344], 'q8'],
  ])('%s then %s in %s: no buffer above 128 MiB, only operators of the GPU', (coarse, fine, precision) => {
    const [matcher, vit] = [shapesOnly(matcherShapes()), shapesOnly(vitShapes())];
    const config = readMatcherConfig(matcher, vit);
    expect(config.decoder).toEqual({ embedDim: 1024, heads: 8, classSide: 64, depth: 5 });
    const builds: ((g: GraphBuilder, weights: MatcherWeights) => void)[] = [
      (g, weights) => buildEncoder(g, weights, config, coarse),
      (g, weights) => buildDecoder(g, weights, config, coarse),
      (g, weights) => buildFineEncoder(g, weights, config, fine),
      (g, weights) => buildFineDecoder(g, weights, config, coarse, fine),
    ];
    for (const build of builds) {
      const g = new GraphBuilder({ name: 'full', precision: PRECISIONS[precision] });
      build(g, { matcher: matcher.again(), vit: vit.again() });
      const { largestTemporary } = countCost(g);
      expect(largestTemporary.bytes / MIB, largestTemporary.node).toBeLessThanOrEqual(128);
      for (const input of g.inputs) expect(byteLength(input) / MIB, input.name).toBeLessThanOrEqual(128);
      expect(g.nodes.map(({ opType }) => opType).filter((opType) => !ON_GPU.has(opType))).toEqual([]);
      // Integers would send an operator to the CPU in the middle of the graph.
      expect(g.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
    }
    expect([...matcher.unused(), ...vit.unused()]).toEqual(['mask_token']);
  });

  it('refuses a ViT of another width and a decoder whose heads do not fit', () => {
    const matcher = shapesOnly(matcherShapes());
    expect(() => readMatcherConfig(matcher, shapesOnly(vitShapes({ embedDim: 768, depth: 12 })))).toThrow(
      /1024 channels; the encoder file holds a ViT with 768/,
    );
    expect(() => readMatcherConfig(matcher, shapesOnly(vitShapes()), { decoderHeads: 7 })).toThrow(/7 attention heads/);
  });

  it('names a missing tensor and a mis-shaped one with both shapes', () => {
    const build = (shapes: readonly NamedShape[]) => () => {
      const [matcher, vit] = [shapesOnly(shapes), shapesOnly(vitShapes())];
      buildDecoder(new GraphBuilder({ name: 'decoder' }), { matcher, vit }, readMatcherConfig(matcher, vit), [56, 56]);
    };
    const name = 'decoder.conv_refiner.4.hidden_blocks.2.3.weight';
    expect(build(matcherShapes().filter(([key]) => key !== name))).toThrow(
      /no tensor "decoder.conv_refiner.4.hidden_blocks.2.3.weight" of shape \[569, 569, 1, 1\]/,
    );
    expect(build(matcherShapes().map(([key, shape]) => [key, key === name ? [569, 568, 1, 1] : shape]))).toThrow(
      /\[569, 568, 1, 1\].*\[569, 569, 1, 1\]/,
    );
  });
});
