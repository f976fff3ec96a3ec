import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { Branch } from '../weights.ts';
import { findPrefixes, Weights } from '../weights.ts';
import { CodedError } from '../../core/errors.ts';

type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** Who named the tensors: Meta's own files, Hugging Face transformers or timm. */
export type Dinov3Naming = 'official' | 'transformers' | 'timm';

/** A DINOv3 in a file: whose names it has, and the prefix before them. */
export interface LocatedDinov3 {
  readonly naming: Dinov3Naming;
  readonly prefix: string;
}

/**
 * Tensors that tell the namings apart, and what none of them has: DINOv3 has no position embedding, which is how it differs
 * from DINOv2, from timm's other ViTs and from transformers' DINOv2.
 */
const MARKS: readonly (readonly [Dinov3Naming, readonly string[]])[] = [
  ['official', ['patch_embed.proj.weight', 'cls_token', 'storage_tokens', 'norm.weight']],
  ['timm', ['patch_embed.proj.weight', 'cls_token', 'reg_token', 'norm.weight', 'blocks.0.gamma_1']],
  [
    'transformers',
    ['embeddings.patch_embeddings.weight', 'embeddings.cls_token', 'embeddings.register_tokens', 'norm.weight'],
  ],
];
const POSITIONS = ['pos_embed', 'embeddings.position_embeddings'];

/** The DINOv3 networks in a state dict, the best ranked first (see {@link findPrefixes}). */
export function findDinov3(tensors: Tensors, branch?: Branch): LocatedDinov3[] {
  return MARKS.flatMap(([naming, [first, ...others]]) =>
    findPrefixes(tensors, first, branch)
      .filter((prefix) => others.every((name) => tensors.has(prefix + name)))
      .filter((prefix) => !POSITIONS.some((name) => tensors.has(prefix + name)))
      .map((prefix) => ({ naming, prefix })),
  );
}

/** What the tensors of a DINOv3 say about it. */
export interface Dinov3Config {
  readonly embedDim: number;
  readonly heads: number;
  /** Pixels along one side of a patch. */
  readonly patch: number;
  /** Register tokens ("storage tokens" upstream). */
  readonly registers: number;
  readonly depth: number;
  readonly feedForward: 'mlp' | 'swiglu';
  readonly hiddenDim: number;
  readonly layerScale: boolean;
  /** Whether the file holds the periods of its rotary positions; otherwise they are computed. */
  readonly ownPeriods: boolean;
}

/** Channels of one head in every published DINOv3 but the 7B, which has twice as many. */
const HEAD_CHANNELS = 64;

/**
 * Reads a DINOv3's sizes from its tensors' shapes.
 * @param heads where neither the stored periods nor the family's 64 channels a head tell it
 * @throws CodedError `tensor-missing`, `vit-heads`
 */
export function readDinov3Config(weights: Weights, naming: Dinov3Naming, heads?: number): Dinov3Config {
  const names = NAMES[naming](weights);
  const [embedDim, , patch] = weights.shapeOf(`${names.patchEmbed}.weight`, 4);
  const depth = weights.count(names.blocks);
  const block = weights.at(`${names.blocks}.0`);
  const gate = names.gated[0];
  const swiglu = block.has(`${gate}.weight`);
  const ownPeriods = names.periods !== null && weights.has(names.periods);
  // A head's channels are an angle of the row and one of the column, sine and cosine, for every period.
  const headChannels = ownPeriods ? 4 * weights.shapeOf(names.periods!, 1)[0] : HEAD_CHANNELS;
  return {
    embedDim,
    heads: checkedHeads(embedDim, heads ?? embedDim / headChannels),
    patch,
    registers: weights.shapeOf(names.registers, 3)[1],
    depth,
    feedForward: swiglu ? 'swiglu' : 'mlp',
    hiddenDim: block.shapeOf(`${swiglu ? gate : names.mlp[0]}.weight`, 2)[0],
    layerScale: Array.from({ length: depth }, (_, i) => i).some((i) =>
      weights.has(`${names.blocks}.${i}.${names.scales[0]}`),
    ),
    ownPeriods,
  };
}

function checkedHeads(embedDim: number, heads: number): number {
  if (Number.isInteger(heads) && heads > 0 && embedDim % (4 * heads) === 0) return heads;
  throw new CodedError(
    'vit-heads',
    `The number of attention heads of a DINOv3 with ${embedDim} channels cannot be told from its tensors.`,
    'Say it with --heads (a quarter of the channels divided by it must be whole).',
  );
}

