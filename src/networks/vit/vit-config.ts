import { CodedError } from '../../core/errors.ts';
import type { PositionResize } from './position-embedding.ts';
import type { Weights } from '../weights.ts';

/** What a ViT's tensors and options say about its architecture. */
export interface VitConfig {
  readonly embedDim: number;
  readonly heads: number;
  /** Pixels along one side of a patch. */
  readonly patch: number;
  readonly registers: number;
  /** Name of the register tokens: DINOv2's `register_tokens` or timm's `reg_token`. */
  readonly registerName: string;
  /** Rows and columns of the stored position embedding. */
  readonly positionGrid: readonly [number, number];
  /** False where positions cover patch tokens alone (timm's no_embed_class). */
  readonly positionForCls: boolean;
  readonly positionResize: PositionResize;
  /** Names of the blocks, in order: `blocks.0`, or `blocks.0.0` where training chunked them. */
  readonly blocks: readonly string[];
  readonly feedForward: 'mlp' | 'swiglu' | 'swiglu-packed';
  readonly hiddenDim: number;
  readonly layerScale: boolean;
}

/** What shapes cannot tell, or tell only by the family's habit. */
export interface VitOptions {
  /** Attention heads; by default as many as give 64 channels each. */
  readonly heads?: number;
  readonly positionResize?: PositionResize;
}

/** Channels per attention head in the whole DINOv2 family. */
const HEAD_CHANNELS = 64;

/**
 * Reads a ViT's sizes from its tensors' shapes.
 * @throws CodedError where a tensor is missing or the numbers contradict one another.
 */
export function readVitConfig(weights: Weights, options: VitOptions = {}): VitConfig {
  const [embedDim, , patch] = weights.shapeOf('patch_embed.proj.weight', 4);
  if (weights.has('norm_pre.weight')) {
    throw new CodedError(
      'architecture-unknown',
      `The ViT under "${weights.prefix}" norms its tokens before the first block ("norm_pre"), as CLIP's does; such a network cannot be converted.`,
      'Choose a DINOv2, or one of its descendants.',
    );
  }
  const blocks = blockNames(weights);
  const heads = options.heads ?? embedDim / HEAD_CHANNELS;
  if (!Number.isInteger(heads) || embedDim % heads !== 0) {
    throw new CodedError(
      'vit-heads',
      `The number of attention heads of a ViT with ${embedDim} channels cannot be told from its tensors.`,
      'Say it with --heads (a divisor of the number of channels).',
    );
  }
  const registerName = weights.has('reg_token') ? 'reg_token' : 'register_tokens';
  const registers = weights.has(registerName) ? weights.shapeOf(registerName, 3)[1] : 0;
  const positions = positionLayout(weights);
  const mlp = `${blocks[0]}.mlp`;
  const swiglu = weights.has(`${mlp}.w12.weight`);
  const hiddenDim = weights.shapeOf(swiglu ? `${mlp}.w3.weight` : `${mlp}.fc2.weight`)[1];
  const packed = !swiglu && weights.shapeOf(`${mlp}.fc1.weight`)[0] === 2 * hiddenDim;
  return {
    embedDim,
    heads,
    patch,
    registers,
    registerName,
    ...positions,
    // Registers came with the antialiased resize; timm always has it, and its files lack the mask token.
    positionResize: options.positionResize ?? (registers > 0 || !weights.has('mask_token') ? 'antialias' : 'offset'),
    blocks,
    feedForward: swiglu ? 'swiglu' : packed ? 'swiglu-packed' : 'mlp',
    hiddenDim,
    layerScale: blocks.some((block) => weights.has(`${block}.ls1.gamma`)),
  };
}

/** @throws CodedError `tensor-missing` where there is none, or none of a number between others */
function blockNames(weights: Weights): string[] {
  const names: string[] = [];
  const chunks = weights.count('blocks');
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const isBlock = (name: string): boolean => BLOCK_MARKS.some((mark) => weights.has(`${name}.${mark}`));
    // Chunked for training: chunk c holds its blocks under their global numbers, so lower ones are absent.
    const chunked = isBlock(`blocks.${chunk}`)
      ? []
      : Array.from({ length: MAX_DEPTH }, (_, i) => i).filter((i) => isBlock(`blocks.${chunk}.${i}`));
    if (chunked.length === 0) names.push(`blocks.${chunk}`);
    const first = chunk === 0 ? 0 : names.length;
    for (const [index, i] of chunked.entries()) {
      if (i !== first + index) weights.shapeOf(`blocks.${chunk}.${first + index}.norm1.weight`);
      names.push(`blocks.${chunk}.${i}`);
    }
  }
  if (names.length === 0) weights.shapeOf('blocks.0.norm1.weight');
  return names;
}

/** Any of them tells a block from a chunk of blocks. */
const BLOCK_MARKS = ['norm1.weight', 'norm2.weight', 'attn.qkv.weight'];

/** Deeper than any published ViT (ViT-g has 40 blocks): bounds the search for chunked names. */
const MAX_DEPTH = 256;

function positionLayout(weights: Weights): Pick<VitConfig, 'positionGrid' | 'positionForCls'> {
  const entries = weights.shapeOf('pos_embed', 3)[1];
  for (const positionForCls of [true, false]) {
    const side = Math.sqrt(entries - Number(positionForCls));
    if (Number.isInteger(side)) return { positionGrid: [side, side], positionForCls };
  }
  throw new CodedError(
    'vit-positions',
    `The position embedding "${weights.prefix}pos_embed" has ${entries} entries: neither a square grid nor one with a class token.`,
    'Only ViTs trained on square images can be converted.',
  );
}
