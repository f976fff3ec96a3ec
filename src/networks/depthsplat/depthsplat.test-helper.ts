import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Matrix3 } from '../../core/matrix3.ts';
import { invert3, multiply3 } from '../../core/matrix3.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { openInNode } from '../../onnx/run-in-node.test-helper.ts';
import { elementCount } from '../../onnx/value.ts';
import type { ParityCase } from '../parity.test-helper.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import { observeInto } from '../semi-dense/semi-dense.test-helper.ts';
import { Weights } from '../weights.ts';
import type { Size } from './config.ts';
import { readDepthSplatConfig } from './config.ts';
import { buildFeatures, buildSplats } from './graph.ts';

type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** The rule by which a case's weights are made, as its case.json says it. */
interface WeightRule {
  readonly plain: readonly { readonly pattern: string; readonly base: number; readonly amplitude: number }[];
  readonly gain: readonly { readonly pattern: string; readonly gain: number }[];
  readonly transposed: string;
}

/** Names and shapes of a recorded case's state dict, in the file's order. */
export function caseShapes(name: string): [string, number[]][] {
  const path = new URL(`../../../../shared/parity/${name}/weights.json`, import.meta.url);
  return Object.entries(JSON.parse(readFileSync(fileURLToPath(path), 'utf8')) as Record<string, number[]>);
}

/** Values of every tensor by name and shape, made once: cases share most of them. */
const made = new Map<string, Float32Array<ArrayBuffer>>();

/** The weights of a recorded case, which are a rule: a hash of the name, scaled as its case.json says. */
export function caseWeights(name: string, parity: ParityCase): Tensors {
  const rule = (parity.facts as unknown as { weights: WeightRule }).weights;
  return new Map(
    caseShapes(name).map(([key, shape]) => {
      const at = `${key} ${shape.join()}`;
      const readFloat32 = async (): Promise<Float32Array<ArrayBuffer>> => {
        const values = made.get(at) ?? fill(key, shape, rule);
        made.set(at, values);
        return values.slice();
      };
      const size = elementCount(shape);
      const readBytes = async () => new Uint8Array((await readFloat32()).buffer);
      return [key, { name: key, path: [key], dtype: 'float32', shape, size, readFloat32, readBytes }];
    }),
  );
}

function fill(key: string, shape: readonly number[], rule: WeightRule): Float32Array<ArrayBuffer> {
  const found = <T extends { readonly pattern: string }>(list: readonly T[]): T =>
    list.find(({ pattern }) => new RegExp(pattern).test(key))!;
  const isPlain = shape.length === 1 || new RegExp(rule.plain[0].pattern).test(key);
  const fanIn = new RegExp(rule.transposed).test(key) ? shape[0] : elementCount(shape.slice(1));
  const { base, amplitude } = isPlain
    ? found(rule.plain)
    : { base: 0, amplitude: found(rule.gain).gain * Math.sqrt(3 / fanIn) };
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) seed = Math.imul(seed ^ byte, 0x01000193) >>> 0;
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i += 1) {
    let h = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    values[i] = base + (((h >>> 8) / 16777216) * 2 - 1) * amplitude;
  }
  return values;
}

/** Networks of a recorded case: config and both graphs' builders. */
export function networkOf(name: string, parity: ParityCase) {
  const outer = Weights.of(caseWeights(name, parity));
  const weights = outer.at('depth_predictor');
  return { outer, weights, config: readDepthSplatConfig(weights, outer) };
}

