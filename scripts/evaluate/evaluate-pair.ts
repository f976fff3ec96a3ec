import type { PairMatcher } from '../../src/engine/pair-matcher.ts';
import type { CpuPhoto } from '../../src/engine/cpu-backend.ts';
import { judge, NO_RESCUE, refine } from '../../src/engine/refine.ts';
import { verdictOf } from '../../src/engine/verdict.ts';
import type { PlainMatchField } from '../../src/gpu/reference/field.ts';
import type { Verdict } from '../../src/shared/protocol.ts';
import { FilePhoto } from '../node/photo.ts';
import { type DenseMeasures, measureDense } from './measure.ts';
import { measurePose, measureRegistration, type PoseMeasures, type RegistrationMeasures } from './measure-geometry.ts';
import type { EvaluationPair } from './pairs.ts';
import { denseTruth } from './truth.ts';

export type NodeMatcher = PairMatcher<CpuPhoto, PlainMatchField>;

/** How pairs are matched. */
export interface MatchSettings {
  /** Long side of the network's input; null: the manifest's default. */
  size: number | null;
  rescue: boolean;
}

/** What is kept of one pair. */
export interface PairResult {
  name: string;
  scene: string;
  kind: EvaluationPair['kind'];
  milliseconds: number;
  verdict: Verdict;
  rescue: { tried: boolean; quarterTurns: number; scale: number };
  dense?: DenseMeasures;
  registration?: RegistrationMeasures;
  pose?: PoseMeasures;
}

export interface MatchedPair {
  photos: { a: FilePhoto; b: FilePhoto };
  fields: PlainMatchField;
  verdict: Verdict;
  rescue: PairResult['rescue'];
  milliseconds: number;
}

/** Matches two files as the engine's worker does. */
export async function matchPair(matcher: NodeMatcher, pair: { a: string; b: string }, settings: MatchSettings): Promise<MatchedPair> {
  const photos = { a: new FilePhoto(pair.a), b: new FilePhoto(pair.b) };
  const start = performance.now();
  const plan = { longSide: { a: settings.size, b: settings.size }, frame: null };
  const first = await judge(matcher, await matcher.match(photos, plan));
  const match = settings.rescue ? await refine(matcher, photos, settings.size, first) : { ...first, rescue: NO_RESCUE };
  return {
    photos,
    fields: match.field,
    verdict: verdictOf(match.statistics, matcher.matcher.manifest.verdict),
    rescue: match.rescue,
    milliseconds: performance.now() - start,
  };
}

/** Matches a pair and measures what its truth allows. */
export async function evaluatePair(matcher: NodeMatcher, pair: EvaluationPair, settings: MatchSettings): Promise<PairResult> {
  const { photos, fields, verdict, rescue, milliseconds } = await matchPair(matcher, pair, settings);
  const { name, scene, kind } = pair;
  const result: PairResult = { name, scene, kind, milliseconds, verdict, rescue };
  const truth = await denseTruth(pair, { a: photos.a.size, b: photos.b.size });
  if (truth) result.dense = measureDense(fields.a, photos.b.size, truth);
  if (pair.kind === 'homography') result.registration = measureRegistration(fields, pair.H);
  if (pair.cameras) result.pose = measurePose(fields, pair.cameras);
  return result;
}
