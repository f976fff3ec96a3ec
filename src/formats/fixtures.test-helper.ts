import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import { bytesSource } from './byte-source.ts';
import type { Checkpoint } from './arrays/tensor.ts';

/** Written by fixtures/make.py with CPython and NumPy. */
export const FIXTURES = new URL('./fixtures/', import.meta.url);

/** Written by PyTorch; lies beside the repository where it is available. */
export const SHARED_FORMATS = new URL('../../../shared/parity/formats/', import.meta.url);

export const HAS_SHARED = existsSync(SHARED_FORMATS);

/** A file of `folder` as bytes. */
export function fixture(name: string, folder = FIXTURES): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(new URL(name, folder)));
}

/** The code of the CodedError that `work` rejects with; fails the test for success and for any other error. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.unreachable('expected an error'),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'CodedError' });
  return (error as { code: string }).code;
}

interface CaseDescription {
  readonly tensors: Readonly<Record<string, { shape: number[]; byteOffset: number }>>;
}

/** Compares a checkpoint, bit for bit, with the values beside it in case.json and tensors.bin. */
export async function expectCaseValues(checkpoint: Checkpoint, prefix: string, folder: URL): Promise<void> {
  const description = JSON.parse(new TextDecoder().decode(fixture('case.json', folder))) as CaseDescription;
  const values = fixture('tensors.bin', folder).buffer;
  for (const [key, { shape, byteOffset }] of Object.entries(description.tensors)) {
    const tensor = checkpoint.tensors.get(prefix + key);
    expect(tensor?.shape, key).toEqual(shape);
    const elements = shape.reduce((product, length) => product * length, 1);
    expect(tensor!.size, key).toBe(elements);
    expect(await tensor!.readFloat32(), key).toEqual(new Float32Array(values, byteOffset, elements));
  }
}

/** A source that counts what is asked of it. */
export function countingSource(source: ByteSource): ByteSource & { bytesRead: number; largestRead: number } {
  const counting = {
    size: source.size,
    bytesRead: 0,
    largestRead: 0,
    async read(begin: number, end: number) {
      const bytes = await source.read(begin, end);
      counting.bytesRead += bytes.length;
      counting.largestRead = Math.max(counting.largestRead, bytes.length);
      return bytes;
    },
  };
  return counting;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A safetensors file of any header and data. */
export function safetensorsFile(header: object | string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** Opens bytes as `open` would a file. */
export function opened<T>(open: (source: ByteSource) => Promise<T>, bytes: Uint8Array): Promise<T> {
  return open(bytesSource(bytes));
}
