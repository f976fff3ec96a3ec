import type { MatchResult, Verdict } from '../../src/core/match.ts';
import { matchPair, type MatchSettings, type NodeMatcher } from '../node/match-pair.ts';
import { type DenseMeasures, measureDense } from './measure.ts';
import { measurePose, measureRegistration, type PoseMeasures, type RegistrationMeasures } from './measure-geometry.ts';
import type { EvaluationPair } from './pairs.ts';
import { denseTruth } from './truth.ts';

/** What is kept of one pair. */
export interface PairResult {
  name: string;
  scene: string;
  kind: EvaluationPair['kind'];
  milliseconds: number;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  dense?: DenseMeasures;
  registration?: RegistrationMeasures;
  pose?: PoseMeasures;
}

/** Matches a pair and measures what its truth allows. */
export async function evaluatePair(
  matcher: NodeMatcher,
  pair: EvaluationPair,
  settings: MatchSettings,
): Promise<PairResult> {
  const { photos, fields, verdict, rescue, milliseconds } = await matchPair(matcher, pair, settings);
  const { name, scene, kind } = pair;
  const result: PairResult = { name, scene, kind, milliseconds, verdict, rescue };
  const truth = await denseTruth(pair, { a: photos.a.size, b: photos.b.size });
  if (truth) result.dense = measureDense(fields.a, photos.b.size, truth);
  if (pair.kind === 'homography') result.registration = measureRegistration(fields, pair.H);
  if (pair.cameras) result.pose = measurePose(fields, pair.cameras);
  return result;
}
