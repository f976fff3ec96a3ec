import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { shRestCount } from '../../gaussians/table.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';

/** How a scene is to be read. */
export interface SplatReadOptions {
  /** Gaussians that the caller can show: a file with more is refused by its header, before anything is allocated. */
  readonly maxGaussians: number;
  /** Hears after every piece how many of the file's bytes have been read. */
  readonly onProgress?: (bytesRead: number, size: number) => void;
  readonly signal?: AbortSignal;
}

/** What a reader of one format gives; index.ts cleans the table. */
export interface SplatContents {
  readonly table: GaussianTable;
  /** What was in the file and could not be used, a sentence each. */
  readonly notes: readonly string[];
}

/** A format of scene files: recognised by bytes, never by name. */
export interface SplatFormat {
  readonly id: string;
  /** Its name in a sentence. */
  readonly label: string;
  /** Endings of its files, for a file picker; a file is not judged by them. */
  readonly extensions: readonly string[];
  /** Whether a file of `size` bytes with these first {@link SPLAT_SNIFF_BYTES} bytes is of this format. */
  readonly matches: (head: Uint8Array, size: number) => boolean;
  readonly read: (source: ByteSource, options: SplatReadOptions) => Promise<SplatContents>;
}

/** Enough for the header of any .ply (62 properties at 30 letters) and for the signatures of the others. */
export const SPLAT_SNIFF_BYTES = 8192;

export const SH_DEGREES: readonly ShDegree[] = [0, 1, 2, 3];

/** Bytes of a file in memory at a time, besides the table: large enough that reading is not what takes the time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** The degree whose coefficients above the constant one number `count` for each channel; undefined for none. */
export const degreeOfRestCount = (count: number): ShDegree | undefined =>
  SH_DEGREES.find((degree) => shRestCount(degree) === count);

/** Refuses counts that the caller can't show, and scenes of nothing. */
export function checkCount(count: number, { maxGaussians }: SplatReadOptions): void {
  if (!Number.isSafeInteger(count) || count <= 0) throw malformed('splat', `It says that it holds ${count} Gaussians.`);
  if (count <= maxGaussians) return;
  const figures = [count, maxGaussians].map((n) => n.toLocaleString('en-US'));
  throw new CodedError(
    'splat-too-many',
    `It holds ${figures[0]} Gaussians; ${figures[1]} can be shown here.`,
    'Prune or crop the scene in an editor such as SuperSplat, or open it where a larger GPU is.',
  );
}

/** The error of a file that ends before what its header promises. */
export function endsEarly(size: number, needed: number): CodedError {
  return new CodedError(
    'truncated',
    `It ends at byte ${size}, but its header promises ${needed}.`,
    'The download is probably incomplete: fetch the file again.',
  );
}

/** A file whose header is whole but of a kind that is not read here. */
export const notRead = (message: string, remedy: string): CodedError =>
  new CodedError('splat-unsupported', message, remedy);

/**
 * Reads `count` rows of `rowBytes` from byte `begin` in pieces; `visit` gets each piece, whose buffer holds nothing
 * else, with the index of its first row. Throws `truncated` before the first piece where the rows leave the file.
 */
export async function forEachRows(
  source: ByteSource,
  { begin, rowBytes, count }: { begin: number; rowBytes: number; count: number },
  options: SplatReadOptions,
  visit: (piece: Uint8Array<ArrayBuffer>, firstRow: number, rows: number) => void,
): Promise<void> {
  const end = begin + rowBytes * count;
  if (end > source.size) throw endsEarly(source.size, end);
  const rowsAtOnce = Math.max(1, Math.floor(PIECE_BYTES / rowBytes));
  for (let row = 0; row < count; row += rowsAtOnce) {
    throwIfAborted(options.signal);
    const rows = Math.min(rowsAtOnce, count - row);
    const at = begin + row * rowBytes;
    visit(await source.read(at, at + rows * rowBytes), row, rows);
    options.onProgress?.(at + rows * rowBytes, source.size);
  }
}
