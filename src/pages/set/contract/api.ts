import type { PlainError } from '../../../core/errors.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Size } from '../../../core/geometry.ts';
import type { PhotoMask } from '../../../core/mask.ts';
import type { GpuCheck, KnownChecks, ModelSource, ProviderChoice, Verdict } from '../../../core/match.ts';
import type { SetExportName } from '../../../exports/sets/index.ts';
import type { SetSource } from '../../../exports/sets/set-format.ts';

/** Photos of a set at most: all with all of them would be some 80,000 pairs. */
export const MAX_SET_PHOTOS = 400;

/** A photo of the set as the page shows it. */
export interface SetPhotoFacts {
  /** Never used twice. */
  id: string;
  name: string;
  /** Upright, pixels of the file. */
  size: Size;
  /** Focal length that EXIF tells, pixels of the file. */
  focal: number | null;
  /** Of its bytes: the same photo twice has the same. */
  sha256: string;
  thumbnail: Blob;
}

/** What lies beside the photos: calibrations and masks, each found by its name or shape. */
export interface BesideFacts {
  /** By photo's id: its measured camera (core/camera-model.ts, as text), and whether a mask leaves out a part of it. */
  photos: Record<string, { camera: string | null; isMasked: boolean }>;
  /** Names of the calibrations that are in use. */
  calibrations: string[];
  /** Files that say nothing of these photos, and why. */
  refused: { name: string; error: PlainError }[];
}

/** What was found of a pair. */
export interface SetPairFacts {
  verdict: Verdict;
  candidates: number;
  geometry: 'degenerate' | 'calibrated' | 'uncalibrated' | 'planarOrPanoramic';
}

/** Two photos of the set, the one that comes first in it as A. */
export interface PairOfIds {
  a: string;
  b: string;
}

/** How pairs are matched; what is kept is used again only where it is the same. */
export interface SetMatchOptions {
  model: ModelSource;
  longSide: number | null;
  rescue: boolean;
}

/** The set as it was put together. */
export interface SetFacts {
  tracks: number;
  meanLength: number;
  verifiedPairs: number;
  /** By photo's id. */
  keypoints: Record<string, number>;
  /** Of every pair that was asked for, in their order: cameras that came later may have changed it. */
  geometries: SetPairFacts['geometry'][];
}

/** A place of a track in one of its photos; pixels of the file. */
export interface TrackPlace {
  id: string;
  x: number;
  y: number;
  /** The photo around the place. */
  crop: Blob;
}

export interface SetInfo {
  providerReason: string;
  /** What lay in this browser from the last visit, in its order. */
  kept: SetPhotoFacts[];
  /** Whether photos and pairs are kept for the next visit. */
  keeps: boolean;
  beside: BesideFacts;
}

export interface SetProgress {
  stage: 'model' | 'encode' | 'search' | 'fit' | 'write';
  fraction: number | null;
  /** What was found of the GPU and the model that is loaded. */
  check?: GpuCheck;
}

/** Calls of the page to the set's worker. */
export interface SetApi {
  start(options: {
    provider: ProviderChoice;
    checks: KnownChecks;
    /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
    avoidGpu?: string | null;
  }): SetInfo;
  /** Opens a photo once, to see that it can be, and keeps it. Throws as every opening of a photo does. */
  add(options: { id: string; file: File }): SetPhotoFacts;
  remove(options: { ids: string[] }): void;
  /** Takes calibrations and masks, and finds what they and the earlier ones say of the photos that are there now. */
  beside(options: { files: File[] }): BesideFacts;
  /** Takes all calibrations or all masks away. */
  forgetBeside(options: { what: 'cameras' | 'masks' }): BesideFacts;
  /** Keeps the order for the next visit. */
  arrange(options: { ids: string[] }): void;
  /** The original file. */
  photo(options: { id: string }): File;
  /** What counts of it; null: all. */
  mask(options: { id: string }): PhotoMask | null;
  /** Pairs of the photos whose pooled features are most alike. Throws `set-not-comparable`. */
  likely(options: SetMatchOptions & { ids: string[]; neighbours: number }): PairOfIds[];
  /** What is known of pairs already, from this visit or an earlier one. */
  known(options: SetMatchOptions & { pairs: PairOfIds[] }): (SetPairFacts | null)[];
  match(options: SetMatchOptions & { pair: PairOfIds }): SetPairFacts;
  /** Puts the matched pairs together; geometries are fitted anew where other cameras are known now. */
  assemble(
    options: SetMatchOptions & { ids: string[]; pairs: PairOfIds[]; keypoints: number; modelName: string },
  ): SetFacts;
  /** Places [n, 2] of a photo's keypoints (pixels of the file), and [n] how many photos see each. */
  keypoints(options: { id: string }): { places: Float32Array; lengths: Uint8Array };
  /** The track nearest to a place, in all of its photos; null where none is near. */
  track(options: { id: string; x: number; y: number }): TrackPlace[] | null;
  save(options: { format: SetExportName } & Pick<SetSource, 'cameras' | 'firstPixel'>): ExportedFile;
}
