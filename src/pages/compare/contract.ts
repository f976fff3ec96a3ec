import type { Size } from '../../core/geometry.ts';
import type { GpuCheck, KnownChecks, PhotoInfo, Provider, ProviderChoice } from '../../core/match.ts';

/** The photos that are compared: the match's two, and two more of the comparison's own. */
export const SLOTS = ['a', 'b', 'c', 'd'] as const;
export type Slot = (typeof SLOTS)[number];
export type BySlot<T> = Partial<Record<Slot, T>>;

/** Slots that have something, in their order. */
export const filledSlots = (slots: BySlot<unknown>): Slot[] => SLOTS.filter((slot) => slots[slot] != null);

/** Where features come from. */
export type EncoderSource =
  /** Dense gradient histograms: no download. */
  | { kind: 'classical' }
  /** One feature of a matcher's encoder, at its stride. */
  | { kind: 'stage'; manifestUrl: string; feature: string }
  /** A network of its own that yields patch tokens. */
  | { kind: 'network'; manifestUrl: string };

/** An encoder that can be compared. */
export interface EncoderInfo {
  /** `classical`, a network's id, or a matcher's id and feature: `prototype/f16`. */
  id: string;
  name: string;
  /** Stride and channels, for the person. */
  detail: string;
  /** Pixels of its input between places. */
  stride: number;
  source: EncoderSource;
}

/** A model to look for encoders in. */
export interface EncoderCandidate {
  id: string;
  name: string;
  kind: 'matcher' | 'encoder';
  manifestUrl: string;
}

/** What the compare worker found at start. */
export interface CompareInfo {
  provider: Provider;
  /** Where statistics of features are computed. */
  mathsOn: 'webgpu' | 'cpu';
  adapter: string | null;
}

/** Features that are kept, against what may be. */
export interface FeatureUsage {
  bytes: number;
  budget: number;
  photos: number;
}

/** Where features of a sample's photo were recorded, and which of the two it is. */
export interface RecordedPlace {
  url: string;
  side: 'a' | 'b';
}

/** What one encoder made of the photos that are there. */
export interface EncodingFacts {
  grids: BySlot<Size>;
  channels: number;
  /** Milliseconds that the photos took to encode, when they were. */
  milliseconds: number;
  /** All of it came with the sample: no model has run here. */
  isRecorded: boolean;
  usage: FeatureUsage;
}

