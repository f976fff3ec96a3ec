import { describe, expect, it } from 'vitest';
import { fetchScene, MAX_SCENE_BYTES } from './fetch-scene.ts';

const ADDRESS = 'https://far.test/scenes/a.spz';
const piece = (bytes: number) => new Uint8Array(bytes).fill(7);

/** A body in pieces; an error in their place breaks it off. */
function body(...pieces: (Uint8Array<ArrayBuffer> | Error)[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const next = pieces.shift();
      if (next instanceof Error) controller.error(next);
      else if (next) controller.enqueue(next);
      else controller.close();
    },
  });
}

function fetched(answer: () => Response, signal = new AbortController().signal) {
  const heard: [number, number | null][] = [];
  const asked: RequestInit[] = [];
  const fetcher = (async (_url: string, init: RequestInit) => {
    asked.push(init);
    return answer();
  }) as typeof fetch;
  const onProgress = (loaded: number, total: number | null) => heard.push([loaded, total]);
  return { heard, asked, result: fetchScene(ADDRESS, 'a.spz', signal, onProgress, fetcher) };
}

describe('a scene from an address', () => {
  it('comes in pieces, with its progress, and tells the host nothing', async () => {
    const headers = { 'content-length': '5' };
    const { heard, asked, result } = fetched(() => new Response(body(piece(2), piece(3)), { headers }));
    expect((await result).size).toBe(5);
    expect(heard).toEqual([
      [2, 5],
      [5, 5],
    ]);
    expect(asked[0]).toMatchObject({ mode: 'cors', referrerPolicy: 'no-referrer' });
  });

  it('has no total where the host says none, or counts packed bytes', async () => {
    const silent = fetched(() => new Response(body(piece(4))));
    await silent.result;
    expect(silent.heard).toEqual([[4, null]]);
    const packed = fetched(() => new Response(body(piece(4)), { headers: { 'content-length': '3' } }));
    await packed.result;
    expect(packed.heard).toEqual([[4, null]]);
  });

  it.each([
    ['scene-unreachable', () => Promise.reject(new TypeError('Failed to fetch')) as unknown as Response],
    ['scene-http', () => new Response(null, { status: 404 })],
    ['scene-too-many-bytes', () => new Response(body(), { headers: { 'content-length': `${MAX_SCENE_BYTES + 1}` } })],
    ['scene-download', () => new Response(body(piece(1), new TypeError('network error')))],
  ])('says %s, with the file’s name', async (code, answer) => {
    const { result } = fetched(answer);
    await expect(result).rejects.toMatchObject({ code, message: expect.stringContaining('a.spz') });
  });

  it('is cancelled without an error of its own', async () => {
    const cancelled = new DOMException('Aborted', 'AbortError');
    await expect(fetched(() => new Response(body(piece(1), cancelled))).result).rejects.toBe(cancelled);
  });
});
