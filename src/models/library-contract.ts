import type { RemoteFile } from '../platform/storage/download.ts';

/** What the app does with a network: match two photos, describe one, tell its depth, or make a scene of two. */
export type NetworkKind = 'matcher' | 'encoder' | 'depth' | 'splats';

/** How checkpoints become ONNX: what of the converter's options a person chooses. */
export interface ConversionChoices {
  /** A family of networks or a kind by its name, or `auto` for what the tensors show. */
  as?: string;
  /** Input height and width in pixels. */
  size?: readonly [number, number];
  /** A matcher's second pass; null for a single pass, twice the size unless given. */
  fineSize?: readonly [number, number] | null;
  precision?: 'fp32' | 'fp16' | 'q8' | 'q4';
  /** Attention heads of the ViT, and of a matcher's coarse decoder, where the family's value is wrong. */
  heads?: number;
  decoderHeads?: number;
  /** What is done to RGB in [0, 1] first, where the family's rule is wrong or the file does not say it. */
  normalise?: 'imagenet' | 'satellite' | 'none';
  /** Of a training file with both: the network that learnt or its running mean. */
  branch?: 'student' | 'teacher';
  /** An encoder's tokens after its final norm, or before it. */
  tokens?: 'normed' | 'raw';
  /** The code that a RoMa v2 was trained with. */
  release?: '2.0.1' | '2.0.0';
  /** The frequencies that a LoFTR's positions were trained with. */
  positionCode?: 'published' | 'corrected';
  keypoints?: number;
}

/** What is to be installed and from what: enough to go on after the page was closed. */
export interface ModelRecipe {
  /** Folder and manifest id: a–z, 0–9, dot, dash and underscore. */
  id: string;
  name: string;
  /** SPDX identifier of the weights' licence; NOASSERTION where the publisher states none. */
  licence: string;
  source: string;
  /** Empty where the person gave the files themselves. */
  files: RemoteFile[];
  choices: ConversionChoices;
}

/** What one checkpoint turned out to be. */
export interface CheckpointRecord {
  name: string;
  /** Null for a file that the person dropped. */
  url: string | null;
  bytes: number;
  /** Of downloads only. */
  sha256: string | null;
  /** The hash equals the published one; otherwise it is what arrived, to be compared and remembered. */
  isVerified: boolean;
  /** The hash that the same address had before, where it is another one now. */
  formerSha256: string | null;
}

/** Sides that a matcher's input may have, for the size control. */
export interface InputLimits {
  multiple: number;
  defaultLongSide: number;
  minLongSide: number;
  maxLongSide: number;
}

/** A model that is ready to run, without the network. */
export interface InstalledModel {
  id: string;
  name: string;
  licence: string;
  source: string;
  description: string;
  kind: NetworkKind;
  /** Null for what is no matcher. */
  input: InputLimits | null;
  /** Bytes on disk, all files together. */
  bytes: number;
  /** Milliseconds since 1970. */
  installedAt: number;
  /** An `opfs:` address; another one after each installation, so that a replaced model is loaded anew. */
  manifestUrl: string;
  checkpoints: CheckpointRecord[];
  /** The recognised architecture, one fact a line; empty for ready ONNX files. */
  facts: string[];
  /** Tensors of the checkpoints that the model does not use. */
  unused: string[];
}

/** A download that has begun and can go on. */
export interface PartialInstall {
  recipe: ModelRecipe;
  loaded: number;
  /** Null where not every file's size is known yet. */
  total: number | null;
}

export interface StorageEstimate {
  usage: number;
  quota: number;
}

/** What the lift studio uses an ONNX file for that comes without a manifest. */
export const NETWORK_PURPOSES = ['sky', 'inpainting'] as const;
export type NetworkPurpose = (typeof NETWORK_PURPOSES)[number];

/** A network of the lift studio that is kept on this device; one for each purpose. */
export interface KeptNetwork {
  purpose: NetworkPurpose;
  /** The file's name as it was given. */
  name: string;
  /** Bytes on disk. */
  bytes: number;
  sha256: string;
  /** Milliseconds since 1970. */
  keptAt: number;
  /** It is not whole, and can only be removed or replaced. */
  isDamaged: boolean;
}

export interface LibraryListing {
  installed: InstalledModel[];
  partial: PartialInstall[];
  networks: KeptNetwork[];
  /** Null where the browser does not tell. */
  storage: StorageEstimate | null;
}

export type InstallPhase = 'download' | 'check' | 'convert' | 'copy';

export interface InstallProgress {
  phase: InstallPhase;
  /** File or layer at hand. */
  item: string;
  /** Bytes so far and in all over every file of the phase. */
  loaded: number;
  total: number | null;
  /** Of the last seconds; null until it can be told, and outside downloads. */
  bytesPerSecond: number | null;
}

/** Calls that the page makes to the worker that keeps the models. */
export interface ModelLibraryApi {
  list(options: Record<string, never>): LibraryListing;
  /** Downloads what is missing, converts, installs. Aborting pauses: what has arrived is kept for the next call. */
  install(options: { recipe: ModelRecipe }): InstalledModel;
  /** Converts checkpoints that the person gave. */
  convert(options: { recipe: ModelRecipe; files: File[] }): InstalledModel;
  /** Installs ONNX files with their manifest.json and external data. */
  add(options: { files: File[] }): InstalledModel;
  /** Throws away what has been downloaded for a model. */
  discard(options: { id: string }): void;
  remove(options: { id: string }): void;
  removeNetwork(options: { purpose: NetworkPurpose }): void;
}
