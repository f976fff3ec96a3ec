import type { PlainField } from '../gpu/reference/field.ts';
import type { InputManifest, VerdictThresholds } from '../models/manifest.ts';
import type { Side, Size } from '../shared/geometry.ts';
import type { Matrix3 } from '../shared/matrix3.ts';
import type { Decoded } from './matcher.ts';
import type { RuntimeTensor } from './runtime.ts';

/** What a backend needs to know of a photo; each backend keeps the pixels in its own way. */
export interface PhotoHandle {
  /** Differs for every photo opened, and prefixes its features in the cache. */
  readonly key: string;
  readonly size: Size;
}

/** Statistics of one direction over its whole grid, before any sampling. */
export interface SideStatistics {
  meanCertainty: number;
  /** Share of places that are certain and come back after A→B→A, see {@link VerdictThresholds}. */
  overlap: number;
  /** Median cycle error over certain places, pixels of the photo; null where none is certain. */
  medianCycle: number | null;
}

export type Statistics = Record<Side, SideStatistics>;

/**
 * Everything around the network that touches pixels or dense fields, in one of two ways: on the GPU without readback,
 * or in plain TypeScript (browsers without WebGPU, and the command line). Both give the same numbers.
 */
export interface Backend<Photo extends PhotoHandle, Field> {
  /**
   * The encoder's input [1, 3, h, w]. With a `frame` (normalised frame → normalised photo, see reference/frame.ts)
   * the photo is drawn through it first.
   */
  preprocess(photo: Photo, size: Size, input: InputManifest, frame: Matrix3 | null): RuntimeTensor;
  /**
   * Both directions as a field: certainty and cycle error are worked out, and a frame of B is taken out again.
   * Takes the decoded tensors over.
   */
  finish(decoded: Record<Side, Decoded>, photos: Record<Side, Photo>, frame: Matrix3 | null): Field;
  gridSizes(field: Field): Record<Side, Size>;
  statistics(field: Field, thresholds: VerdictThresholds): Promise<Statistics>;
  readField(field: Field, side: Side): Promise<PlainField>;
  dispose(field: Field): void;
  /** Resolves when the work submitted so far is done, so that a stage's time is its own. */
  settled(): Promise<void>;
}
