import type { VerdictThresholds } from '../models/manifest.ts';
import type { Side } from '../core/geometry.ts';
import type { Verdict, VerdictKind } from '../core/match.ts';
import type { Statistics } from './backend/backend.ts';

/** From this overlap on photos match well, in words. */
const WELL = 0.5;

/** Of the embedded model and of every converted one: for matches whose model is not here. */
export const USUAL_THRESHOLDS: VerdictThresholds = { certainty: 0.3, cycleShare: 0.015, none: 0.06, good: 0.3 };

/** What the search found out besides, see MatchResult's `rescue`. */
type Doubts = Pick<Verdict, 'isMirrored' | 'repeats' | 'isUnexplained' | 'isMasked'>;

/**
 * What a person is told of a pair. Told from the whole field before any sampling: sampling draws 10,000 lines from
 * two unrelated photos as readily as from two good ones.
 */
export function verdictOf(
  statistics: Statistics,
  thresholds: VerdictThresholds,
  { isMirrored, repeats, isUnexplained, isMasked }: Doubts = {},
): Verdict {
  const overlap = { a: statistics.a.consistentShare, b: statistics.b.consistentShare };
  const told = kindOf(overlap, thresholds);
  // What nothing explains was found all the same, and little of it is certain for that reason.
  const kind = isUnexplained || (repeats && told === 'good') ? 'partial' : told;
  const named = {
    ...(isMirrored && { isMirrored }),
    ...(repeats && { repeats }),
    ...(isUnexplained && { isUnexplained }),
  };
  const found = kind === 'none' ? {} : named;
  const facts = { ...found, ...(isMasked && { isMasked }) };
  return {
    kind,
    sentence: sentenceOf(kind, overlap, facts),
    ...facts,
    overlap,
    meanCertainty: { a: statistics.a.meanCertainty, b: statistics.b.meanCertainty },
    medianCycle: { a: statistics.a.medianCycle, b: statistics.b.medianCycle },
  };
}

/** The verdict on the same pair with A and B exchanged. */
export function swappedVerdict({ kind, sentence: _, overlap, meanCertainty, medianCycle, ...facts }: Verdict): Verdict {
  const swap = <T>({ a, b }: Record<Side, T>): Record<Side, T> => ({ a: b, b: a });
  const swapped = swap(overlap);
  return {
    kind,
    sentence: sentenceOf(kind, swapped, facts),
    ...facts,
    overlap: swapped,
    meanCertainty: swap(meanCertainty),
    medianCycle: swap(medianCycle),
  };
}

function kindOf(overlap: Record<Side, number>, thresholds: VerdictThresholds): VerdictKind {
  // The larger share: in a close-up of a part of A, that part fills B while it is little of A.
  const share = Math.max(overlap.a, overlap.b);
  if (share < thresholds.none) return 'none';
  return share < thresholds.good ? 'partial' : 'good';
}

function sentenceOf(
  kind: VerdictKind,
  overlap: Record<Side, number>,
  { isMirrored, repeats, isUnexplained, isMasked }: Doubts,
): string {
  const mirror = isMirrored ? ' One of them is mirrored.' : '';
  const repeated = repeats ? ' The scene repeats itself: parts may be matched to others that look the same.' : '';
  const unexplained = isUnexplained
    ? ' No one scene explains all of it: something moved, or parts are matched to others that look alike.'
    : '';
  const masked = isMasked ? ' Only what the masks leave counts.' : '';
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const seen = `${percent(overlap.a)} of A is seen in B, and ${percent(overlap.b)} of B in A.${mirror}${repeated}${unexplained}${masked}`;
  switch (kind) {
    case 'good':
      // Less than half is no praise: what is not certain may be seen all the same.
      return Math.max(overlap.a, overlap.b) < WELL
        ? `These photos match: at least ${seen}`
        : `These photos match well: ${seen}`;
    case 'partial':
      return `These photos match in part: at least ${seen}`;
    case 'none':
      return `These photos show no common scene.${masked}`;
  }
}
