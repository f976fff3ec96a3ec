import type { MatchResult, Verdict } from '../../src/core/match.ts';
import { matchPair, type MatchSettings, type NodeMatcher } from '../node/match-pair.ts';
import { type DenseMeasures, measureDense, measurePoints } from './measure.ts';
import { measurePose, measureRegistration, type PoseMeasures, type RegistrationMeasures } from './measure-geometry.ts';
import type { EvaluationPair } from './pairs.ts';
import { denseTruth } from './truth.ts';

/** What is kept of one pair. */
export interface PairResult {
  name: string;
  scene: string;
  kind: EvaluationPair['kind'];
  milliseconds: number;
  /** Until the first match, and how many were made after it. */
  firstMilliseconds: number;
  tries: number;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  dense?: DenseMeasures;
  registration?: RegistrationMeasures;
  pose?: PoseMeasures;
  /** At the places that the list knows in both photos. */
  points?: DenseMeasures;
}

/** Matches a pair and measures what its truth allows. */
export async function evaluatePair(
  matcher: NodeMatcher,
  pair: EvaluationPair,
  settings: MatchSettings,
): Promise<PairResult> {
  const { photos, fields, ...told } = await matchPair(matcher, pair, settings);
  const { name, scene, kind } = pair;
  const result: PairResult = { name, scene, kind, ...told };
  const truth = await denseTruth(pair, { a: photos.a.size, b: photos.b.size });
  if (truth) result.dense = measureDense(fields.a, photos.b.size, truth);
  if (pair.kind === 'homography') result.registration = measureRegistration(fields, pair.H);
  if (pair.cameras) result.pose = measurePose(fields, pair.cameras);
  if (pair.points?.length) result.points = measurePoints(fields.a, photos.b.size, pair.points);
  return result;
}
