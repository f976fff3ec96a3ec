import { POSTER_NAME, startsAsShare } from '../../../../core/share-head.ts';

/** Local header of a zip entry: 30 bytes, then its name, then nothing or extra fields. */
const HEADER_BYTES = 30;
const MAX_POSTER_BYTES = 4 * 2 ** 20;

/**
 * The picture at the beginning of a share file, from as much of the download as it takes; the rest is not read.
 * null where the file is no share file or begins with no picture. Rejects as `fetch` does.
 */
export async function fetchPoster(url: URL, signal: AbortSignal, fetcher: typeof fetch = fetch): Promise<Blob | null> {
  const response = await fetcher(url, { signal, mode: 'cors', referrerPolicy: 'no-referrer' });
  if (!response.ok || !response.body) return null;
  const reader = response.body.getReader();
  try {
    return await readPoster(async () => (await reader.read()).value ?? null);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param next the next bytes, null at the end */
async function readPoster(next: () => Promise<Uint8Array | null>): Promise<Blob | null> {
  let bytes = new Uint8Array(0);
  const fill = async (length: number): Promise<boolean> => {
    while (bytes.length < length) {
      const more = await next();
      if (!more) return false;
      const joined = new Uint8Array(bytes.length + more.length);
      joined.set(bytes);
      joined.set(more, bytes.length);
      bytes = joined;
    }
    return true;
  };
  if (!(await fill(HEADER_BYTES + POSTER_NAME.length)) || !startsAsShare(bytes)) return null;
  const header = new DataView(bytes.buffer);
  const [method, size, extra] = [header.getUint16(8, true), header.getUint32(22, true), header.getUint16(28, true)];
  const begin = HEADER_BYTES + POSTER_NAME.length + extra;
  if (method !== 0 || size === 0 || size > MAX_POSTER_BYTES || !(await fill(begin + size))) return null;
  return new Blob([bytes.subarray(begin, begin + size)], { type: 'image/jpeg' });
}
