import { otherSide, type Side } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import { type PhotoHandle, sureFromOf } from '../backend/backend.ts';
import type { Judged } from '../judged.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import { oneMotion } from './one-motion.ts';

/**
 * Of each photo's places, the one motion into the other photo that explains nearly all of a match, if there is one: fitted from
 * the side of which more is consistent.
 * @param flatnessOf whether a photo shows nothing about a normalised place; absent: every sure place counts
 */
export async function motionsOfMatch<Photo extends PhotoHandle, Field>(
  { backend, matcher }: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  { statistics: { a, b }, field }: Pick<Judged<Field>, 'statistics' | 'field'>,
  flatnessOf: (side: Side) => Promise<(x: number, y: number) => boolean> = async () => () => false,
): Promise<Record<Side, Matrix3> | null> {
  const side = b.consistentShare > a.consistentShare ? 'b' : 'a';
  const sizes = { a: photos.a.size, b: photos.b.size };
  const sureFrom = sureFromOf(matcher.manifest.verdict, sizes);
  const plain = await backend.readField(field, side);
  const motion = oneMotion(plain, sizes[otherSide(side)], sureFrom[side], await flatnessOf(side));
  const back = motion && invert3(motion);
  if (!motion || !back) return null;
  return side === 'a' ? { a: motion, b: back } : { a: back, b: motion };
}