/** What the second graph wants of a case's cameras, which are given by width and height and camera to world. */
function sweepOf(parity: ParityCase, whoseK: 'target' | 'reference'): { turn: Float32Array; shift: Float32Array } {
  const [height, width] = sizeOf(parity);
  const views = [0, 1].map((view) => {
    const k = parity.tensor('intrinsics').values.subarray(9 * view, 9 * view + 9);
    const m = parity.tensor('extrinsics').values.subarray(16 * view, 16 * view + 16);
    return {
      k: Array.from(k, (value, i) => value * [width, height, 1][Math.floor(i / 3)]) as unknown as Matrix3,
      turn: [0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => m[i]) as unknown as Matrix3,
      centre: [m[3], m[7], m[11]],
    };
  });
  const parts = [0, 1].map((own) => {
    const [a, b] = [views[own], views[1 - own]];
    const k = whoseK === 'target' ? b.k : a.k;
    const toOther = multiply3(k, invert3(b.turn)!);
    const between = a.centre.map((value, i) => value - b.centre[i]);
    return {
      turn: multiply3(multiply3(toOther, a.turn), invert3(a.k)!),
      shift: [0, 1, 2].map((i) => [0, 1, 2].reduce((sum, j) => sum + toOther[3 * i + j] * between[j], 0)),
    };
  });
  return {
    turn: Float32Array.from(parts.flatMap(({ turn }) => [...turn])),
    shift: Float32Array.from(parts.flatMap(({ shift }) => shift)),
  };
}

/** Camera inputs of the second graph for a recorded case. */
export const camerasOf = (parity: ParityCase, whoseK: 'target' | 'reference'): Record<string, Float32Array> => ({
  ...sweepOf(parity, whoseK),
  inverse_far: parity.tensor('far').values.map((value) => 1 / value),
  inverse_near: parity.tensor('near').values.map((value) => 1 / value),
});

export const sizeOf = (parity: ParityCase): Size => parity.tensor('image').shape.slice(2) as unknown as Size;

/** Both graphs of a recorded case, opened; `observed` with every intermediate, which are many outputs more. */
export async function openCase(
  name: string,
  parity: ParityCase,
  precision: PrecisionName,
  observed: boolean,
  open: typeof openInNode = openInNode,
) {
  const { outer, weights, config } = networkOf(name, parity);
  const size = sizeOf(parity);
  const [first, second] = ['features', 'splats'].map(
    (of) => new GraphBuilder({ name: of, precision: PRECISIONS[precision] }),
  );
  buildFeatures(first, weights, config, size, observed ? observeInto(first) : undefined);
  buildSplats(second, weights.again(), outer.again(), config, size, observed ? observeInto(second) : undefined);
  const [features, splats] = [await open(first), await open(second)];
  return {
    /** Every output of a case of these weights and this size, recorded intermediates under their recorded names. */
    async run(of: ParityCase, whoseK: 'target' | 'reference' = 'target'): Promise<Outputs> {
      const image = of.tensor('image').values;
      const seen = await features.run({ image });
      const handed = Object.entries(seen).map(([key, { values }]) => [key, values] as const);
      const feeds = { ...Object.fromEntries(handed), image, ...camerasOf(of, whoseK) };
      return named({ ...seen, ...(await splats.run(feeds)) });
    },
    async close(): Promise<void> {
      await features.close();
      await splats.close();
    },
  };
}

/** Observed values without their mark, those of single views joined. */
function named(outputs: Outputs): Outputs {
  const all: Outputs = {};
  for (const [key, output] of Object.entries(outputs)) {
    const name = key.replace('observed.', '');
    if (/\.1$/.test(name)) continue;
    if (!/\.0$/.test(name)) {
      all[name] = output;
      continue;
    }
    const second = outputs[key.replace(/\.0$/, '.1')];
    const values = new Float32Array(output.values.length * 2);
    values.set(output.values);
    values.set(second.values, output.values.length);
    all[name.replace(/\.0$/, '')] = { ...output, shape: [2, ...output.shape.slice(1)], values };
  }
  return all;
}

/** The part of a tensor that a recording kept: `[:, ::8]` and the like. */
export function sliced(
  { shape, values }: { shape: readonly number[]; values: Float32Array },
  slice: string,
): Float32Array {
  const steps = slice
    .slice(1, -1)
    .split(',')
    .map((part) => Number(part.trim().split(':')[2] || 1));
  let kept = Array.from(values.keys());
  let stride = values.length;
  for (const [axis, extent] of shape.entries()) {
    const block = stride / extent;
    const step = steps[axis] ?? 1;
    const outer = stride;
    if (step > 1) kept = kept.filter((i) => Math.floor((i % outer) / block) % step === 0);
    stride = block;
  }
  return Float32Array.from(kept, (i) => values[i]);
}
