import { describe, expect, it } from 'vitest';
import { countCost } from '../../onnx/cost.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import type { RanOutput } from '../../onnx/run-in-node.test-helper.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { ropeAxis, toBfloat16 } from '../dinov3/rope.ts';
import type { ParityTensor } from '../parity.test-helper.ts';
import { cosine, hasParity, imageNetNormalised, loadParity, relativeError } from '../parity.test-helper.ts';
import { samplingGrid } from '../roma/coordinates.ts';
import { localCorrelation } from '../roma/local-correlation.ts';
import { readVgg, vggPyramid } from '../roma/vgg.ts';
import { Weights } from '../weights.ts';
import type { Romav2Config, Romav2Options } from './config.ts';
import { readRomav2Config } from './config.ts';
import { buildDecoder, buildEncoder, buildFineDecoder, buildFineEncoder } from './graph.ts';

type Size = readonly [number, number];
type Outputs = Record<string, RanOutput>;
type Side = 'a' | 'b';

const LR: Size = [80, 112];
const HR: Size = [120, 152];

/** Tolerances of the fixture's notes, by the first part of a tensor's name. */
const TOLERANCES: readonly (readonly [RegExp, number])[] = [
  [/^(features|mv_|head|fine)/, 5e-5],
  [/^similarity|^match_embedding/, 5e-5],
  [/local_correlation|warp/, 1e-4],
  [/confidence|overlap|precision/, 3e-4],
];
const toleranceOf = (name: string): number => TOLERANCES.find(([pattern]) => pattern.test(name))![1];

