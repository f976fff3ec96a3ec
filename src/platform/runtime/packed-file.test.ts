import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { fetchPacked } from './packed-file.ts';

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);

afterEach(() => vi.unstubAllGlobals());

/** A server with one file. */
function serve(body: Uint8Array, status = 200): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response(new Uint8Array(body), { status });
  });
  return asked;
}

test('unpacks a file that is sent as it lies there', async () => {
  const asked = serve(gzipSync(BYTES));
  expect(new Uint8Array(await fetchPacked('https://here/runtime.wasm'))).toEqual(BYTES);
  expect(asked).toEqual(['https://here/runtime.wasm.gz']);
});

test('takes a file that the browser has unpacked on the way', async () => {
  serve(BYTES);
  expect(new Uint8Array(await fetchPacked('https://here/runtime.wasm'))).toEqual(BYTES);
});

test('says so where there is none', async () => {
  serve(BYTES, 404);
  await expect(fetchPacked('https://here/runtime.wasm')).rejects.toMatchObject({ code: 'runtime-missing' });
});
