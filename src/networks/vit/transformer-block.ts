import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Weights } from '../weights.ts';

/** Sizes of a pre-norm transformer block in the naming of DINOv2 and timm. */
export interface TransformerBlockConfig {
  readonly embedDim: number;
  readonly heads: number;
  readonly feedForward: 'mlp' | 'swiglu' | 'swiglu-packed';
  readonly hiddenDim: number;
  readonly layerScale: boolean;
  /** Of the two LayerNorms. */
  readonly epsilon: number;
  /** Positions that turn queries and keys, one row a token; none where positions are added to the tokens. */
  readonly rope?: RopeTables;
}

/** Cosine and sine of every token's angles, [tokens, channels of a head / 2] float32. */
export interface RopeTables {
  readonly cos: Value;
  readonly sin: Value;
}

/**
 * Pre-norm transformer block on tokens [batch, n, channels]. The residual stream stays in float32: DINOv2's
 * activations exceed half precision's reach.
 */
export function transformerBlock(
  g: GraphBuilder,
  weights: Weights,
  config: TransformerBlockConfig,
  tokens: Value,
): Value {
  const { embedDim, epsilon } = config;
  const norm = (name: string, x: Value): Value =>
    layer.layerNorm(
      g,
      x,
      weights.take(`${name}.weight`, [embedDim]),
      weights.take(`${name}.bias`, [embedDim]),
      epsilon,
    );
  const attended = op.add(g, tokens, branch(g, weights, config, 'ls1', norm('norm1', tokens), selfAttention));
  return op.add(g, attended, branch(g, weights, config, 'ls2', norm('norm2', attended), feedForward));
}

type Branch = (
  g: GraphBuilder,
  weights: Weights,
  config: TransformerBlockConfig,
  x: Value,
  scale: CheckpointTensor | null,
) => Value;

/** A residual branch and its LayerScale, in float32. */
function branch(
  g: GraphBuilder,
  weights: Weights,
  config: TransformerBlockConfig,
  scaleName: string,
  x: Value,
  build: Branch,
): Value {
  const scale = config.layerScale ? weights.take(`${scaleName}.gamma`, [config.embedDim]) : null;
  // Folded into the last projection where that is stored exactly; in half precision small factors would
  // push the weights into subnormals.
  if (scale && g.precision.compute === 'float16') {
    return op.mul(g, op.toFloat32(g, build(g, weights, config, x, null)), g.weight(scale, undefined, 'float32'));
  }
  return op.toFloat32(g, build(g, weights, config, x, scale));
}

function selfAttention(
  g: GraphBuilder,
  weights: Weights,
  config: TransformerBlockConfig,
  x: Value,
  scale: CheckpointTensor | null,
): Value {
  const { embedDim, heads } = config;
  const qkv = linear(g, weights.at('attn.qkv'), x, 3 * embedDim);
  const [query, key, value] = op.split(g, qkv, 2, [embedDim, embedDim, embedDim]);
  const [turnedQuery, turnedKey] = [query, key].map((x) => turned(g, x, config.rope));
  return linear(g, weights.at('attn.proj'), layer.attention(g, turnedQuery, turnedKey, value, heads), embedDim, scale);
}

/** Queries or keys with their positions, turned in float32 and then of their former type. */
function turned(g: GraphBuilder, x: Value, rope: RopeTables | undefined): Value {
  return rope ? op.cast(g, op.rotaryEmbedding(g, op.toFloat32(g, x), rope.cos, rope.sin), x.dtype) : x;
}

function feedForward(
  g: GraphBuilder,
  weights: Weights,
  config: TransformerBlockConfig,
  x: Value,
  scale: CheckpointTensor | null,
): Value {
  const { embedDim, hiddenDim } = config;
  if (config.feedForward === 'mlp') {
    return linear(
      g,
      weights.at('mlp.fc2'),
      op.gelu(g, linear(g, weights.at('mlp.fc1'), x, hiddenDim)),
      embedDim,
      scale,
    );
  }
  // SwiGLU (Shazeer 2020): silu of one half gates the other.
  const [expand, project] = config.feedForward === 'swiglu' ? ['mlp.w12', 'mlp.w3'] : ['mlp.fc1', 'mlp.fc2'];
  const [gate, hidden] = op.split(g, linear(g, weights.at(expand), x, 2 * hiddenDim), 2, [hiddenDim, hiddenDim]);
  return linear(g, weights.at(project), op.mul(g, op.silu(g, gate), hidden), embedDim, scale);
}

/** A linear layer `weight` and `bias`. */
export function biasedLinear(g: GraphBuilder, weights: Weights, x: Value, outputs: number): Value {
  const weight = weights.take('weight', [outputs, x.shape.at(-1) ?? null]);
  return layer.linear(g, x, weight, weights.take('bias', [outputs]));
}

/** A linear layer `weight` and, where there is one, `bias`. */
export function linear(
  g: GraphBuilder,
  weights: Weights,
  x: Value,
  outputs: number,
  scale: CheckpointTensor | null = null,
): Value {
  const weight = weights.take('weight', [outputs, x.shape.at(-1) ?? null]);
  return layer.linear(g, x, weight, weights.optional('bias', [outputs]), scale);
}
