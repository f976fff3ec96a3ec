import { CodedError } from '../../../../core/errors.ts';
import { isMaskName, isMaskNameOf } from '../../../../core/mask.ts';

/** A photo among many, with its path inside what was chosen. */
export interface BatchFile {
  path: string;
  file: File;
  /** The picture of what counts of it, found by its name. */
  mask?: File;
}

export type FilePair = readonly [a: BatchFile, b: BatchFile];

/** How photos become pairs; `list`: as a table says. */
export const PAIRINGS = ['next', 'twos', 'first', 'list'] as const;
export type Pairing = (typeof PAIRINGS)[number];

/** Pairs in one go: a night's work, and a list that the page still shows at once. */
export const MAX_BATCH_PAIRS = 2000;

const IMAGE = /\.(jpe?g|png|webp|avif|gif|bmp|heic|heif|tiff?)$/i;
const LIST = /\.(csv|tsv|txt)$/i;
/** Calibrations, by name: YAML, JSON, COLMAP’s cameras.txt and images.txt. Any other text is a list of pairs. */
const CAMERAS = /\.(ya?ml|json)$|(^|[-_ /.])(cameras?|images)\.txt$/i;

const byPath = new Intl.Collator('en', { numeric: true });

/**
 * The photos among files, in the order of their paths (2 before 10), each with its mask (`left.mask.png` beside `left.jpg`), the
 * first list of pairs, and what may tell their cameras.
 */
export function sortFiles(files: readonly BatchFile[]): {
  photos: BatchFile[];
  list: BatchFile | null;
  calibrations: File[];
} {
  const masks = files.filter(({ path }) => isMaskName(path));
  const photos = files
    .filter(({ path }) => IMAGE.test(path) && !isMaskName(path))
    .map((photo) => {
      const mask = masks.find(({ path }) => isMaskNameOf(path, photo.path));
      return mask ? { ...photo, mask: mask.file } : photo;
    });
  photos.sort((p, q) => byPath.compare(p.path, q.path));
  const calibrations = files.filter(({ path }) => CAMERAS.test(path));
  const list = files.find((file) => LIST.test(file.path) && !calibrations.includes(file)) ?? null;
  return { photos, list, calibrations: calibrations.map(({ file }) => file) };
}

/** Pairs by their order. Throws `batch-too-many`. */
export function pairUp(photos: readonly BatchFile[], pairing: Exclude<Pairing, 'list'>): FilePair[] {
  const pairs: FilePair[] = [];
  if (pairing === 'first') for (const other of photos.slice(1)) pairs.push([photos[0], other]);
  const step = pairing === 'twos' ? 2 : 1;
  if (pairing !== 'first') for (let i = 0; i + 1 < photos.length; i += step) pairs.push([photos[i], photos[i + 1]]);
  return checkCount(pairs);
}

/**
 * Pairs by a list: two names a line, separated by comma, semicolon, tab or blanks. A name is a path among the chosen files, or so
 * much of its end that only one file has it. Empty lines, # comments and a line of column names are skipped.
 * Throws `batch-list` with the line, `batch-too-many`.
 */
export function readPairList(text: string, photos: readonly BatchFile[]): FilePair[] {
  const pairs: FilePair[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, whole] of lines.entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const names = split(line);
    const isHeader = pairs.length === 0 && names.every((name) => !IMAGE.test(name));
    if (isHeader) continue;
    if (names.length < 2) throw wrongLine(i + 1, `“${shorten(line)}” does not name two photos.`);
    pairs.push([find(names[0], photos, i + 1), find(names[1], photos, i + 1)]);
    if (pairs.length > MAX_BATCH_PAIRS) break;
  }
  return checkCount(pairs);
}

function split(line: string): string[] {
  const separator = [',', ';', '\t'].find((one) => line.includes(one)) ?? /\s+/;
  return line.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

function find(name: string, photos: readonly BatchFile[], line: number): BatchFile {
  const wanted = plainPath(name);
  const exact = photos.find(({ path }) => plainPath(path) === wanted);
  if (exact) return exact;
  const ending = photos.filter(({ path }) => plainPath(path).endsWith(`/${wanted}`));
  if (ending.length === 1) return ending[0];
  const problem = ending.length > 1 ? `fits ${ending[0].path} and ${ending[1].path}` : 'is not among the chosen photos';
  throw wrongLine(line, `“${shorten(name)}” ${problem}.`);
}

const plainPath = (path: string) => path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');

function checkCount(pairs: FilePair[]): FilePair[] {
  if (pairs.length <= MAX_BATCH_PAIRS) return pairs;
  throw new CodedError(
    'batch-too-many',
    `That would be more than ${MAX_BATCH_PAIRS} pairs.`,
    `Choose photos for at most ${MAX_BATCH_PAIRS} at a time.`,
  );
}

const wrongLine = (line: number, what: string) =>
  new CodedError(
    'batch-list',
    `Line ${line} of the list: ${what}`,
    'Give two of the chosen photos’ names a line: left.jpg, right.jpg',
  );

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
