import { measureField, type ScoreCounters, type ScoreTruth } from '../../compute/score/cpu.ts';
import { resizeMap } from '../../compute/resize-map/cpu.ts';
import type { Side } from '../../core/geometry.ts';
import type { MatchedField } from './measure.ts';
import type { ScoreMaps } from './score-maps.ts';

/** Measures a match against a truth in ordinary memory: counters from a to b, maps on both at the truth's size. */
export async function measurePlain(
  field: Pick<MatchedField, 'plain'>,
  truth: Record<Side, ScoreTruth>,
): Promise<{ counters: ScoreCounters; maps: ScoreMaps }> {
  const measured = async (side: Side) => {
    const plain = await field.plain(side);
    const { size } = truth[side];
    const { error, counters } = measureField(plain, truth[side]);
    return { counters, maps: { error, certainty: resizeMap(plain.certainty, plain.grid, size) } };
  };
  const [a, b] = [await measured('a'), await measured('b')];
  return { counters: a.counters, maps: { on: 'cpu', sides: { a: a.maps, b: b.maps } } };
}
