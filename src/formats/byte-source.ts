import { CodedError } from '../core/errors.ts';

/** Random access to a file's bytes: a Blob or OPFS file in the page, a file handle in Node, an array in tests. */
export interface ByteSource {
  readonly size: number;
  /**
   * Bytes [begin, end), a fresh array that the caller owns and whose buffer holds nothing else (so typed
   * views of any width can be laid over it). A range outside the source is a CodedError `truncated`, raised
   * before anything is allocated; never a short read.
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A Blob or File (OPFS included) as a source; only the ranges asked for are brought into memory. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    async read(begin, end) {
      checkRange(begin, end, blob.size);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(begin, end).arrayBuffer();
      } catch (cause) {
        throw unreadable(cause);
      }
      if (buffer.byteLength !== end - begin) throw truncated(begin, end, begin + buffer.byteLength);
      return new Uint8Array(buffer);
    },
  };
}

/** Bytes already in memory as a source. The array is not copied until read: do not write to it meanwhile. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    async read(begin, end) {
      checkRange(begin, end, bytes.byteLength);
      const copy = new Uint8Array(end - begin);
      copy.set(bytes.subarray(begin, end));
      return copy;
    },
  };
}

/** Throws `truncated` unless [begin, end) are whole numbers in order within a source of `size` bytes. */
export function checkRange(begin: number, end: number, size: number): void {
  const ordered = Number.isSafeInteger(begin) && Number.isSafeInteger(end) && begin >= 0 && begin <= end;
  if (!ordered || end > size) throw truncated(begin, end, size);
}

/** The error of a source that cannot be read any more, whatever the platform threw. */
export function unreadable(cause: unknown): CodedError {
  return new CodedError(
    'unreadable',
    'The file could not be read; it may have been moved or changed since it was chosen.',
    'Choose the file again.',
    { cause },
  );
}

function truncated(begin: number, end: number, size: number): CodedError {
  return new CodedError(
    'truncated',
    `The file ends at byte ${size}, but bytes ${begin} to ${end} of it are needed.`,
    'The download is probably incomplete: fetch the file again.',
  );
}

/** The part [begin, end) of `source` as a source of its own. */
export function sliceSource(source: ByteSource, begin: number, end: number): ByteSource {
  checkRange(begin, end, source.size);
  const size = end - begin;
  return {
    size,
    async read(from, to) {
      checkRange(from, to, size);
      return source.read(begin + from, begin + to);
    },
  };
}
