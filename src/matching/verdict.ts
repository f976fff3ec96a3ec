import type { VerdictThresholds } from '../models/manifest.ts';
import type { Side } from '../core/geometry.ts';
import type { Verdict, VerdictKind } from '../core/match.ts';
import type { Statistics } from './backend/backend.ts';

/** From this overlap on photos match well, in words. */
const WELL = 0.5;

/** What the search found out besides, see MatchResult's `rescue`. */
type Doubts = Pick<Verdict, 'isMirrored' | 'repeats'>;

/**
 * What a person is told of a pair. Told from the whole field before any sampling: sampling draws 10,000 lines from
 * two unrelated photos as readily as from two good ones.
 */
export function verdictOf(
  statistics: Statistics,
  thresholds: VerdictThresholds,
  { isMirrored, repeats }: Doubts = {},
): Verdict {
  const overlap = { a: statistics.a.consistentShare, b: statistics.b.consistentShare };
  const told = kindOf(overlap, thresholds);
  const kind = repeats && told === 'good' ? 'partial' : told;
  const facts = kind === 'none' ? {} : { ...(isMirrored && { isMirrored }), ...(repeats && { repeats }) };
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

function sentenceOf(kind: VerdictKind, overlap: Record<Side, number>, { isMirrored, repeats }: Doubts): string {
  const mirror = isMirrored ? ' One of them is mirrored.' : '';
  const repeated = repeats ? ' The scene repeats itself: parts may be matched to others that look the same.' : '';
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const seen = `${percent(overlap.a)} of A is seen in B, and ${percent(overlap.b)} of B in A.${mirror}${repeated}`;
  switch (kind) {
    case 'good':
      // Less than half is no praise: what is not certain may be seen all the same.
      return Math.max(overlap.a, overlap.b) < WELL
        ? `These photos match: at least ${seen}`
        : `These photos match well: ${seen}`;
    case 'partial':
      return `These photos match in part: ${seen}`;
    case 'none':
      return 'These photos show no common scene.';
  }
}
