import type { VerdictKind } from '../../core/match.ts';

/** Why two photos make no scene. */
export type AbstainReason = 'unrelated' | 'disagree' | 'turn' | 'plane' | 'parallax';

/** What works instead: both photos on one canvas, or one laid on the other, by a homography. */
export type AbstainOffer = 'panorama' | 'plane';

export interface Abstention {
  readonly reason: AbstainReason;
  /** For the person. */
  readonly sentence: string;
  readonly offer: AbstainOffer | null;
}

/** What a fit of an essential matrix says, as the match page's *Geometry* has it. */
export interface TwoViewFacts {
  /** Of the match itself. */
  readonly verdict: VerdictKind;
  /** Share of the sampled matches that two cameras explain. */
  readonly inlierRatio: number;
  /** Standard error of the way from A to B, degrees (poseSpread); null: not asked, as where {@link isDoubtful} says no. */
  readonly spread: number | null;
  /** Of the inliers. */
  readonly inFront: number;
  /** Median angle between an inlier's rays, degrees. */
  readonly parallax: number;
  /** Share of the inliers that one plane (or a mere turn) explains as well. */
  readonly planarShare: number;
  readonly rival: 'turn' | 'pose' | 'shift' | null;
}

/** Fewer, and the search (10,000 samples of five) meets a sample without outliers three times at most: 0.2⁵ is 1 in 3,125. */
const LEAST_INLIERS = 0.2;
/** From here on most matches agree to a pixel, which they do not by chance; below, halves of them are asked. */
const SURE_INLIERS = 0.6;
/** Fewer matches that agree lie in a few places of the photo, which can be wrong together: a tenth of those that a fit wants. */
const MANY_INLIERS = 500;
/** Degrees: a way that is 10° off puts what it triangulates off by a sixth, its sine. */
const MOST_SPREAD = 10;
const LEAST_IN_FRONT = 0.8;
/** Degrees: below, depths are noise. That of a match, half a pixel at 640, is a twelfth of it. */
const LEAST_PARALLAX = 0.6;
const MOST_PLANAR = 0.93;

/** Whether the pose of two cameras that explain this share of the matches, and so many, is to be asked for its spread. */
export const isDoubtful = (inlierRatio: number, inliers: number): boolean =>
  inlierRatio >= LEAST_INLIERS && (inlierRatio < SURE_INLIERS || inliers < MANY_INLIERS);

/** Why no scene should be made of two photos; null where one can. */
export function abstention(facts: TwoViewFacts): Abstention | null {
  const { verdict, inlierRatio, spread, inFront, parallax, planarShare, rival } = facts;
  if (verdict === 'none') return ABSTENTIONS.unrelated;
  if (inlierRatio < LEAST_INLIERS || inFront < LEAST_IN_FRONT) return ABSTENTIONS.disagree;
  if (spread !== null && spread > MOST_SPREAD) return ABSTENTIONS.disagree;
  if (rival === 'turn' || rival === 'shift') return ABSTENTIONS.turn;
  if (parallax < LEAST_PARALLAX) return planarShare > MOST_PLANAR ? ABSTENTIONS.turn : ABSTENTIONS.parallax;
  if (rival === 'pose' || planarShare > MOST_PLANAR) return ABSTENTIONS.plane;
  return null;
}

const of = (reason: AbstainReason, sentence: string, offer: AbstainOffer | null = null): Abstention => ({
  reason,
  sentence,
  offer,
});

export const ABSTENTIONS: Readonly<Record<AbstainReason, Abstention>> = {
  unrelated: of('unrelated', 'The photos seem to show no common scene, so there is nothing to fly through.'),
  disagree: of(
    'disagree',
    'No two cameras explain most of the matches: things moved, or the fields of view are off. Set them in Geometry.',
  ),
  turn: of(
    'turn',
    'The camera only turned between the photos, so they tell no depth. A panorama shows both.',
    'panorama',
  ),
  plane: of(
    'plane',
    'What both photos show is one plane, from which no depth beside it can be told. One can be laid on the other.',
    'plane',
  ),
  parallax: of(
    'parallax',
    'The camera hardly moved between the photos, so depths would be noise. A panorama shows both.',
    'panorama',
  ),
};
