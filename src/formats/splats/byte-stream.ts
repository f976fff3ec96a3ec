import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { inflatedChunks } from '../archives/inflate.ts';
import { malformed } from '../malformed.ts';
import type { SplatReadOptions } from './splat-file.ts';

/** Bytes that can only be had front to back. */
export interface ByteStream {
  /** The next `length` bytes, a fresh array. Throws `truncated` where the stream ends before. */
  take(length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Asserts that no more than `slack` bytes follow, which verifies a gzip's checksum, and lets go of the stream. */
  finish(slack: number): Promise<void>;
  /** Lets go of the stream in whatever state. */
  cancel(): void;
}

/** A source's own bytes as a stream. */
export function plainStream(source: ByteSource, options: SplatReadOptions): ByteStream {
  let position = 0;
  return {
    async take(length) {
      throwIfAborted(options.signal);
      if (position + length > source.size) throw endsEarlier();
      const bytes = await source.read(position, position + length);
      position += length;
      options.onProgress?.(position, source.size);
      return bytes;
    },
    async finish(slack) {
      if (source.size - position > slack) throw longer();
    },
    cancel() {},
  };
}

/** A gzip's bytes, inflated as they are taken. Throws `splat-malformed` for broken data. */
export function gunzippedStream(source: ByteSource, options: SplatReadOptions): ByteStream {
  const chunks = inflatedChunks(source, 'gzip', (read) => options.onProgress?.(read, source.size)).getReader();
  let rest = new Uint8Array(0);
  const next = async () => {
    throwIfAborted(options.signal);
    try {
      const { done, value } = await chunks.read();
      return done ? null : value;
    } catch (thrown) {
      throw thrown instanceof CodedError ? thrown : malformed('splat', 'Its gzip data is broken.', { cause: thrown });
    }
  };
  return {
    async take(length) {
      const out = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        if (rest.length === 0) {
          const chunk = await next();
          if (!chunk) throw endsEarlier();
          rest = chunk;
        }
        const part = rest.subarray(0, length - filled);
        out.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return out;
    },
    async finish(slack) {
      for (let more = rest.length; more <= slack; ) {
        const chunk = await next();
        if (!chunk) return;
        more += chunk.length;
      }
      throw longer();
    },
    cancel() {
      chunks.cancel().catch(() => {});
    },
  };
}

const endsEarlier = () =>
  new CodedError(
    'truncated',
    'Its data ends before what its header promises.',
    'The download is probably incomplete: fetch the file again.',
  );

const longer = () => malformed('splat', 'More data follows the Gaussians than its header promises.');
