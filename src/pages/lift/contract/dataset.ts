import type { DatasetTarget } from '../../../core/dataset-target.ts';
import type { DepthSource } from './depth.ts';
import type { LiftSettings } from './settings.ts';

/**
 * What can be made at all; the page's sliders offer a part of it. More views would be a mistake of a digit: one takes some
 * seven megabytes.
 */
export const DATASET_LIMITS = { views: [1, 1000], size: [64, 2048] } as const;

/** Which random changes a view gets, with L2M's ranges (conventions.md). */
export interface DatasetOptions {
  /** Views of every photo. */
  views: number;
  /** The same seed gives the same dataset. */
  seed: number;
  /** Side of the square crop, pixels. */
  size: number;
  relight: boolean;
  photometric: boolean;
  /** Everything that is not drawn at random: depth handling, holes, sky. */
  settings: LiftSettings;
}

export interface DatasetSummary {
  photos: number;
  views: number;
  /** Views that were there already. */
  kept: number;
  bytes: number;
  failures: { name: string; message: string }[];
  /** The ZIP where no handle was given. */
  blob: Blob | null;
}

/** A photo with a depth source of its own where it has one: a map dropped with it, or a sample's. */
export interface DatasetPhoto {
  name: string;
  file: Blob;
  depth: DepthSource | null;
}

export interface DatasetApi {
  /** N seeded views of every photo in L2M's layout. Photos without a source of their own have the page's. */
  exportDataset(options: { photos: DatasetPhoto[]; options: DatasetOptions; target: DatasetTarget }): DatasetSummary;
}
