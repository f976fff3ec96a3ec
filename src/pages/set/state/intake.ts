import { CodedError, type PlainError } from '../../../core/errors.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import { MAX_SET_PHOTOS } from '../contract/api.ts';

/** What the name tells of files that belong beside photos; anything else is opened, and judged by its bytes. */
const BESIDE = /\.(txt|csv|tsv|json|xml|md|html?|pdf|mp4|mov|avi|zip|db|ini|xmp|yml|yaml)$/i;
/** Names that systems leave in folders. */
const HIDDEN = /^(\.|thumbs\.db$|desktop\.ini$)/i;

const byName = new Intl.Collator('en', { numeric: true });

/**
 * The photos among files, in the order of their names (2 before 10), and what is left out by its name already.
 * @throws CodedError `set-too-many`, `set-text`
 */
export function sortOffer(
  { files, folders, text }: Offer,
  present: number,
): { files: File[]; refused: { name: string; error: PlainError }[] } {
  if (folders.length) {
    throw new CodedError('set-folder', `“${folders[0]}” is a folder.`, 'Choose it with the button “Add a folder”.');
  }
  if (!files.length && text.trim()) {
    throw new CodedError('set-text', 'That was a piece of text, not a photo.', 'Drop photos, or add a folder.');
  }
  const seen = files.filter(({ name }) => !HIDDEN.test(name));
  const photos = seen.filter(({ name }) => !BESIDE.test(name)).sort((p, q) => byName.compare(pathOf(p), pathOf(q)));
  if (present + photos.length > MAX_SET_PHOTOS) {
    throw new CodedError(
      'set-too-many',
      `${photos.length} photos were given, but a set takes ${MAX_SET_PHOTOS}, and has ${present}.`,
      'Choose fewer, or use npm run match -- --set on the command line.',
    );
  }
  const refused = seen
    .filter(({ name }) => BESIDE.test(name))
    .map(({ name }) => ({
      name,
      error: { code: 'set-no-photo', message: `“${name}” is no photo.`, remedy: 'It is left out.' },
    }));
  return { files: photos, refused };
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name;
