import { describe, expect, it } from 'vitest';
import { POSTER_NAME } from '../../../../core/share-head.ts';
import { fetchPoster } from './share-poster.ts';

/** The beginning of a share file: a stored entry of this size with two bytes of extra field. */
function head(
  content: Uint8Array,
  { method = 0, size = content.length, name = POSTER_NAME } = {},
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(30 + name.length + 2 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(8, method, true);
  view.setUint32(22, size, true);
  view.setUint16(26, name.length, true);
  view.setUint16(28, 2, true);
  bytes.set(new TextEncoder().encode(name), 30);
  bytes.set(content, 30 + name.length + 2);
  return bytes;
}

/** A download in small pieces that goes on for ever after these bytes, if `endless`. */
function download(bytes: Uint8Array<ArrayBuffer>, endless = true) {
  let at = 0;
  const read = { bytes: 0 };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length && !endless) return controller.close();
      const piece = at < bytes.length ? bytes.slice(at, at + 7) : new Uint8Array(7);
      at += 7;
      read.bytes += 7;
      controller.enqueue(piece);
    },
  });
  return { read, fetcher: (async () => new Response(body)) as typeof fetch };
}

const URL_OF_IT = new URL('https://a.example/m.zip');
const poster = async (bytes: Uint8Array<ArrayBuffer>, endless = true) =>
  fetchPoster(URL_OF_IT, new AbortController().signal, download(bytes, endless).fetcher);

describe('fetchPoster', () => {
  const content = Uint8Array.from({ length: 100 }, (_, i) => i);

  it('gives the picture and reads no further', async () => {
    const { read, fetcher } = download(head(content));
    const blob = await fetchPoster(URL_OF_IT, new AbortController().signal, fetcher);
    expect(new Uint8Array(await blob!.arrayBuffer())).toEqual(content);
    expect(read.bytes).toBeLessThan(200);
  });

  it('gives nothing for other files, cut ones, and pictures that would never end', async () => {
    expect(await poster(head(content, { name: 'poster.png' }))).toBeNull();
    expect(await poster(new Uint8Array(200))).toBeNull();
    expect(await poster(head(content, { method: 8 }))).toBeNull();
    expect(await poster(head(content, { size: 2 ** 31 }))).toBeNull();
    expect(await poster(head(content).subarray(0, 60) as Uint8Array<ArrayBuffer>, false)).toBeNull();
    const missing = (async () => new Response('', { status: 404 })) as typeof fetch;
    expect(await fetchPoster(URL_OF_IT, new AbortController().signal, missing)).toBeNull();
  });
});