/** Where one naming keeps what the network has. */
interface Names {
  readonly patchEmbed: string;
  readonly cls: string;
  readonly registers: string;
  readonly periods: string | null;
  readonly blocks: string;
  /** Attention's output projection. */
  readonly proj: string;
  /** LayerScale of attention and of the feed-forward. */
  readonly scales: readonly [string, string];
  readonly mlp: readonly [string, string];
  /** SwiGLU: gate, value and output. */
  readonly gated: readonly [string, string, string];
  /** The three projections as one, if this naming keeps them apart or their biases elsewhere. */
  readonly qkv: (
    block: Weights,
    embedDim: number,
    name: string,
  ) => { weight: CheckpointTensor; bias: CheckpointTensor | null };
}

const NAMES: Readonly<Record<Dinov3Naming, (weights: Weights) => Names>> = {
  official: () => ({
    patchEmbed: 'patch_embed.proj',
    cls: 'cls_token',
    registers: 'storage_tokens',
    periods: 'rope_embed.periods',
    blocks: 'blocks',
    proj: 'attn.proj',
    scales: ['ls1.gamma', 'ls2.gamma'],
    mlp: ['mlp.fc1', 'mlp.fc2'],
    gated: ['mlp.w1', 'mlp.w2', 'mlp.w3'],
    qkv: officialQkv,
  }),
  timm: () => ({
    patchEmbed: 'patch_embed.proj',
    cls: 'cls_token',
    registers: 'reg_token',
    periods: null,
    blocks: 'blocks',
    proj: 'attn.proj',
    scales: ['gamma_1', 'gamma_2'],
    mlp: ['mlp.fc1', 'mlp.fc2'],
    gated: ['mlp.fc1_g', 'mlp.fc1_x', 'mlp.fc2'],
    qkv: timmQkv,
  }),
  transformers: (weights) => ({
    patchEmbed: 'embeddings.patch_embeddings',
    cls: 'embeddings.cls_token',
    registers: 'embeddings.register_tokens',
    periods: null,
    // Files say `layer.N`; a torch.save of a model of version 5 has its name in memory.
    blocks: weights.has('model.layer.0.norm1.weight') ? 'model.layer' : 'layer',
    proj: 'attention.o_proj',
    scales: ['layer_scale1.lambda1', 'layer_scale2.lambda1'],
    mlp: ['mlp.up_proj', 'mlp.down_proj'],
    gated: ['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'],
    qkv: transformersQkv,
  }),
};

/**
 * The network's tensors under one naming whatever the file's: `blocks.N.*` as {@link transformerBlock} takes them (one
 * qkv, SwiGLU's gate and value as one `mlp.w12`), `storage_tokens`, `rope_embed.periods` where the file has
 * them. Nothing is read; what is made of several tensors reads them when it is read.
 *
 * @param weights the file, which keeps account of what is taken from it
 * @throws CodedError `tensor-missing`, `tensor-shape`
 */
export function canonicalDinov3(weights: Weights, naming: Dinov3Naming, config: Dinov3Config): Weights {
  const names = NAMES[naming](weights);
  const { embedDim, hiddenDim, patch, registers, depth } = config;
  const found = new Map<string, CheckpointTensor>();
  const keep = (name: string, tensor: CheckpointTensor | null): void => {
    if (tensor) found.set(name, { ...tensor, name });
  };
  const keepLinear = (name: string, from: Weights, shape: readonly number[]): void => {
    keep(`${name}.weight`, from.take('weight', shape));
    keep(`${name}.bias`, from.optional('bias', [shape[0]]));
  };
  const keepNorm = (name: string, from: Weights): void => {
    keep(`${name}.weight`, from.take('weight', [embedDim]));
    keep(`${name}.bias`, from.take('bias', [embedDim]));
  };

  keep('cls_token', weights.take(names.cls, [1, 1, embedDim]));
  keep('storage_tokens', weights.take(names.registers, [1, registers, embedDim]));
  keep('patch_embed.proj.weight', weights.take(`${names.patchEmbed}.weight`, [embedDim, 3, patch, patch]));
  keep('patch_embed.proj.bias', weights.take(`${names.patchEmbed}.bias`, [embedDim]));
  if (config.ownPeriods) keep('rope_embed.periods', weights.take(names.periods!, [embedDim / config.heads / 4]));
  for (let i = 0; i < depth; i += 1) {
    const block = weights.at(`${names.blocks}.${i}`);
    const to = `blocks.${i}`;
    keepNorm(`${to}.norm1`, block.at('norm1'));
    const qkv = names.qkv(block, embedDim, `${to}.attn.qkv`);
    keep(`${to}.attn.qkv.weight`, qkv.weight);
    keep(`${to}.attn.qkv.bias`, qkv.bias);
    keepLinear(`${to}.attn.proj`, block.at(names.proj), [embedDim, embedDim]);
    if (config.layerScale) keep(`${to}.ls1.gamma`, block.take(names.scales[0], [embedDim]));
    keepNorm(`${to}.norm2`, block.at('norm2'));
    if (config.feedForward === 'mlp') {
      keepLinear(`${to}.mlp.fc1`, block.at(names.mlp[0]), [hiddenDim, embedDim]);
      keepLinear(`${to}.mlp.fc2`, block.at(names.mlp[1]), [embedDim, hiddenDim]);
    } else {
      const [gate, value] = names.gated.map((name) => block.at(name));
      const both = (kind: string, shape: readonly number[]) => [gate.take(kind, shape), value.take(kind, shape)];
      keep(`${to}.mlp.w12.weight`, stacked(`${to}.mlp.w12.weight`, both('weight', [hiddenDim, embedDim])));
      if (gate.has('bias')) keep(`${to}.mlp.w12.bias`, stacked(`${to}.mlp.w12.bias`, both('bias', [hiddenDim])));
      keepLinear(`${to}.mlp.w3`, block.at(names.gated[2]), [embedDim, hiddenDim]);
    }
    if (config.layerScale) keep(`${to}.ls2.gamma`, block.take(names.scales[1], [embedDim]));
  }
  keepNorm('norm', weights.at('norm'));
  return Weights.of(found);
}

