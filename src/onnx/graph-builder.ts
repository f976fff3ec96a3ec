import { float32ToFloat16 } from '../formats/arrays/half.ts';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { graphError } from './errors.ts';
import type { Precision } from './precision.ts';
import { PRECISIONS } from './precision.ts';
import type { DType, FloatDType, Value } from './value.ts';
import { byteLength, describeValue, elementCount } from './value.ts';

export type Attribute = number | string | { readonly float: number } | readonly number[];

export interface GraphNode {
  readonly opType: string;
  readonly domain: '' | 'com.microsoft';
  readonly name: string;
  /** The scope in which it was made, outermost first: `blocks.3/attn`. */
  readonly scope: string;
  /** `null` stands for an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A weight or constant. `load` yields its final little-endian bytes and may be called once per encoding. */
export interface Initializer {
  readonly value: Value;
  readonly load: () => Uint8Array | Promise<Uint8Array>;
}

/** A change made to a checkpoint's tensor before it is stored. `tag` names it, so that equal uses share one copy. */
export interface WeightTransform {
  readonly tag: string;
  readonly shape: readonly number[];
  readonly apply: (values: Float32Array) => Float32Array;
}

export interface GraphOptions {
  readonly name: string;
  readonly precision?: Precision;
  /** 17 by default: LayerNormalization is fused from there, and GridSample stays on the GPU up to 19. */
  readonly opset?: 17 | 18 | 19;
  /**
   * Attention over this many bytes of scores is split by heads (see layers/attention.ts); the default is
   * half of the smallest storage buffer that WebGPU guarantees (128 MiB).
   */
  readonly attentionBytes?: number;
  /** Attention as one node of com.microsoft: faster where its flash kernel is sound, wrong where it is not. */
  readonly fusedAttention?: boolean;
}

interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * An ONNX graph in the making. Operators are functions in `ops/` that check their inputs, infer the
 * output's static shape and call {@link GraphBuilder.node}. Weights stay lazy until the graph is encoded.
 */
export class GraphBuilder {
  readonly name: string;
  readonly opset: number;
  readonly attentionBytes: number;
  readonly fusedAttention: boolean;
  readonly inputs: Value[] = [];
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];

  private currentPrecision: Precision;
  private readonly scopes: string[] = [];
  private readonly names = new Map<string, number>();
  private readonly constants = new Map<string, Value>();
  private readonly weights = new WeakMap<CheckpointTensor, Map<string, Value>>();
  private readonly initializerNames = new Set<string>();

  constructor(options: GraphOptions) {
    this.name = options.name;
    this.opset = options.opset ?? 17;
    this.currentPrecision = options.precision ?? PRECISIONS.fp32;
    this.attentionBytes = options.attentionBytes ?? 64 * 2 ** 20;
    this.fusedAttention = options.fusedAttention ?? false;
  }

  /** How the part that is being built computes and stores. */
  get precision(): Precision {
    return this.currentPrecision;
  }

  /** Runs `build` with the compute type float32; weights are still stored as the precision says. */
  inFloat32<T>(build: () => T): T {
    const outer = this.currentPrecision;
    this.currentPrecision = { ...outer, compute: 'float32' };
    try {
      return build();
    } finally {
      this.currentPrecision = outer;
    }
  }

  /** Runs `build` with everything computed and stored in float32, weights too. */
  exactly<T>(build: () => T): T {
    const outer = this.currentPrecision;
    this.currentPrecision = PRECISIONS.fp32;
    try {
      return build();
    } finally {
      this.currentPrecision = outer;
    }
  }

  /** Declares a graph input. */
  input(name: string, dtype: DType, shape: readonly number[]): Value {
    const value = { name: this.unique(name), dtype, shape };
    this.inputs.push(value);
    return value;
  }

  /** Declares `value` as the graph output called `name`. */
  output(name: string, value: Value): void {
    this.unique(name);
    const taken =
      this.isInput(value) || this.isInitializer(value) || this.outputs.some((output) => output.value === value);
    const exposed = taken ? this.node('Identity', [value], value) : value;
    this.outputs.push({ name, value: exposed });
  }

  /** Runs `build` with `name` appended to the scope: node names and the cost report follow it. */
  scope<T>(name: string, build: () => T): T {
    this.scopes.push(name);
    try {
      return build();
    } finally {
      this.scopes.pop();
    }
  }

  /** Adds a node with one output and returns it. `inputs` that are null are optional ones left out. */
  node(
    opType: string,
    inputs: readonly (Value | null)[],
    output: ValueType,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: '' | 'com.microsoft' = '',
  ): Value {
    return this.append(opType, inputs, [output], attributes, domain)[0];
  }

