import type { MatchField } from '../../compute/field/gpu.ts';
import type { PlainField } from '../../compute/field/cpu.ts';
import type { SureFrom } from '../../compute/lucas-kanade/follow-motion.ts';
import type { Probe } from '../../compute/probe/cpu.ts';
import type { SideStatistics, StatisticsOptions } from '../../compute/statistics/cpu.ts';
import type { InputManifest, VerdictThresholds } from '../../models/manifest.ts';
import type { Point, Side, Size } from '../../core/geometry.ts';
import type { PhotoMask } from '../../core/mask.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import type { Decoded } from '../matcher.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';

/** What a backend needs to know of a photo; each backend keeps the pixels in its own way. */
export interface PhotoHandle {
  /** Differs for every photo opened, and prefixes its features in the cache. */
  readonly key: string;
  readonly size: Size;
  /** What counts of it; without one all of it does. */
  readonly mask?: PhotoMask | null;
}

export type Statistics = Record<Side, SideStatistics>;

/** How the manifest's thresholds are counted on photos of these sizes. */
export function statisticsOptions(thresholds: VerdictThresholds, photos: Record<Side, Size>): StatisticsOptions {
  const limit = ({ width, height }: Size) => thresholds.cycleShare * Math.max(width, height);
  return { threshold: thresholds.certainty, cycleLimit: { a: limit(photos.a), b: limit(photos.b) } };
}

/** From when on a place is sure, by the manifest's thresholds, on photos of these sizes. */
export function sureFromOf(thresholds: VerdictThresholds, photos: Record<Side, Size>): Record<Side, SureFrom> {
  const { certainty, cycleShare } = thresholds;
  const { cycleLimit } = statisticsOptions(thresholds, photos);
  const of = (side: Side) => ({ certainty, cycle: cycleLimit[side], apart: cycleShare });
  return { a: of('a'), b: of('b') };
}

/** The frame of B that was matched, and the grid over B itself that its match is brought to. */
export interface FrameTaken {
  matrix: Matrix3;
  grid: Size;
}

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
  finish(decoded: Record<Side, Decoded>, photos: Record<Side, Photo>, frame: FrameTaken | null): Field;
  /** A network's output in ordinary memory. The tensor stays the caller's. */
  readTensor(tensor: RuntimeTensor): Promise<Float32Array>;
  gridSizes(field: Field): Record<Side, Size>;
  /** Puts other masks (null: none) in place of those that the field has: its certainty is worked out anew, no model runs. */
  remask(field: Field, masks: Record<Side, PhotoMask | null>): void;
  /** Whether a mask leaves anything out of the field. */
  isMasked(field: Field): boolean;
  statistics(field: Field, thresholds: VerdictThresholds): Promise<Statistics>;
  readField(field: Field, side: Side): Promise<PlainField>;
  /** The match of one normalised place of a photo. */
  probe(field: Field, side: Side, point: Point): Promise<Probe>;
  /**
   * The field with each place moved to where the photos themselves agree best, see compute/lucas-kanade: a field of its own,
   * as certain and masked as the given one.
   * @param images photos as [1, 3, h, w] in [0, 1], of any size; they stay the caller's
   */
  refineField(field: Field, images: Record<Side, RuntimeTensor>, masks: Record<Side, PhotoMask | null>): Field;
  /**
   * The field with the places that are not sure taken to where one motion takes them, see compute/lucas-kanade/follow-motion.ts: a field of its
   * own, as certain and masked as the given one.
   * @param motions of each photo's places into the other one, normalised
   */
  followMotion(
    field: Field,
    images: Record<Side, RuntimeTensor>,
    motions: Record<Side, Matrix3>,
    thresholds: VerdictThresholds,
    masks: Record<Side, PhotoMask | null>,
  ): Field;
  /**
   * Adds to the logits of a field that {@link refineField} or {@link followMotion} made; its certainty is worked out anew. The
   * logit is told by the certainty as it is without masks, so that the shift lasts when they change.
   * @param fields the field as it was read back
   */
  shiftLogits(
    field: Field,
    fields: Record<Side, PlainField>,
    shifts: Record<Side, Float32Array>,
    masks: Record<Side, PhotoMask | null>,
  ): void;
  /** The field with A and B exchanged; nothing is copied. */
  swapped(field: Field): Field;
  /** The field as the drawing passes take it; null without WebGPU. It lives until the field is disposed of. */
  onGpu(field: Field): MatchField | null;
  dispose(field: Field): void;
  /** Resolves when the work submitted so far is done, so that a stage's time is its own. */
  settled(): Promise<void>;
}
