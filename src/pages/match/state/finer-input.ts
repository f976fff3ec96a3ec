import type { Size } from '../../../core/geometry.ts';
import type { Stage } from '../../../core/match.ts';
import { chosenModel } from '../../../workspace/models.ts';
import type { MatchState } from './types.ts';

/** A larger input of the model than the last match had. */
export interface FinerInput {
  longSide: number;
  /** How many times more pixels a side the photos have than the model was shown. */
  ratio: number;
  /** What one look at that size takes, from the last one; null where that came from a cache. */
  milliseconds: number | null;
}

/** From this ratio on the photos show far more than the model saw: small print, distant leaves. */
const FAR_MORE = 2;
/** With less overlap than this it may be the detail that is missing. */
const WELL = 0.5;
/** What grows with the input's area. */
const LOOK: readonly Stage[] = ['preprocess', 'encode-a', 'encode-b', 'decode'];

const longSideOf = ({ width, height }: Size): number => Math.max(width, height);

/** The larger input that is offered for the present match; null where nothing speaks for one, or the person chose a size. */
export function finerInput(state: MatchState): FinerInput | null {
  const { result, photos, settings, job } = state;
  const model = chosenModel(state);
  const [a, b] = [photos.a.photo, photos.b.photo];
  if (!result || result.isRecorded || job || !model || !a || !b || settings.longSide !== null) return null;
  const { overlap } = result.verdict;
  if (Math.max(overlap.a, overlap.b) >= WELL) return null;
  const input = Math.max(longSideOf(result.inputSize.a), longSideOf(result.inputSize.b));
  const detail = Math.max(longSideOf(a.info.workingSize), longSideOf(b.info.workingSize));
  const longSide = Math.floor(Math.min(model.maxLongSide, detail) / model.multiple) * model.multiple;
  if (detail < FAR_MORE * input || longSide <= input) return null;
  const known = LOOK.map((stage) => result.timings[stage]);
  const isWhole = known.every((time) => time !== undefined);
  const once = known.reduce<number>((sum, time) => sum + (time ?? 0), 0);
  return { longSide, ratio: detail / input, milliseconds: isWhole ? once * (longSide / input) ** 2 : null };
}
