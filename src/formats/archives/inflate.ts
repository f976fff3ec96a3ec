import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { checkRange } from '../byte-source.ts';
import { INFLATE_CHUNK_BYTES } from '../limits.ts';
import { malformed } from '../malformed.ts';

/**
 * Raw-deflated bytes as a source of `size` inflated bytes. Deflate has no random access: every read inflates
 * from the beginning and keeps only the range asked for, so memory stays at that range however large the
 * entry, and time grows with the range's end. Throws `zip-malformed` for broken data, and for data that
 * inflates to less or more than `size` when a read reaches the end.
 */
export function inflatedSource(compressed: ByteSource, size: number): ByteSource {
  return {
    size,
    async read(begin, end) {
      checkRange(begin, end, size);
      const out = new Uint8Array(end - begin);
      const inflated = inflatedChunks(compressed, 'deflate-raw').getReader();
      let position = 0;
      try {
        // A range that ends inside needs no look at the rest; one that ends at `size` must see the stream end there.
        while (position < end || end === size) {
          const { done, value } = await inflated.read();
          if (done) break;
          if (position + value.length > size) throw malformed('zip', `Data inflates to more than its ${size} bytes.`);
          const from = Math.max(begin - position, 0);
          const to = Math.min(end - position, value.length);
          if (from < to) out.set(value.subarray(from, to), position + from - begin);
          position += value.length;
        }
      } catch (thrown) {
        throw thrown instanceof CodedError ? thrown : malformed('zip', 'Deflated data is broken.', { cause: thrown });
      } finally {
        inflated.cancel().catch(() => {});
      }
      if (position < end) throw malformed('zip', `Data inflates to ${position} bytes instead of ${size}.`);
      return out;
    },
  };
}

/**
 * Compressed bytes inflated front to back, a piece at a time; the next is made when the last has been taken, so that
 * a bomb costs no more than what its reader asks for. `onRead` hears how many compressed bytes have been read.
 */
export function inflatedChunks(
  compressed: ByteSource,
  format: 'deflate-raw' | 'gzip',
  onRead?: (bytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return chunksOf(compressed, onRead).pipeThrough(new DecompressionStream(format));
}

function chunksOf(source: ByteSource, onRead?: (bytes: number) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = 0;
  return new ReadableStream({
    async pull(controller) {
      const end = Math.min(position + INFLATE_CHUNK_BYTES, source.size);
      if (position < end) controller.enqueue(await source.read(position, end));
      position = end;
      onRead?.(position);
      if (end === source.size) controller.close();
    },
  });
}