/** One matrix; its bias counts times the stored mask, which is 0 for the keys. */
function officialQkv(block: Weights, embedDim: number, name: string) {
  const qkv = block.at('attn.qkv');
  const weight = qkv.take('weight', [3 * embedDim, embedDim]);
  const bias = qkv.optional('bias', [3 * embedDim]);
  const mask = qkv.optional('bias_mask', [3 * embedDim]);
  if (!bias || !mask) return { weight, bias };
  const masked = async (): Promise<Float32Array<ArrayBuffer>> => {
    const [values, factors] = [await bias.readFloat32(), await mask.readFloat32()];
    // Where the mask is 0 the file may hold anything, NaN too.
    return values.map((value, i) => (factors[i] === 0 ? 0 : value * factors[i]));
  };
  return { weight, bias: computed(`${name}.bias`, [3 * embedDim], masked) };
}

/** One matrix; biases of queries and values apart, or none at all (they are zero in the published networks). */
function timmQkv(block: Weights, embedDim: number, name: string) {
  const attention = block.at('attn');
  const weight = attention.take('qkv.weight', [3 * embedDim, embedDim]);
  const [query, value] = ['q_bias', 'v_bias'].map((bias) => attention.optional(bias, [embedDim]));
  return { weight, bias: joinedBias(name, embedDim, [query, null, value]) };
}

/** Three matrices; no bias of the keys unless the file has one. */
function transformersQkv(block: Weights, embedDim: number, name: string) {
  const parts = ['q_proj', 'k_proj', 'v_proj'].map((part) => block.at(`attention.${part}`));
  const weight = stacked(
    `${name}.weight`,
    parts.map((part) => part.take('weight', [embedDim, embedDim])),
  );
  const biases = parts.map((part) => part.optional('bias', [embedDim]));
  return { weight, bias: joinedBias(name, embedDim, biases) };
}

/** Three biases as one, zeros for those that are missing; null where all are. */
function joinedBias(
  name: string,
  embedDim: number,
  parts: readonly (CheckpointTensor | null)[],
): CheckpointTensor | null {
  if (parts.every((part) => part === null)) return null;
  return computed(`${name}.bias`, [3 * embedDim], async () => {
    const values = new Float32Array(3 * embedDim);
    for (const [i, part] of parts.entries()) if (part) values.set(await part.readFloat32(), i * embedDim);
    return values;
  });
}

/** Tensors one above the other, along their first axis. */
export function stacked(name: string, parts: readonly CheckpointTensor[]): CheckpointTensor {
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const shape = [rows, ...parts[0].shape.slice(1)];
  return computed(name, shape, async () => {
    const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    let at = 0;
    for (const part of parts) {
      values.set(await part.readFloat32(), at);
      at += part.size;
    }
    return values;
  });
}

/** A tensor that is made of others when it is read. */
function computed(
  name: string,
  shape: readonly number[],
  readFloat32: () => Promise<Float32Array<ArrayBuffer>>,
): CheckpointTensor {
  return {
    name,
    path: [name],
    dtype: 'float32',
    shape,
    size: shape.reduce((product, extent) => product * extent, 1),
    readFloat32,
    readBytes: async () => new Uint8Array((await readFloat32()).buffer),
  };
}