  /** Adds a node with several outputs (Split, TopK). */
  multiNode(
    opType: string,
    inputs: readonly (Value | null)[],
    outputs: readonly ValueType[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    return this.append(opType, inputs, outputs, attributes, '');
  }

  private append(
    opType: string,
    inputs: readonly (Value | null)[],
    outputs: readonly ValueType[],
    attributes: Readonly<Record<string, Attribute>>,
    domain: '' | 'com.microsoft',
  ): Value[] {
    const scope = this.scopes.join('/');
    const name = this.unique(scope === '' ? opType : `${scope}/${opType}`);
    for (const { shape } of outputs) {
      if (!shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
        throw graphError(name, `inferred the shape [${shape.join(', ')}]`);
      }
    }
    const values = outputs.map(({ dtype, shape }, index) => ({ name: `${name}:${index}`, dtype, shape: [...shape] }));
    // Optional inputs left out at the end must be absent: WebGPU's Conv takes an empty name for a bias of no shape.
    const last = inputs.findLastIndex((input) => input !== null);
    this.nodes.push({ opType, domain, name, scope, inputs: inputs.slice(0, last + 1), outputs: values, attributes });
    return values;
  }

  /** A small constant, stored in the graph itself and shared by equal uses. A number is a scalar. */
  constant(values: number | readonly number[], dtype: DType, shape?: readonly number[]): Value {
    const list = typeof values === 'number' ? [values] : values;
    const dims = shape ?? (typeof values === 'number' ? [] : [values.length]);
    if (elementCount(dims) !== list.length)
      throw graphError('constant', `${list.length} values for the shape [${dims.join(', ')}]`);
    const key = `${dtype}[${dims.join(',')}]${list.join(',')}`;
    const known = this.constants.get(key);
    if (known) return known;
    const bytes = encodeConstant(list, dtype);
    const value = this.initializer('constant', dtype, dims, () => bytes);
    this.constants.set(key, value);
    return value;
  }

  /** An initialiser whose final bytes come from `load` when the graph is encoded. */
  initializer(name: string, dtype: DType, shape: readonly number[], load: Initializer['load']): Value {
    const value: Value = { name: this.unique(name), dtype, shape: [...shape] };
    this.initializerNames.add(value.name);
    this.initializers.push({ value, load: () => checkedBytes(value, load) });
    return value;
  }

  /**
   * A checkpoint's tensor as a value of `dtype` (the precision's compute type by default), stored in the
   * precision's storage type. Nothing is read before encoding; equal uses share one initialiser.
   */
  weight(tensor: CheckpointTensor, transform?: WeightTransform, dtype: FloatDType = this.precision.compute): Value {
    const key = `${dtype}|${transform?.tag ?? ''}`;
    const shared = this.weights.get(tensor) ?? new Map<string, Value>();
    this.weights.set(tensor, shared);
    const known = shared.get(key);
    if (known) return known;
    const shape = transform?.shape ?? tensor.shape;
    const load = async (): Promise<Float32Array> => {
      const values = await tensor.readFloat32();
      return transform ? transform.apply(values) : values;
    };
    const value = this.derivedWeight(tensor.name, shape, load, dtype);
    shared.set(key, value);
    return value;
  }

  /**
   * Like {@link weight}, for values computed from several tensors (a folded BatchNorm) or resized. With `of`, equal uses
   * of that tensor under the same name share one initialiser.
   */
  derivedWeight(
    name: string,
    shape: readonly number[],
    load: () => Promise<Float32Array>,
    dtype: FloatDType = this.precision.compute,
    of?: CheckpointTensor,
  ): Value {
    if (of) {
      const shared = this.weights.get(of) ?? new Map<string, Value>();
      this.weights.set(of, shared);
      const key = `${dtype}/${this.precision.storage}|derived ${name}`;
      const value = shared.get(key) ?? this.derivedWeight(name, shape, load, dtype);
      shared.set(key, value);
      return value;
    }
    // What must compute in float32 is small (norms, embeddings): storing it in float32 costs next to nothing.
    const storage = dtype === this.precision.compute ? this.precision.storage : dtype;
    const stored = this.initializer(name, storage, shape, async () => floatBytes(await load(), storage));
    return storage === dtype
      ? stored
      : this.node('Cast', [stored], { dtype, shape }, { to: dtype === 'float32' ? 1 : 10 });
  }

  /** Whether the value is a weight or constant rather than something computed from an input. */
  isInitializer(value: Value): boolean {
    return this.initializerNames.has(value.name);
  }

  private isInput(value: Value): boolean {
    return this.inputs.includes(value);
  }

  private unique(name: string): string {
    const count = this.names.get(name) ?? 0;
    this.names.set(name, count + 1);
    return count === 0 ? name : this.unique(`${name}_${count}`);
  }
}

/** Little-endian bytes of `values` in a floating-point storage type. */
export function floatBytes(values: Float32Array, dtype: FloatDType): Uint8Array {
  const stored = dtype === 'float16' ? float32ToFloat16(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

async function checkedBytes(value: Value, load: Initializer['load']): Promise<Uint8Array> {
  const bytes = await load();
  if (bytes.byteLength !== byteLength(value)) {
    throw graphError(value.name, `${bytes.byteLength} bytes for ${describeValue(value)}`);
  }
  return bytes;
}

function encodeConstant(values: readonly number[], dtype: DType): Uint8Array {
  switch (dtype) {
    case 'float32':
    case 'float16':
      return floatBytes(Float32Array.from(values), dtype);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
  }
}
