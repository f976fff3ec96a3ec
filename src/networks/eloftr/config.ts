import type { Weights } from '../weights.ts';
import { CodedError } from '../../core/errors.ts';

/** What shapes tell of an EfficientLoFTR, and what they do not. */
export interface EloftrConfig {
  /** Channels at strides 2, 4 and 8; the last is the transformer's width. */
  readonly widths: readonly [number, number, number];
  /** Attention layers, self and cross in turn. */
  readonly layers: number;
  /** Not in the shapes: 8 in every published file. */
  readonly heads: number;
  /** Pixels of stride 8 that a token of the attention stands for, along each side. */
  readonly aggregation: number;
  /**
   * The authors round their tables of sines and cosines to half precision, transformers does not. Features differ
   * by 6e-5; matches did not in any case tried.
   */
  readonly halfPrecisionRope: boolean;
  /** Long side in pixels up to which positions are counted as they are; above it they are scaled back to it. */
  readonly longestTrained: number;
  /**
   * `dual-softmax`: published `full` model. `similarity`: the authors' `opt` model, which spares the softmax. The file
   * is the same for both.
   */
  readonly confidence: 'dual-softmax' | 'similarity';
  /** A match counts from this confidence on. */
  readonly threshold: number;
  /** Matches in this many cells along the border are dropped from the network's own list. */
  readonly border: number;
  /** Largest piece of the similarity matrix, or of a fine stage's windows, that is held at once. */
  readonly pieceBytes: number;
}

export type EloftrOptions = Partial<Omit<EloftrConfig, 'widths' | 'layers' | 'aggregation'>>;

/** Similarity from which the `opt` model takes a match, and where certainty reaches one (the authors' colours). */
export const SIMILARITY_RANGE = [20, 30] as const;

/** Reads the widths from shapes. @throws CodedError `option-invalid` where the heads do not fit */
export function readEloftrConfig(weights: Weights, options: EloftrOptions = {}): EloftrConfig {
  const [fine, quarter] = weights.shapeOf('fine_preprocess.layer1_outconv2.3.weight');
  const [, middle] = weights.shapeOf('fine_preprocess.layer2_outconv.weight');
  const [width] = weights.shapeOf('fine_preprocess.layer3_outconv.weight');
  const layers = weights.count('loftr_coarse.layers', ['aggregate.weight', 'q_proj.weight', 'mlp.0.weight']);
  // Self and cross in turn: without the last cross layer something is missing.
  if (layers % 2 === 1) weights.shapeOf(`loftr_coarse.layers.${layers}.aggregate.weight`);
  const [, , aggregation] = weights.shapeOf('loftr_coarse.layers.0.aggregate.weight');
  const heads = options.heads ?? 8;
  if (width % (4 * heads) !== 0 || quarter !== middle) {
    throw new CodedError(
      'architecture-unknown',
      `An EfficientLoFTR of ${width} channels does not split into ${heads} attention heads.`,
      'Say the number of heads with --heads.',
    );
  }
  const confidence = options.confidence ?? 'dual-softmax';
  return {
    widths: [fine, middle, width],
    layers,
    heads,
    aggregation,
    halfPrecisionRope: options.halfPrecisionRope ?? true,
    longestTrained: options.longestTrained ?? 832,
    confidence,
    threshold: options.threshold ?? (confidence === 'similarity' ? 25 : 0.2),
    border: options.border ?? 2,
    pieceBytes: options.pieceBytes ?? 32 * 2 ** 20,
  };
}