describe.runIf(hasParity('romav2'))('RoMa v2 on the recorded weights', () => {
  const parity = loadParity('romav2');
  const opened = parity.checkpoint('checkpoint.pt');

  async function load(options: Romav2Options = {}) {
    const weights = Weights.of((await opened).tensors);
    return { weights, config: readRomav2Config(weights, options) };
  }

  const graph = (precision: PrecisionName, build: (g: GraphBuilder) => void): GraphBuilder => {
    const g = new GraphBuilder({ name: 'romav2', precision: PRECISIONS[precision] });
    build(g);
    return g;
  };

  const image = (side: Side, pass: 'lr' | 'hr') => ({
    image: imageNetNormalised(parity.tensor(`image_${side}_${pass}`)),
  });

  async function encode(
    { weights, config }: { weights: Weights; config: Romav2Config },
    precision: PrecisionName,
    runIn = runInNode,
  ): Promise<Record<Side, Outputs>> {
    const g = graph(precision, (to) => buildEncoder(to, weights.again(), config, LR));
    return { a: await runIn(g, image('a', 'lr')), b: await runIn(g, image('b', 'lr')) };
  }

  /** The first pass of one direction, every intermediate beside its outputs. */
  async function decode(
    { weights, config }: { weights: Weights; config: Romav2Config },
    features: Record<Side, Outputs>,
    [from, to]: readonly [Side, Side],
    precision: PrecisionName,
    runIn = runInNode,
  ): Promise<Outputs> {
    const g = graph(precision, (builder) =>
      buildDecoder(builder, weights.again(), config, LR, (name, value) => builder.output(`observed.${name}`, value)),
    );
    return runIn(g, decoderFeeds(features[from], features[to]));
  }

  async function wholeMatch(precision: PrecisionName, options: Romav2Options = {}) {
    const loaded = await load(options);
    const features = await encode(loaded, precision);
    const [ab, ba] = [
      await decode(loaded, features, ['a', 'b'], precision),
      await decode(loaded, features, ['b', 'a'], precision),
    ];
    return { loaded, features, ab, ba };
  }

  const errorOf = (name: string, actual: Float32Array): number => relativeError(actual, asPlanes(parity.tensor(name)));

  const expectRecorded = (name: string, actual: Float32Array): void =>
    expect(errorOf(name, actual), name).toBeLessThan(toleranceOf(name));

  it('the first pass: every recorded tensor within the notes’ tolerance, in both directions', async () => {
    const { features, ab, ba } = await wholeMatch('fp32');
    for (const side of ['a', 'b'] as const) {
      expectRecorded(`features_${side}_0`, features[side].m16.values);
      expectRecorded(`features_${side}_1`, features[side].f16.values);
    }
    const seen = (outputs: Outputs, name: string): Float32Array => outputs[`observed.${name}`].values;
    for (const name of ['mv_projected', 'mv_block_0', 'mv_block_1', 'mv_block_2', 'mv_tokens'])
      expect(relativeError(seen(ab, name), parity.tensor(name).values), name).toBeLessThan(toleranceOf(name));
    expect(relativeError(seen(ab, 'similarity'), parity.tensor('similarity_ab').values)).toBeLessThan(5e-5);
    for (const [direction, outputs] of [
      ['ab', ab],
      ['ba', ba],
    ] as const) {
      const embedding = parity.tensor(`match_embedding_${direction}`).values;
      expect(relativeError(seen(outputs, 'match_embedding'), embedding), direction).toBeLessThan(5e-5);
      expectRecorded(`head_${direction}`, seen(outputs, 'head'));
      for (const stride of direction === 'ab' ? [4, 2, 1] : [1]) {
        for (const kind of ['warp', 'confidence'])
          expectRecorded(`refiner_lr_${stride}_${kind}_${direction}`, seen(outputs, `refiner_${stride}_${kind}`));
      }
    }
    expectRecorded(
      'base_overlap_ab',
      ab.certainty_logit.values.map((logit) => 1 / (1 + Math.exp(-logit))),
    );
    const pixels = LR[0] * LR[1];
    const [xx, xy, yy] = [0, 1, 2].map((i) => ab.precision.values.subarray(i * pixels, (i + 1) * pixels));
    const matrices = Float32Array.from({ length: 4 * pixels }, (_, i) => [xx, xy, xy, yy][i % 4][i >> 2]);
    expect(relativeError(matrices, parity.tensor('base_precision_ab').values)).toBeLessThan(3e-4);
  });

  it('the first pass on the WASM provider that the page uses', async () => {
    const loaded = await load();
    const features = await encode(loaded, 'fp32', runInWasm);
    const ab = await decode(loaded, features, ['a', 'b'], 'fp32', runInWasm);
    for (const side of ['a', 'b'] as const) {
      expectRecorded(`features_${side}_0`, features[side].m16.values);
      expectRecorded(`features_${side}_1`, features[side].f16.values);
    }
    expectRecorded('head_ab', ab['observed.head'].values);
    for (const stride of [4, 2, 1]) {
      for (const kind of ['warp', 'confidence'])
        expectRecorded(`refiner_lr_${stride}_${kind}_ab`, ab[`observed.refiner_${stride}_${kind}`].values);
    }
  });

  it('the second pass: every recorded tensor in both directions', async () => {
    const { loaded, ab, ba } = await wholeMatch('fp32');
    const { weights, config } = loaded;
    const encoder = graph('fp32', (g) => buildFineEncoder(g, weights.again(), config, HR));
    const features = { a: await runInNode(encoder, image('a', 'hr')), b: await runInNode(encoder, image('b', 'hr')) };
    const decoder = graph('fp32', (g) =>
      buildFineDecoder(g, weights.again(), config, LR, HR, (name, value) => g.output(`observed.${name}`, value)),
    );
    for (const [direction, first] of [
      ['ab', ab],
      ['ba', ba],
    ] as const) {
      const [from, to] = [...direction] as Side[];
      const out = await runInNode(decoder, {
        ...decoderFeeds(features[from], features[to]),
        previous_warp: first.warp.values,
        previous_logit: first.certainty_logit.values,
      });
      for (const stride of [4, 2, 1]) {
        for (const kind of ['warp', 'confidence'])
          expectRecorded(
            `refiner_hr_${stride}_${kind}_${direction}`,
            out[`observed.hr_refiner_${stride}_${kind}`].values,
          );
      }
      expectRecorded(
        `precise_overlap_${direction}`,
        out.certainty_logit.values.map((logit) => 1 / (1 + Math.exp(-logit))),
      );
    }
  });

  it('the pyramid before each pooling', async () => {
    const { weights, config } = await load();
    const g = graph('fp32', (to) => {
      const input = to.input('image', 'float32', [1, 3, ...LR]);
      const stages = readVgg(weights.again().at('refiner_features.layers'));
      for (const [stride, map] of vggPyramid(to, input, stages, (_, x) => x, config.stripBytes))
        to.output(`f${stride}`, map);
    });
    for (const side of ['a', 'b'] as const) {
      const out = await runInNode(g, image(side, 'lr'));
      for (const stride of [1, 2, 4]) expectRecorded(`fine_${side}_${stride}`, out[`f${stride}`].values);
    }
  });

  it('code 2.0.0: the refiners correlate with the map that is already warped', async () => {
    const { ab } = await wholeMatch('fp32', { release: '2.0.0' });
    expectRecorded('v200_refiner_lr_1_warp_ab', ab['observed.refiner_1_warp'].values);
    expectRecorded('v200_refiner_lr_1_confidence_ab', ab['observed.refiner_1_confidence'].values);
    expect(errorOf('refiner_lr_1_warp_ab', ab.warp.values)).toBeGreaterThan(1e-2);
  });

  it('strips of rows change nothing', async () => {
    const whole = await wholeMatch('fp32');
    const strips = await wholeMatch('fp32', { stripBytes: 2 ** 17 });
    expect(relativeError(strips.ab.warp.values, whole.ab.warp.values)).toBeLessThan(1e-5);
    expect(relativeError(strips.ab.precision.values, whole.ab.precision.values)).toBeLessThan(1e-4);
  });

  it.each([20, 32, 40, 50])(
    'the rope table of %i patches, rounded to bfloat16 at every step, bit for bit',
    async (n) => {
      const { weights } = await load();
      const periods = await weights.again().take('matcher.mv_vit.rope_embed.periods', [16]).readFloat32();
      const axis = ropeAxis(n, periods, toBfloat16);
      expect(axis.sin).toEqual(parity.tensor(`mv_rope_axis_sin_${n}`).values);
      expect(axis.cos).toEqual(parity.tensor(`mv_rope_axis_cos_${n}`).values);
      // In float32, as a converter would compute it without a thought, the table is another.
      expect(relativeError(ropeAxis(n, periods, Math.fround).sin, axis.sin)).toBeGreaterThan(1e-3);
    },
  );

  it('the local correlations at strides 4 and 2', async () => {
    const { features, ab } = await wholeMatch('fp32');
    for (const [stride, radius, warp] of [
      [4, 3, 'head'],
      [2, 1, 'refiner_4_warp'],
    ] as const) {
      const [a, b] = [features.a[`f${stride}`], features.b[`f${stride}`]];
      const start = ab[`observed.${warp}`];
      const g = graph('fp32', (to) => {
        const [, , ...size] = a.shape;
        const [x, y] = ['x', 'y'].map((name) => to.input(name, 'float32', a.shape));
        const from = op.slice(to, to.input('warp', 'float32', start.shape), 1, 0, 2);
        const grid = samplingGrid(to, op.resize(to, from, [size[0], size[1]]));
        to.output('correlation', localCorrelation(to, x, y, grid, radius));
      });
      const out = await runInNode(g, { x: a.values, y: b.values, warp: start.values });
      const recorded = parity.tensor(`local_correlation_lr_${stride}_ab`).values;
      expect(relativeError(out.correlation.values, recorded), `stride ${stride}`).toBeLessThan(1e-4);
    }
  });

  // Random weights exaggerate what half precision and 8 bits cost.
  it.each<[PrecisionName, number, number]>([
    ['fp16', 0.9999, 0.999],
    ['q8', 0.999, 0.97],
  ])('in %s: taps with a cosine of at least %f, the warp of %f', async (precision, taps, warp) => {
    const { features, ab } = await wholeMatch(precision);
    expect(cosine(features.a.f16.values, asPlanes(parity.tensor('features_a_1')))).toBeGreaterThan(taps);
    expect(cosine(ab.warp.values, asPlanes(parity.tensor('refiner_lr_1_warp_ab')))).toBeGreaterThan(warp);
  });

  it('leaves nothing but the descriptor’s later blocks and counters of batches unused', async () => {
    const { weights, config } = await load();
    for (const build of [buildEncoder, buildDecoder]) graph('fp32', (g) => build(g, weights.again(), config, LR));
    const rest = weights.unused().filter((name) => !/\.blocks\.3\./.test(name));
    expect(rest).toEqual(['f.mask_token']);
    expect(countCost(graph('fp32', (g) => buildEncoder(g, weights.again(), config, LR))).storedBytes).toBeGreaterThan(
      0,
    );
  });
});

/** Recorded maps have their channels last; [1, h, w, c] to planes. */
function asPlanes({ shape, values }: ParityTensor): Float32Array {
  const [, height, width, channels] = shape;
  const pixels = height * width;
  if (shape.length !== 4 || values.length !== pixels * channels || channels > 512) return values;
  return values.map((_, i) => values[(i % pixels) * channels + Math.floor(i / pixels)]);
}

function decoderFeeds(from: Outputs, to: Outputs): Record<string, Float32Array> {
  return Object.fromEntries(
    (['a', 'b'] as const).flatMap((side) =>
      Object.entries(side === 'a' ? from : to).map(([name, { values }]) => [
        name === 'm16' ? `${side}m16` : name.replace('f', side),
        values,
      ]),
    ),
  );
}
