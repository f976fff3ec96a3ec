import { CodedError } from '../../core/errors.ts';
import type { Weights } from '../weights.ts';

/** What shapes tell of a LoFTR, and what they do not. */
export interface LoftrConfig {
  /** Channels of the first convolution, and of the features at strides 2, 4 and 8. */
  readonly initial: number;
  readonly widths: readonly [number, number, number];
  /** Attention layers on the cells, and on the fine windows; self and cross in turn. */
  readonly layers: number;
  readonly fineLayers: number;
  /** Not in the shapes: 8 in every published file. */
  readonly heads: number;
  /**
   * `published`: the frequencies of outdoor_ds and indoor_ds, which an operator's precedence got wrong; `corrected`: those of
   * indoor_ds_new and of most retrained descendants. The file does not say which it was trained with.
   */
  readonly positions: 'published' | 'corrected';
  /** A match counts from this confidence on. */
  readonly threshold: number;
  /** Matches in this many cells along the border are dropped from the network's own list. */
  readonly border: number;
  /** Largest piece of the similarity matrix, or of the fine windows, that is held at once. */
  readonly pieceBytes: number;
}

export type LoftrOptions = Partial<Pick<LoftrConfig, 'heads' | 'positions' | 'threshold' | 'border' | 'pieceBytes'>>;

/** Reads the widths from shapes. @throws CodedError where the heads do not fit */
export function readLoftrConfig(weights: Weights, options: LoftrOptions = {}): LoftrConfig {
  const [initial] = weights.shapeOf('backbone.conv1.weight');
  const [fine] = weights.shapeOf('backbone.layer1_outconv2.3.weight');
  const [middle] = weights.shapeOf('backbone.layer2_outconv2.3.weight');
  const [coarse] = weights.shapeOf('backbone.layer3_outconv.weight');
  const count = (name: string): number => {
    const layers = weights.count(`${name}.layers`);
    // Self and cross in turn: without the last cross layer something is missing.
    if (layers % 2 === 1) weights.shapeOf(`${name}.layers.${layers}.q_proj.weight`);
    return layers;
  };
  const heads = options.heads ?? 8;
  for (const width of [coarse, fine]) {
    if (width % heads === 0 && coarse % 4 === 0) continue;
    throw new CodedError(
      'architecture-unknown',
      `A LoFTR of ${coarse} and ${fine} channels does not split into ${heads} attention heads.`,
      'Say the number of heads with --heads.',
    );
  }
  return {
    initial,
    widths: [fine, middle, coarse],
    layers: count('loftr_coarse'),
    fineLayers: count('loftr_fine'),
    heads,
    positions: options.positions ?? 'published',
    threshold: options.threshold ?? 0.2,
    border: options.border ?? 2,
    pieceBytes: options.pieceBytes ?? 32 * 2 ** 20,
  };
}
