import type { MatchResult, Verdict } from '../../src/core/match.ts';
import { matchPair, type MatchSettings, type NodeMatcher } from '../node/match-pair.ts';
import { type DenseMeasures, measureDense, measurePoints } from './measure.ts';
import { measurePose, measureRegistration, type PoseMeasures, type RegistrationMeasures } from './measure-geometry.ts';
import type { Side, Size } from '../../src/core/geometry.ts';
import type { FilePhoto } from '../node/photo.ts';
import { measurePublished, type PublishedPose } from './measure-published.ts';
import type { EvaluationPair } from './pairs.ts';
import type { Protocol } from './protocols.ts';
import { resizeAveraged, resizeBilinear } from './resize-photo.ts';
import { denseTruth } from './truth.ts';

/** What is kept of one pair. */
export interface PairResult {
  name: string;
  scene: string;
  kind: EvaluationPair['kind'];
  /** Which list it is of, where there are several. */
  list?: string;
  milliseconds: number;
  /** Until the first match, and how many were made after it. */
  firstMilliseconds: number;
  /** The same two in processor time; files of earlier runs don't have it. */
  processor?: { first: number; end: number };
  tries: number;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  dense?: DenseMeasures;
  registration?: RegistrationMeasures;
  pose?: PoseMeasures;
  /** At the places that the list knows in both photos. */
  points?: DenseMeasures;
  /** By the protocol of a published list, which then takes the place of `pose`. */
  published?: PublishedPose;
}

/** Matches a pair and measures what its truth allows. */
export async function evaluatePair(
  matcher: NodeMatcher,
  pair: EvaluationPair,
  settings: MatchSettings,
  protocol: Protocol | null = null,
): Promise<PairResult> {
  const files = {} as Record<Side, Size>;
  const prepare = (photo: FilePhoto, side: Side): FilePhoto => {
    files[side] = photo.size;
    if (!protocol) return photo;
    const size = pair.published?.resized?.[side] ?? protocol.resize?.(photo.size) ?? photo.size;
    return photo.resized(size, protocol.antialias ? resizeAveraged : resizeBilinear);
  };
  const { photos, fields, ...told } = await matchPair(matcher, pair, settings, prepare);
  const { name, scene, kind, list } = pair;
  const result: PairResult = { name, scene, kind, ...(list && { list }), ...told };
  const sizes = { a: photos.a.size, b: photos.b.size };
  const truth = await denseTruth(pair, sizes, files);
  if (truth) result.dense = measureDense(fields.a, sizes.b, truth);
  if (pair.kind === 'homography') result.registration = measureRegistration(fields, pair.H);
  if (protocol && pair.cameras) {
    result.published = measurePublished(fields, pair.cameras, pair.published ?? {}, protocol, files);
  } else if (pair.cameras) result.pose = measurePose(fields, pair.cameras);
  if (pair.points?.length) result.points = measurePoints(fields.a, sizes.b, pair.points);
  return result;
}
