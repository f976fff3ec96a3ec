import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import type { RanOutput } from '../../onnx/run-in-node.test-helper.ts';
import { runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { pixelCentres } from './coordinates.ts';
import type { MatcherWeights } from './matcher.ts';
import { buildDecoder, buildEncoder, buildFineDecoder, buildFineEncoder, patchFeatures } from './matcher.ts';
import type { MatcherConfig, Size } from './matcher-config.ts';
import { readMatcherConfig } from './matcher-config.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import { readVgg, vggPyramid } from './vgg.ts';
import { Weights } from '../weights.ts';

type Outputs = Record<string, RanOutput>;
type Run = (g: GraphBuilder, feeds: Record<string, Float32Array>) => Promise<Outputs>;

/** A matcher from a parity case's two checkpoints; every call of `weights` may take all tensors anew. */
export interface LoadedMatcher {
  readonly config: MatcherConfig;
  readonly weights: () => MatcherWeights;
}

export async function loadMatcher(parity: ParityCase, stripBytes?: number): Promise<LoadedMatcher> {
  const matcher = Weights.of((await parity.checkpoint('matcher.pth')).tensors);
  const vit = Weights.of((await parity.checkpoint('dinov2.pth')).tensors);
  // The recorded network's ViT has 3 heads of 16 channels, and its 8×8 grid would be one block of the solver.
  const config = readMatcherConfig(matcher, vit, {
    decoderHeads: parity.facts.heads,
    vit: { heads: 3 },
    gp: { blockSize: 24 },
    stripBytes,
  });
  return { config, weights: () => ({ matcher: matcher.again(), vit: vit.again() }) };
}

/** What the encoder computes before the decoder's projections, for both photos: `features_1` … `features_16`. */
export async function runFeatures(parity: ParityCase, { config, weights }: LoadedMatcher, precision: PrecisionName) {
  const g = new GraphBuilder({ name: 'features', precision: PRECISIONS[precision] });
  const { matcher, vit } = weights();
  const image = g.input('image', 'float32', parity.tensor('image_a_coarse').shape);
  g.output('features_16', patchFeatures(g, vit, config, image));
  const stages = readVgg(matcher.at('encoder.cnn.layers'));
  for (const [stride, features] of vggPyramid(g, image, stages, (_, x) => x, config.stripBytes))
    g.output(`features_${stride}`, features);
  const [a, b] = [
    await runInNode(g, { image: parity.tensor('image_a_coarse').values }),
    await runInNode(g, { image: parity.tensor('image_b_coarse').values }),
  ];
  return Object.fromEntries(Object.keys(a).map((name) => [name, joined(a[name].values, b[name].values)]));
}

/**
 * Both passes in both directions as the engine runs them, with every intermediate under its recorded name and the
 * two directions one after the other; then what match() makes of them.
 */
export async function runMatcher(
  parity: ParityCase,
  { config, weights }: LoadedMatcher,
  precision: PrecisionName,
  runDecoder: Run = runInNode,
): Promise<Record<string, Float32Array>> {
  const [coarse, fine] = ['coarse', 'fine'].map(
    (pass) => parity.tensor(`image_a_${pass}`).shape.slice(2) as unknown as Size,
  );
  const graph = (name: string, build: (g: GraphBuilder) => void): GraphBuilder => {
    const g = new GraphBuilder({ name, precision: PRECISIONS[precision] });
    build(g);
    return g;
  };
  const encoder = graph('encoder', (g) => buildEncoder(g, weights(), config, coarse));
  const decoder = graph('decoder', (g) =>
    buildDecoder(g, weights(), config, coarse, (name, value) => g.output(`observed.${name}`, value)),
  );
  const fineEncoder = graph('encoder-fine', (g) => buildFineEncoder(g, weights(), config, fine));
  const fineDecoder = graph('decoder-fine', (g) =>
    buildFineDecoder(g, weights(), config, coarse, fine, (name, value) => g.output(`observed.${name}`, value)),
  );

  const encode = async (g: GraphBuilder, pass: string): Promise<Record<'a' | 'b', Outputs>> => ({
    a: await runInNode(g, { image: parity.tensor(`image_a_${pass}`).values }),
    b: await runInNode(g, { image: parity.tensor(`image_b_${pass}`).values }),
  });
  const features = await encode(encoder, 'coarse');
  const fineFeatures = await encode(fineEncoder, 'fine');
  const directions: { outputs: Outputs; fine: Outputs }[] = [];
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const outputs = await runDecoder(decoder, decoderFeeds(features[from], features[to]));
    const previous = {
      previous_warp: outputs.warp.values,
      previous_logit: outputs.fine_logit.values,
      coarse_logit: outputs.coarse_logit.values,
    };
    directions.push({
      outputs,
      fine: await runDecoder(fineDecoder, { ...decoderFeeds(fineFeatures[from], fineFeatures[to]), ...previous }),
    });
  }
  const [ab, ba] = directions.map(({ outputs, fine: second }) => observed({ ...outputs, ...second }));
  const both = Object.fromEntries(Object.keys(ab).map((name) => [name, joined(ab[name], ba[name])]));
  return { ...both, ...matched(directions[0].fine, directions[1].fine, fine) };
}

function decoderFeeds(from: Outputs, to: Outputs): Record<string, Float32Array> {
  const entries = Object.keys(from).flatMap(
    (name) =>
      [
        [name.replace('f', 'a'), from[name].values],
        [name.replace('f', 'b'), to[name].values],
      ] as const,
  );
  return Object.fromEntries(entries);
}

/** Intermediates by their recorded names, token lists [1, n, c] turned to maps [c, n]. */
function observed(outputs: Outputs): Record<string, Float32Array> {
  const entries = Object.entries(outputs).filter(([name]) => name.startsWith('observed.'));
  return Object.fromEntries(
    entries.map(([name, { shape, values }]) => [
      name.slice('observed.'.length),
      shape.length === 3 ? transposed(values, shape[1]) : values,
    ]),
  );
}

function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** match(): [h, 2w, 4] places in A and B and [h, 2w] probabilities, both directions side by side. */
function matched(
  ab: Outputs,
  ba: Outputs,
  [height, width]: Size,
): { match_warp: Float32Array; match_certainty: Float32Array } {
  const match_warp = new Float32Array(height * 2 * width * 4);
  const match_certainty = new Float32Array(height * 2 * width);
  const [xs, ys] = [pixelCentres(width), pixelCentres(height)];
  const clamp = (value: number): number => Math.min(1, Math.max(-1, value));
  for (const [side, outputs] of [ab, ba].entries()) {
    const warp = outputs.warp.values;
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const there = [warp[pixel], warp[height * width + pixel]];
      const cell = row * 2 * width + side * width + column;
      const [here, other] = [[xs[column], ys[row]], there.map(clamp)];
      match_warp.set(side === 0 ? [...here, ...other] : [...other, ...here], 4 * cell);
      const outside = there.some((value) => Math.abs(value) > 1);
      match_certainty[cell] = outside ? 0 : 1 / (1 + Math.exp(-outputs.certainty_logit.values[pixel]));
    }
  }
  return { match_warp, match_certainty };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
