import type { NetworkKind } from '../models/library-contract.ts';
import type { NormalisationName } from './normalisation.ts';
import type { Branch, Weights } from './weights.ts';
import type { Checkpoint } from '../formats/arrays/tensor.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { PrecisionName } from '../onnx/precision.ts';
import { PRECISIONS } from '../onnx/precision.ts';
import type { MatcherManifest, NetworkFile } from '../models/manifest.ts';
import type { NetworkManifest } from '../models/network-manifest.ts';
import type { SplatManifest } from '../models/splat-manifest.ts';

/** Height and width in pixels. */
export type Size = readonly [number, number];

/** An opened checkpoint under the name that reports give it. */
export interface ConversionInput {
  readonly name: string;
  readonly checkpoint: Checkpoint;
}

/** A network found in a state dict: what it is, and the prefix under which its tensors sit. */
export interface DetectedNetwork {
  readonly family: { readonly name: string; readonly kind: NetworkKind };
  readonly prefix: string;
  /** Prefixes of further networks of the family in the file, which are left out. */
  readonly others: readonly string[];
}

/** One network of one of the files. */
export interface LocatedNetwork extends DetectedNetwork {
  readonly input: ConversionInput;
}

export interface ConversionOptions {
  /** What to convert to: a family or a kind by its name; `auto` takes the outermost network that the tensors show. */
  readonly as?: string;
  /** Input size; the family's own unless given. */
  readonly size?: Size;
  /** A matcher's second pass, null for a single one; in RoMa twice the size unless given, in RoMa v2 none. */
  readonly fineSize?: Size | null;
  readonly precision?: PrecisionName;
  /** Attention heads of the ViT, where 64 channels a head is wrong. */
  readonly heads?: number;
  /** Attention heads of a matcher's coarse decoder; 8 in the family. */
  readonly decoderHeads?: number;
  /** How the ViT's positions are resized, where registers and names mislead. */
  readonly positionResize?: 'offset' | 'antialias';
  /**
   * What is done to RGB in [0, 1] first: ImageNet's mean and deviation, those of DINOv3's satellite images (SAT-493M), or
   * nothing. By the network's family unless given; which one a RoMa wants, its file seldom says.
   */
  readonly normalise?: NormalisationName;
  /** Of a training file with both: the network that learnt or its running mean. What the authors evaluate unless given. */
  readonly branch?: Branch;
  /** An encoder's tokens after its final norm, or before it (as Probe3D reads them); after it unless given. */
  readonly tokens?: 'normed' | 'raw';
  /** The code that a RoMa v2 was trained with, which its file does not say; 2.0.1 unless given. */
  readonly release?: '2.0.0' | '2.0.1';
  /** The frequencies that a LoFTR's positions were trained with, which its file does not say; published unless given. */
  readonly positionCode?: 'published' | 'corrected';
  /** Most key points of a photo, for networks that find them; 1,300 unless given. */
  readonly keypoints?: number;
  /** Whether the graph normalises (the manifest then says zeros and ones) or whoever feeds it. */
  readonly normaliseInside?: boolean;
  /** Attention as one fused operator: faster on adapters with wide subgroups, wrong on SwiftShader's narrow ones. */
  readonly fusedAttention?: boolean;
  /** For the manifest. */
  readonly id?: string;
  readonly name?: string;
  readonly licence?: string;
  readonly source?: string;
}

/** One .onnx to be written. */
export interface PlannedGraph {
  /** Without its ending: `encoder` becomes encoder.onnx and encoder.data. */
  readonly file: string;
  readonly graph: GraphBuilder;
}

/** Graphs built from shapes alone; no weight has been read yet. */
export interface ConversionPlan {
  /** The recognised architecture, one fact a line. */
  readonly facts: readonly string[];
  /** What the files do not say and was therefore assumed, with the option that says otherwise. */
  readonly warnings?: readonly string[];
  readonly graphs: readonly PlannedGraph[];
  /** Everything that was read from, for naming what was not used. */
  readonly weights: readonly Weights[];
  /** The manifest, once the files are known by what {@link PlannedGraph.file} calls them. */
  manifest(files: ReadonlyMap<string, NetworkFile>): MatcherManifest | NetworkManifest | SplatManifest;
}

/** An empty graph that follows the options. */
export function newGraph(name: string, { precision = 'fp32', fusedAttention }: ConversionOptions): GraphBuilder {
  return new GraphBuilder({ name, precision: PRECISIONS[precision], fusedAttention });
}
