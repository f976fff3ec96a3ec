import { describe, expect, it } from 'vitest';
import type { MatchResult } from '../../../core/match.ts';
import type { Photo } from '../../../matching/photos/photo.ts';
import type { Inference } from './inference.ts';
import { liveFrame } from './live-frame.ts';
import { MatchScene } from './stage/match-scene.ts';
import type { ShownMatch } from './stage/shown-match.ts';

const RESULT = { verdict: { kind: 'good' } } as MatchResult;

/** What was done, in order. */
function setUp() {
  const log: string[] = [];
  const bitmap = (name: string) =>
    ({ width: 64, height: 48, close: () => log.push(`close ${name}`) }) as unknown as ImageBitmap;
  const scene = new MatchScene();
  const still = {
    key: 'still',
    size: { width: 8, height: 8 },
    close: () => log.push('close still'),
  } as unknown as Photo;
  scene.photos.a = still;
  let matches = 0;
  const inference = {
    match: async (photos: { a: Photo; b: Photo }, options: { rescue: boolean }) => {
      if (++matches === 3) throw new Error('the third fails');
      expect(photos.a).toBe(still);
      expect(options.rescue).toBe(false);
      const number = matches;
      return {
        result: RESULT,
        dispose: () => log.push(`dispose ${number}`),
        swapped: () => {},
      } as unknown as ShownMatch;
    },
    forget: ({ size }: Photo) => log.push(`forget ${size.width}`),
  } as unknown as Inference;
  const controller = new AbortController();
  const frame = (name: string) =>
    liveFrame(
      { side: 'b', bitmap: bitmap(name), options: { model: { id: 'm', manifestUrl: '' }, longSide: 64 } },
      scene,
      inference,
      null,
      { signal: controller.signal, onProgress: () => {} },
    );
  return { log, scene, frame, controller };
}

describe('a picture of a film', () => {
  it('takes the last one’s place with its match, which are freed; the still stays', async () => {
    const { log, scene, frame } = setUp();
    expect(await frame('1')).toBe(RESULT);
    expect(log).toEqual([]);
    await frame('2');
    expect(log).toEqual(['dispose 1', 'forget 64', 'close 1']);
    expect(scene.photos.b?.size).toEqual({ width: 64, height: 48 });
    expect(scene.shown?.result).toBe(RESULT);
  });

  it('that fails leaves the last one and is freed itself', async () => {
    const { log, scene, frame } = setUp();
    await frame('1');
    await frame('2');
    const before = scene.photos.b;
    log.length = 0;
    await expect(frame('3')).rejects.toThrow('the third fails');
    expect(log).toEqual(['forget 64', 'close 3']);
    expect(scene.photos.b).toBe(before);
  });

  it('that nobody wants any more, or without a still, is closed and not matched', async () => {
    const { log, scene, frame, controller } = setUp();
    scene.photos.a = undefined;
    await expect(frame('1')).rejects.toMatchObject({ code: 'photo-missing' });
    controller.abort();
    await expect(frame('2')).rejects.toMatchObject({ code: 'cancelled' });
    expect(log).toEqual(['close 1', 'close 2']);
  });
});
