import { cycleError } from '../../../compute/cycle/cpu.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { PhotoMask } from '../../../core/mask.ts';
import { blobSource } from '../../../formats/byte-source.ts';
import { readRecordedMatch } from '../../../formats/share/recorded-match.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { givenMatch } from './given-match.ts';
import type { ShownMatch } from './stage/shown-match.ts';

/**
 * The match that comes with a sample, on its photos of these sizes: drawn and probed as any other, and no model runs.
 * null where other weights than `weights` made it. Throws `recorded-malformed`.
 * @param root the scope of the device that draws; null where there is none
 */
export async function recordedMatch(
  file: Blob,
  weights: string,
  photos: Record<Side, { size: Size; mask: PhotoMask | null }>,
  root: Scope | null,
): Promise<ShownMatch | null> {
  const recorded = await readRecordedMatch(blobSource(file));
  if (recorded.weights !== weights) return null;
  const a = { ...recorded.fields.a, photo: photos.a.size };
  const b = { ...recorded.fields.b, photo: photos.b.size };
  const fields = { a: { ...a, cycle: cycleError(a, b) }, b: { ...b, cycle: cycleError(b, a) } };
  const given = givenMatch(fields, { ...recorded.result, isRecorded: true }, photos, root);
  // It was recorded without masks.
  const masks = { a: photos.a.mask, b: photos.b.mask };
  return masks.a || masks.b ? given.remasked(masks) : given;
}
