import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesSource } from '../formats/byte-source.ts';
import { openCheckpoint } from '../formats/checkpoints/checkpoint.ts';
import type { Checkpoint } from '../formats/arrays/tensor.ts';

/** Folder of recorded outputs of published code, beside the repository. */
const PARITY = fileURLToPath(new URL('../../../shared/parity/', import.meta.url));

export interface ParityTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** One case: the published code's inputs and outputs on small random weights. */
export interface ParityCase {
  /** The numbers of case.json that no tensor tells. */
  readonly facts: Readonly<Record<string, number>>;
  /** Names of the recorded tensors. */
  readonly names: readonly string[];
  tensor(name: string): ParityTensor;
  checkpoint(file: string): Promise<Checkpoint>;
}

/** Whether the recorded outputs are there; where not, tests that need them are skipped and say so. */
export function hasParity(name: string): boolean {
  const found = existsSync(`${PARITY}${name}/case.json`);
  if (!found) console.warn(`Skipped: no recorded outputs at ${PARITY}${name}.`);
  return found;
}

export function loadParity(name: string): ParityCase {
  const read = (file: string): Buffer => readFileSync(`${PARITY}${name}/${file}`);
  const facts = JSON.parse(read('case.json').toString('utf8')) as Record<string, number> & {
    tensors: Record<string, { shape: number[]; byteOffset: number }>;
  };
  const blob = read('tensors.bin');
  return {
    facts,
    names: Object.keys(facts.tensors),
    tensor: (tensorName) => {
      const { shape, byteOffset } = facts.tensors[tensorName];
      const size = shape.reduce((product, extent) => product * extent, 1);
      const start = blob.byteOffset + byteOffset;
      return { shape, values: new Float32Array(blob.buffer.slice(start, start + 4 * size)) };
    },
    checkpoint: (file) => openCheckpoint(bytesSource(read(file)), file),
  };
}

/** ‖actual − expected‖ / ‖expected‖ */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i += 1) {
    difference += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  // Of different lengths they are not the same thing, however close their common part.
  return actual.length === expected.length ? Math.sqrt(difference / norm) : Infinity;
}

/** Cosine of the angle between two tensors as vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [product, normA, normB] = [0, 0, 0];
  for (let i = 0; i < b.length; i += 1) {
    product += a[i] * b[i];
    normA += a[i] ** 2;
    normB += b[i] ** 2;
  }
  return a.length === b.length ? product / Math.sqrt(normA * normB) : NaN;
}

/** RGB in [0, 1] as the DINOv2 family's networks want it: minus ImageNet's mean, by its deviation. */
export function imageNetNormalised({ shape, values }: ParityTensor): Float32Array {
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const plane = shape[2] * shape[3];
  return values.map((value, i) => {
    const channel = Math.floor(i / plane) % 3;
    return (value - mean[channel]) / std[channel];
  });
}
