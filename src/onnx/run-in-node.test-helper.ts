import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { float16ToFloat32, float32ToFloat16 } from '../formats/arrays/half.ts';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { MemorySink } from '../core/byte-sink.ts';
import { encodeModel } from './encode.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Value } from './value.ts';
import { elementCount } from './value.ts';

export interface RanOutput {
  readonly shape: readonly number[];
  readonly type: string;
  readonly values: Float32Array;
}

/** Encodes the graph, runs it on onnxruntime-node's CPU provider and returns every output as floats. Tests only. */
export async function runInNode(
  g: GraphBuilder,
  feeds: Record<string, Float32Array>,
): Promise<Record<string, RanOutput>> {
  const opened = await openInNode(g);
  try {
    return await opened.run(feeds);
  } finally {
    await opened.close();
  }
}

/** The same for graphs that run more than once. */
export async function openInNode(g: GraphBuilder) {
  const directory = await mkdtemp(join(tmpdir(), 'liftmatch-onnx-'));
  try {
    const model = await encodeModel(g, 'weights.data');
    await writeFile(join(directory, 'model.onnx'), model.graph);
    for (const [name, bytes] of await collectData(model)) await writeFile(join(directory, name), bytes);
    const session = await ort.InferenceSession.create(join(directory, 'model.onnx'), {
      logSeverityLevel: 3,
      intraOpNumThreads: 1,
    });
    return {
      async run(feeds: Record<string, Float32Array>): Promise<Record<string, RanOutput>> {
        const inputs = g.inputs.map((input) => [input.name, toTensor(input, feeds[input.name])] as const);
        const results = await session.run(Object.fromEntries(inputs));
        return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, toFloats(tensor)] as const));
      },
      close: () => session.release(),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** All data files of a model, in memory. */
export async function collectData(model: Awaited<ReturnType<typeof encodeModel>>): Promise<Map<string, Uint8Array>> {
  const sinks = new Map<string, MemorySink>();
  await model.writeData(async ({ name }) => {
    const sink = new MemorySink();
    sinks.set(name, sink);
    return sink;
  });
  return new Map([...sinks].map(([name, sink]) => [name, sink.bytes()]));
}

function toTensor({ dtype, shape }: Value, values: Float32Array): ort.Tensor {
  return dtype === 'float16'
    ? new ort.Tensor('float16', float32ToFloat16(values), shape)
    : new ort.Tensor('float32', values, shape);
}

function toFloats({ dims, type, data }: ort.Tensor): RanOutput {
  // A Float16Array where the engine has it, else the bits.
  if (data instanceof Uint16Array) return { shape: [...dims], type, values: float16ToFloat32(data) };
  if (data instanceof Float32Array) return { shape: [...dims], type, values: data.slice() };
  const list = data as ArrayLike<number | bigint>;
  return { shape: [...dims], type, values: Float32Array.from({ length: list.length }, (_, i) => Number(list[i])) };
}

/** A checkpoint's tensor made of values, for tests. */
export function tensorOf(name: string, shape: readonly number[], values: ArrayLike<number>): CheckpointTensor {
  const floats = Float32Array.from(values);
  return {
    name,
    path: [name],
    dtype: 'float32',
    shape,
    size: elementCount(shape),
    readFloat32: async () => floats.slice(),
    readBytes: async () => new Uint8Array(floats.slice().buffer),
  };
}

/** Deterministic values in [-1, 1] without structure. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
