import type { GraphBuilder, GraphNode } from './graph-builder.ts';
import type { Value } from './value.ts';
import { byteLength, elementCount } from './value.ts';

/** What one stage of a graph computes and moves, counted from shapes. */
export interface StageCost {
  readonly stage: string;
  readonly nodes: number;
  /** Floating-point operations; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes of weights read. */
  readonly weightBytes: number;
  /** Bytes of activations read and written, each operand once per node. */
  readonly activationBytes: number;
}

export interface Temporary {
  /** The node that makes it. */
  readonly node: string;
  readonly bytes: number;
}

export interface GraphCost {
  /** By the outermost scope, in graph order. */
  readonly stages: readonly StageCost[];
  readonly total: StageCost;
  /** The largest buffer a node writes, attention scores inside a fused node included. */
  readonly largestTemporary: Temporary;
  /** Most bytes of activations alive at once, in graph order and without the runtime's reuse policy. */
  readonly peakActivationBytes: number;
  /** Bytes of the stored weights. */
  readonly storedBytes: number;
}

/** Outputs that share their input's buffer in onnxruntime. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Counts FLOPs, bytes moved and memory of a graph, without running it. */
export function countCost(g: GraphBuilder): GraphCost {
  const constants = constantValues(g);
  const stages = new Map<string, StageCost>();
  let largest: Temporary = { node: '', bytes: 0 };
  for (const node of g.nodes) {
    // A computation on weights alone (the Cast of a stored half) is folded when the session is made.
    if (node.outputs.every((output) => constants.has(output.name))) continue;
    const stage = node.scope.split('/')[0] || 'other';
    stages.set(stage, merge(stage, stages.get(stage), nodeCost(node, constants)));
    const bytes = VIEWS.has(node.opType) ? 0 : Math.max(...node.outputs.map(byteLength), hiddenBytes(node));
    if (bytes > largest.bytes) largest = { node: node.name, bytes };
  }
  return {
    stages: [...stages.values()],
    total: [...stages.values()].reduce((sum, stage) => merge('total', sum, stage), EMPTY),
    largestTemporary: largest,
    peakActivationBytes: peakBytes(g, constants),
    storedBytes: g.initializers.reduce((sum, { value }) => sum + byteLength(value), 0),
  };
}

const EMPTY: StageCost = { stage: 'total', nodes: 0, flops: 0, weightBytes: 0, activationBytes: 0 };

function merge(stage: string, a: StageCost = EMPTY, b: StageCost): StageCost {
  return {
    stage,
    nodes: a.nodes + b.nodes,
    flops: a.flops + b.flops,
    weightBytes: a.weightBytes + b.weightBytes,
    activationBytes: a.activationBytes + b.activationBytes,
  };
}

function nodeCost(node: GraphNode, constants: ReadonlySet<string>): StageCost {
  const inputs = node.inputs.filter((input) => input !== null);
  const sum = (values: readonly Value[]): number => values.reduce((total, value) => total + byteLength(value), 0);
  const weightBytes = sum(inputs.filter(({ name }) => constants.has(name)));
  const activationBytes = VIEWS.has(node.opType) ? 0 : sum(inputs) - weightBytes + sum(node.outputs);
  return { stage: '', nodes: 1, flops: nodeFlops(node), weightBytes, activationBytes };
}

/** Operations per output element of what is neither a product nor a copy; 1 for anything else elementwise. */
const FLOPS_PER_ELEMENT: Readonly<Record<string, number>> = {
  Reshape: 0,
  Squeeze: 0,
  Unsqueeze: 0,
  Identity: 0,
  Transpose: 0,
  Concat: 0,
  Split: 0,
  Slice: 0,
  Gather: 0,
  GatherElements: 0,
  Expand: 0,
  Pad: 0,
  Cast: 0,
  Gelu: 10,
  Sigmoid: 4,
  Softmax: 5,
  LayerNormalization: 8,
  InstanceNormalization: 8,
  RotaryEmbedding: 3,
  GridSample: 11,
  Resize: 8,
};

