import { mayHoldCameras } from '../../../core/camera-model.ts';
import { CodedError, type PlainError } from '../../../core/errors.ts';
import { isMaskName } from '../../../core/mask.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import { MAX_SET_PHOTOS } from '../contract/api.ts';

/** What the name tells of files that are no photos; anything else is opened, and judged by its bytes. */
const NO_PHOTO = /\.(csv|tsv|xml|md|html?|pdf|mp4|mov|avi|zip|db|ini|xmp)$/i;
/** Names that systems leave in folders. */
const HIDDEN = /^(\.|thumbs\.db$|desktop\.ini$)/i;

const byName = new Intl.Collator('en', { numeric: true });

/**
 * The photos among files, in the order of their names (2 before 10), what may be calibrations and masks of them, and what is left
 * out by its name already.
 * @throws CodedError `set-too-many`, `set-text`
 */
export function sortOffer(
  { files, folders, text }: Offer,
  present: number,
): { files: File[]; beside: File[]; refused: { name: string; error: PlainError }[] } {
  if (folders.length) {
    throw new CodedError('set-folder', `“${folders[0]}” is a folder.`, 'Choose it with the button “Add a folder”.');
  }
  if (!files.length && text.trim()) {
    throw new CodedError('set-text', 'That was a piece of text, not a photo.', 'Drop photos, or add a folder.');
  }
  const seen = files.filter(({ name }) => !HIDDEN.test(name));
  const isBeside = ({ name }: File) => mayHoldCameras(name) || isMaskName(name);
  const isPhoto = (file: File) => !isBeside(file) && !NO_PHOTO.test(file.name);
  const photos = seen.filter(isPhoto).sort((p, q) => byName.compare(pathOf(p), pathOf(q)));
  if (present + photos.length > MAX_SET_PHOTOS) {
    throw new CodedError(
      'set-too-many',
      `${photos.length} photos were given, but a set takes ${MAX_SET_PHOTOS}, and has ${present}.`,
      'Choose fewer, or use npm run match -- --set on the command line.',
    );
  }
  const refused = seen
    .filter(({ name }) => NO_PHOTO.test(name))
    .map(({ name }) => ({
      name,
      error: { code: 'set-no-photo', message: `“${name}” is no photo.`, remedy: 'It is left out.' },
    }));
  return { files: photos, beside: seen.filter(isBeside), refused };
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name;
