import { otherSide, type Side } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import { type PhotoHandle, sureFromOf } from '../backend/backend.ts';
import type { Judged } from '../judged.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import { oneMotion } from './one-motion.ts';

/** What two photos show of single places of one of them, see {@link oneMotion}. */
export interface Told {
  isFlat: Parameters<typeof oneMotion>[3];
  mayFollow?: Parameters<typeof oneMotion>[4];
}

/**
 * Of each photo's places, the one motion into the other photo that explains nearly all of a match, if there is one: fitted from
 * the side of which more is consistent.
 * @param told what the photos show, of the side that is asked; absent: every sure place counts, and counts by where it lies
 */
export async function motionsOfMatch<Photo extends PhotoHandle, Field>(
  { backend, matcher }: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  { statistics: { a, b }, field }: Pick<Judged<Field>, 'statistics' | 'field'>,
  told?: (side: Side) => Told,
): Promise<Record<Side, Matrix3> | null> {
  const side = b.consistentShare > a.consistentShare ? 'b' : 'a';
  const sizes = { a: photos.a.size, b: photos.b.size };
  const sureFrom = sureFromOf(matcher.manifest.verdict, sizes);
  const plain = await backend.readField(field, side);
  const { isFlat, mayFollow } = told?.(side) ?? { isFlat: () => false };
  const motion = oneMotion(plain, sizes[otherSide(side)], sureFrom[side], isFlat, mayFollow);
  const back = motion && invert3(motion);
  if (!motion || !back) return null;
  return side === 'a' ? { a: motion, b: back } : { a: back, b: motion };
}
