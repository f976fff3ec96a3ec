import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import type { ParityCase } from './parity.test-helper.ts';
import type { NamedShape } from './published-shapes.ts';

type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** A network's tensors by shape alone: nothing is allocated, and reading one fails. */
export function shapesOnly(shapes: readonly NamedShape[]): Tensors {
  const unreadable = async (): Promise<never> => {
    throw new Error('the cost needs shapes alone');
  };
  return new Map(shapes.map(([name, shape]) => [name, tensor(name, shape, unreadable)]));
}

/**
 * The weights of a `full` parity case, which are a rule: a hash of the tensor's name and the element's index. Norms'
 * statistics are recorded; see `weight_rule` in case.json.
 *
 */
export function ruleWeights(parity: ParityCase): Tensors {
  const { seed, weights } = parity.facts as unknown as {
    seed: number;
    weights: [name: string, shape: number[], offset: number, scale: number][];
  };
  const ruled = weights.map(([name, shape, offset, scale]) =>
    tensor(
      name,
      shape,
      made(() => hashed(`${seed}:${name}`, count(shape), offset, scale)),
    ),
  );
  const stored = parity.names
    .filter((name) => name.startsWith('weights/'))
    .map((name) => {
      const { shape, values } = parity.tensor(name);
      return tensor(name.slice('weights/'.length), shape, async () => values.slice());
    });
  return new Map([...ruled, ...stored].map((entry) => [entry.name, entry]));
}

function tensor(name: string, shape: readonly number[], readFloat32: () => Promise<Float32Array>): CheckpointTensor {
  const readBytes = async (): Promise<Uint8Array> => new Uint8Array((await readFloat32()).buffer);
  return {
    name,
    path: [name],
    dtype: 'float32',
    shape,
    size: count(shape),
    readFloat32,
    readBytes,
  } as CheckpointTensor;
}

/** A copy of values that are made once. */
function made(make: () => Float32Array): () => Promise<Float32Array> {
  let values: Float32Array | null = null;
  return async () => (values ??= make()).slice();
}

const count = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function hashed(key: string, length: number, offset: number, scale: number): Float32Array {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) start = Math.imul(start ^ byte, 0x01000193) >>> 0;
  return Float32Array.from({ length }, (_, i) => {
    let x = (start + Math.imul(i, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x = (x ^ (x >>> 16)) >>> 0;
    return offset + scale * (2 * (x / 2 ** 32) - 1);
  });
}

/** A recorded list of tensors in shared/design/networks: `name <tab> [shape] <tab> dtype`, comments with #. */
export function publishedKeys(file: string): NamedShape[] {
  const path = fileURLToPath(new URL(`../../../shared/design/networks/${file}`, import.meta.url));
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name, shape] = line.split('\t');
      return [name, JSON.parse(shape) as number[]];
    });
}
