import type { VerdictThresholds } from '../models/manifest.ts';
import type { Side } from '../core/geometry.ts';
import type { Verdict, VerdictKind } from '../core/match.ts';
import type { Statistics } from './backend/backend.ts';

/**
 * What a person is told of a pair. Told from the whole field before any sampling: sampling draws 10,000 lines from
 * two unrelated photos as readily as from two good ones.
 */
export function verdictOf(
  statistics: Statistics,
  thresholds: VerdictThresholds,
  { isMirrored = false }: { isMirrored?: boolean } = {},
): Verdict {
  const overlap = { a: statistics.a.consistentShare, b: statistics.b.consistentShare };
  const kind = kindOf(overlap, thresholds);
  const facts = isMirrored && kind !== 'none' ? { isMirrored } : {};
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
  { isMirrored }: Pick<Verdict, 'isMirrored'>,
): string {
  const mirror = isMirrored ? ' One of them is mirrored.' : '';
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  switch (kind) {
    case 'good':
      return `These photos match well: ${percent(overlap.a)} of A is seen in B, and ${percent(overlap.b)} of B in A.${mirror}`;
    case 'partial':
      return `These photos match in part: ${percent(overlap.a)} of A is seen in B, and ${percent(overlap.b)} of B in A.${mirror}`;
    case 'none':
      return 'These photos show no common scene.';
  }
}