function nodeFlops({ opType, inputs, outputs, attributes }: GraphNode): number {
  const [a, b] = inputs.map((input) => input?.shape ?? []);
  const out = elementCount(outputs[0].shape);
  switch (opType) {
    case 'MatMul':
    case 'MatMulNBits':
      return 2 * out * a[a.length - 1];
    case 'Gemm':
      return 2 * out * (attributes.transA ? a[0] : a[1]);
    case 'Conv':
      return 2 * out * elementCount(b.slice(1));
    case 'ConvTranspose':
      return 2 * elementCount(a) * elementCount(b.slice(1));
    case 'Einsum':
      return einsumFlops(String(attributes.equation), inputs);
    case 'MultiHeadAttention':
      return attentionFlops(inputs as Value[], Number(attributes.num_heads));
    case 'ReduceSum':
    case 'ReduceMean':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceL2':
    case 'ArgMax':
    case 'TopK':
    case 'MaxPool':
    case 'AveragePool':
      return elementCount(a);
    default:
      return out * (FLOPS_PER_ELEMENT[opType] ?? 1);
  }
}

function einsumFlops(equation: string, inputs: readonly (Value | null)[]): number {
  const extents = new Map<string, number>();
  for (const [index, term] of equation.split('->')[0].split(',').entries()) {
    for (const [axis, label] of [...term.trim()].entries()) extents.set(label, inputs[index]!.shape[axis]);
  }
  return 2 * elementCount([...extents.values()]);
}

function attentionFlops([query, key, value]: readonly Value[], heads: number): number {
  const [batch, tokens, channels] = query.shape;
  const others = key.shape[1];
  return batch * tokens * others * (2 * channels + 2 * value.shape[2] + 5 * heads);
}

/** Bytes that a fused node holds inside: the scores of attention where flash attention is not to be had. */
function hiddenBytes({ opType, inputs, attributes }: GraphNode): number {
  if (opType !== 'MultiHeadAttention') return 0;
  const [query, key] = inputs as Value[];
  return byteLength({
    dtype: query.dtype,
    shape: [query.shape[0], Number(attributes.num_heads), query.shape[1], key.shape[1]],
  });
}

function constantValues(g: GraphBuilder): Set<string> {
  const constants = new Set(g.initializers.map(({ value }) => value.name));
  for (const node of g.nodes) {
    if (node.inputs.every((input) => input === null || constants.has(input.name))) {
      for (const output of node.outputs) constants.add(output.name);
    }
  }
  return constants;
}

function peakBytes(g: GraphBuilder, constants: ReadonlySet<string>): number {
  const owners = new Map<string, string>();
  const ownerOf = (value: Value): string => owners.get(value.name) ?? value.name;
  const lastUse = new Map<string, number>();
  for (const [index, node] of g.nodes.entries()) {
    for (const input of node.inputs) if (input) lastUse.set(ownerOf(input), index);
    if (VIEWS.has(node.opType)) owners.set(node.outputs[0].name, ownerOf(node.inputs[0]!));
  }
  for (const { value } of g.outputs) lastUse.set(ownerOf(value), g.nodes.length);
  const dying = new Map<number, string[]>();
  for (const [name, index] of lastUse) dying.set(index, [...(dying.get(index) ?? []), name]);

  const alive = new Map(g.inputs.map((input) => [input.name, byteLength(input)]));
  let current = g.inputs.reduce((sum, input) => sum + byteLength(input), 0);
  let peak = current;
  for (const [index, node] of g.nodes.entries()) {
    for (const output of node.outputs) {
      if (constants.has(output.name) || owners.has(output.name)) continue;
      alive.set(output.name, byteLength(output));
      current += byteLength(output);
    }
    peak = Math.max(peak, current + hiddenBytes(node));
    for (const name of dying.get(index) ?? []) current -= alive.get(name) ?? 0;
  }
  return peak;
}