/** A picture with a pixel for every place of a feature grid; places that are masked out are clear. */
export interface PixelPicture {
  grid: Size;
  /** [places, 4] */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The same as the GPU drew it: its pixels were never in memory. Whoever holds it closes it. */
export interface BitmapPicture {
  grid: Size;
  bitmap: ImageBitmap;
}

export type GridPicture = PixelPicture | BitmapPicture;
export type Pictures = BySlot<GridPicture>;

/** Bitmaps among the pictures. */
export const bitmapsOf = (pictures: Pictures): ImageBitmap[] =>
  Object.values(pictures).flatMap((picture) => ('bitmap' in picture ? [picture.bitmap] : []));

/** One encoder over the photos; the longer side of what it sees, in pixels, where it does not prescribe its own. */
export interface Encoding {
  encoder: EncoderInfo;
  longSide: number;
}

export interface ComponentOptions {
  /** One fit over all photos, or one for each. */
  fit: 'joint' | 'per-photo';
  /** Turn the components towards those of this encoder, so that colours mean the same; null leaves them. */
  alignTo: EncoderInfo | null;
  /** Keep only places that lie high or low along the first component. */
  mask: 'none' | 'high' | 'low';
}

export interface ComponentMaps {
  /** Bitmaps where a GPU drew them. */
  pictures: Pictures;
  /** For every fit (one, or one a photo), the share of the variance along each of the three components. */
  explained: number[][];
  facts: EncodingFacts;
}

export interface ClusterMaps {
  labels: BySlot<{ grid: Size; labels: Uint8Array<ArrayBuffer> }>;
  sizes: number[];
  meanCosine: number;
  facts: EncodingFacts;
}

/** A place on a photo, as shares of its width and height. */
export interface UnitPlace {
  slot: Slot;
  x: number;
  y: number;
}

export interface SimilarityOptions {
  at: UnitPlace;
  /** Best places wanted in every photo. */
  count: number;
  /** Cells around a best place in which no other is looked for. */
  exclusion: number;
  /** Softmax temperature of the heat map; null for the cosine itself, stretched to the map's range. */
  temperature: number | null;
}

export interface SimilarityMaps {
  /** Heat for every place, in the colours of turbo. */
  heat: BySlot<PixelPicture>;
  /** Best places of every other photo (of the same one where there is no other), each photo's best first: rank 0. */
  best: (UnitPlace & { cosine: number; rank: number })[];
  /** The patch that was asked for: its centre. */
  query: UnitPlace;
  facts: EncodingFacts;
}

/** Two different photos. */
export type SlotPair = readonly [Slot, Slot];

export interface NeighbourMatches {
  between: SlotPair;
  /** Rows of x, y in the first photo, x, y in the second as shares of width and height, cosine, ratio; the clearest first. */
  rows: Float32Array<ArrayBuffer>;
  count: number;
  /** Mutual nearest neighbours before the ratio filter and the limit. */
  mutual: number;
  facts: EncodingFacts;
}

/** A file by its address, or the file itself. */
export type FileOrAddress = string | Blob;

export interface TruthFile {
  name: string;
  file: FileOrAddress;
}

/** Two photos and the files that together tell their true correspondence: docs/compare.md describes the formats. */
export interface ScoredPair {
  a: FileOrAddress;
  b: FileOrAddress;
  truth: readonly TruthFile[];
}

/** How a true correspondence is known. */
export type TruthKind = 'warp' | 'homography' | 'depth';

export interface TruthSummary {
  kind: TruthKind;
  /** Share of photo A whose place is seen in B. */
  seen: number;
  viewpoint: number | null;
  /** Whether cameras, pose and the depth of both photos are known, which Probe3D's protocols need. */
  hasScene: boolean;
}

/**
 * How an encoder is scored on a pair: at every place that B shows, or as Probe3D does on NAVI and on ScanNet
 * (features/probe3d.ts), on pairs whose depth is known.
 */
export const SCORE_PROTOCOLS = ['covisible', 'probe3d-navi', 'probe3d-scannet'] as const;
export type ScoreProtocol = (typeof SCORE_PROTOCOLS)[number];

export interface PairScore {
  /** Places, or matches, that were judged. */
  places: number;
  /** Recall at each of the protocol's distances: RECALL_THRESHOLDS, or those of Probe3D's rules, in space first. */
  recall: number[];
  /** Angle between the cameras' directions of view in degrees; null where no pose is known. */
  viewpoint: number | null;
}

/** Shares of B's longer side at which recall is told. */
export const RECALL_THRESHOLDS = [0.01, 0.02, 0.04] as const;

/** What is happening, for the person. */
export interface CompareProgress {
  stage: 'load-model' | 'encode' | 'compute';
  /** 0…1 within a download or a long computation, else null. */
  fraction: number | null;
  /** What is known of the GPU and an encoder; told once it is loaded. */
  check?: GpuCheck;
}

/** Calls that the page makes to the compare worker. Everything is about the photos given by `setPhoto`. */
export interface CompareApi {
  start(options: {
    provider: ProviderChoice;
    /** What checks of the GPU have said before: none is made twice, and no GPU is used that was wrong. */
    checks?: KnownChecks;
    /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
    avoidGpu?: string | null;
  }): CompareInfo;
  /** Every encoder among these models, and the classical one. */
  listEncoders(options: { models: EncoderCandidate[] }): EncoderInfo[];
  /** `recorded`: where features of the photo lie that need no model. */
  setPhoto(options: { slot: Slot; file: Blob; name: string; recorded: RecordedPlace | null }): PhotoInfo;
  clearPhoto(options: { slot: Slot }): void;
  components(options: Encoding & { options: ComponentOptions }): ComponentMaps;
  clusters(options: Encoding & { k: number; seed: number }): ClusterMaps;
  similarity(options: Encoding & { options: SimilarityOptions }): SimilarityMaps;
  /** {@link similarity} of several encoders in one message: what follows the pointer. */
  similarities(options: { encodings: readonly Encoding[]; options: SimilarityOptions }): SimilarityMaps[];
  neighbours(options: Encoding & { between: SlotPair; maxRatio: number; limit: number }): NeighbourMatches;
  /** Reads the truth of a pair without scoring anything. */
  inspectTruth(options: { pair: ScoredPair }): TruthSummary;
  /** Scores an encoder on another pair; its photos and features are not kept. The size is Probe3D's own there. */
  score(options: Encoding & { pair: ScoredPair; protocol: ScoreProtocol }): PairScore;
  /** Features [height, width, channels] as a npy file. */
  exportFeatures(options: Encoding & { slot: Slot }): Blob;
}

/** A pair with its true warp, such as the lift studio makes. */
export interface HandedPair {
  name: string;
  a: Blob;
  b: Blob;
  /** npz with `warp`, `visible` and, where known, `pose_ab`: docs/compare.md describes it. */
  truth: Blob;
}
