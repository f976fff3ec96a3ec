import { cleanTable } from '../../gaussians/clean.ts';
import type { GaussianTable } from '../../gaussians/table.ts';
import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { sniffFileKind } from '../file-kind.ts';
import { COMPRESSED_PLY_FORMAT } from './read-compressed-ply.ts';
import { KSPLAT_FORMAT } from './read-ksplat.ts';
import { PLY_FORMAT } from './read-ply.ts';
import { SOG_FORMAT } from './read-sog.ts';
import { SPLAT_FORMAT } from './read-splat.ts';
import { SPZ_FORMAT } from './read-spz.ts';
import type { SplatContents, SplatReadOptions } from './splat-file.ts';
import { checkCount, SPLAT_SNIFF_BYTES } from './splat-file.ts';

export type { SplatReadOptions } from './splat-file.ts';

/** The formats of scenes, in the order in which they are recognised: the one without a mark comes last. */
export const SPLAT_FORMATS = [
  PLY_FORMAT,
  COMPRESSED_PLY_FORMAT,
  SPZ_FORMAT,
  SOG_FORMAT,
  KSPLAT_FORMAT,
  SPLAT_FORMAT,
] as const;

export type SplatFormatId = (typeof SPLAT_FORMATS)[number]['id'];

/** Endings of scene files, for a file picker. */
export const SPLAT_EXTENSIONS: readonly string[] = [...new Set(SPLAT_FORMATS.flatMap(({ extensions }) => extensions))];

/** A scene as it was read. */
export interface SplatFile {
  readonly format: SplatFormatId;
  readonly table: GaussianTable;
  /** What was in the file and is not in the table, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads a scene of Gaussians, whatever its format. Every failure is a CodedError whose message begins with `name`:
 * `splat-foreign` for what is no scene, `splat-malformed` and `truncated` for what is damaged, `splat-unsupported` for
 * a variant that is not read, `splat-too-many` beyond `maxGaussians`, `splat-empty` where no Gaussian has usable
 * numbers, `cancelled`.
 */
export async function readSplats(source: ByteSource, name: string, options: SplatReadOptions): Promise<SplatFile> {
  try {
    const head = await source.read(0, Math.min(SPLAT_SNIFF_BYTES, source.size));
    const format = SPLAT_FORMATS.find(({ matches }) => matches(head, source.size));
    if (!format) throw foreign(head);
    return { format: format.id, ...cleaned(await format.read(source, options)) };
  } catch (thrown) {
    throw named(thrown, name);
  }
}

/**
 * A scene that was made here rather than read, held to what files are held to.
 * @throws CodedError as {@link readSplats}: `splat-too-many`, `splat-empty`
 */
export function takeSplats(made: SplatContents, name: string, options: SplatReadOptions): SplatContents {
  try {
    checkCount(made.table.count, options);
    return cleaned(made);
  } catch (thrown) {
    throw named(thrown, name);
  }
}

function cleaned({ table: read, notes }: SplatContents): SplatContents {
  const { table, dropped } = cleanTable(read);
  if (table.count === 0) throw empty();
  const droppedNote = `${dropped} of its Gaussians have values that are no numbers; they are left out.`;
  return { table, notes: dropped > 0 ? [...notes, droppedNote] : notes };
}

/** The error with the scene's name before it. */
function named(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof CodedError) || thrown.code === 'cancelled') return thrown;
  return new CodedError(thrown.code, `${name}: ${thrown.message}`, thrown.remedy, { cause: thrown });
}

function foreign(head: Uint8Array): CodedError {
  const kind = sniffFileKind(head);
  const what = FOREIGN[kind] ?? 'It is not a file of Gaussians that is known here.';
  return new CodedError('splat-foreign', what, `Choose one of ${SPLAT_EXTENSIONS.join(', ')}.`);
}

const FOREIGN: Partial<Record<ReturnType<typeof sniffFileKind>, string>> = {
  empty: 'It is empty.',
  html: 'It is a web page, not a scene: its address probably leads to a download page.',
  text: 'It is a text file (JSON or the like), not a scene of Gaussians.',
  archive: 'It is an archive without a scene in it.',
  pdf: 'It is a PDF document, not a scene of Gaussians.',
};

const empty = () =>
  new CodedError('splat-empty', 'None of its Gaussians has usable numbers.', 'Train or export the scene again.');
