import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeGif } from '../../../../../formats/images/read-gif.test-helper.ts';
import { TestGpu } from '../../../../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadFields } from '../../../testing/fields.ts';
import { makePhoto } from '../../../testing/stage.ts';
import { animationSteps, DEFAULT_ANIMATION } from '../../../../../exports/animation-settings.ts';
import { DEFAULT_VIEW } from '../../../params.ts';
import type { Photo } from '../../../../../matching/photos/photo.ts';
import { animate, frameSize } from './animate.ts';
import { type FrameSource, gpuFrames } from './frame-source.ts';

const SIZE = { width: 66, height: 50 };
const FLICKER = { ...DEFAULT_ANIMATION, kind: 'flicker', seconds: 1 } as const;

/** Frames of one grey, as bright as they are far on their way. */
const greys: FrameSource = {
  draw: async (amount) => new Uint8Array(4 * SIZE.width * SIZE.height).fill(Math.round(255 * amount)),
  close: () => undefined,
};

describe('the way from A to B and back', () => {
  it('is slow at its ends, and as long as wished', () => {
    const steps = animationSteps({ ...DEFAULT_ANIMATION, fps: 10, seconds: 2 });
    expect(steps).toHaveLength(20);
    expect([steps[0].amount, steps[10].amount]).toEqual([0, 1]);
    expect(steps[1].amount).toBeLessThan(0.03);
    expect(steps[5].amount).toBeCloseTo(0.5, 9);
    expect(steps.reduce((sum, { duration }) => sum + duration, 0)).toBe(2000);
    expect(animationSteps(FLICKER)).toEqual([
      { amount: 0, duration: 500 },
      { amount: 1, duration: 500 },
    ]);
  });

  it('has A’s shape, in even numbers', () => {
    expect(frameSize({ width: 4000, height: 3001 }, 480)).toEqual({ width: 480, height: 360 });
    expect(frameSize({ width: 10, height: 5000 }, 240)).toEqual({ width: 2, height: 240 });
  });
});

describe('an animation', () => {
  it('is encoded frame by frame, and tells how far it is', async () => {
    const shares: number[] = [];
    const blob = await animate(FLICKER, SIZE, greys, { onProgress: (share) => shares.push(share) });
    const gif = decodeGif(new Uint8Array(await blob.arrayBuffer()));
    expect(gif).toMatchObject({ ...SIZE, loops: 0 });
    expect(gif.frames.map(({ delay }) => delay)).toEqual([500, 500]);
    expect(gif.frames[0].pixels[0]).toBeLessThan(8);
    expect(gif.frames[1].pixels[0]).toBeGreaterThan(247);
    expect(shares).toEqual([0, 0.5]);
  });

  it('stops between two frames when it is not wanted any more', async () => {
    const controller = new AbortController();
    const running = animate(DEFAULT_ANIMATION, SIZE, greys, {
      signal: controller.signal,
      onProgress: (share) => share > 0.2 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is refused where it is too large, or the browser has no encoder', async () => {
    const long = { ...DEFAULT_ANIMATION, fps: 30, seconds: 10 };
    await expect(animate(long, { width: 1080, height: 1080 }, greys, {})).rejects.toMatchObject({
      code: 'animation-too-large',
    });
    const webm = { ...FLICKER, format: 'webm' } as const;
    await expect(animate(webm, SIZE, greys, {})).rejects.toMatchObject({
      code: 'animation-no-webm',
      remedy: 'Choose GIF or APNG.',
    });
  });
});

describe('frames by WebGPU', () => {
  const PHOTOS = { a: { width: 160, height: 120 }, b: { width: 100, height: 140 } };
  let gpu: TestGpu;
  beforeAll(async () => {
    gpu = await TestGpu.open();
  });
  afterAll(() => gpu.close());

  it('begin as A and leave it, whatever the page shows', async () => {
    const photos = Object.fromEntries(
      (['a', 'b'] as const).map((side, i) => {
        const { data, width, height } = makePhoto(PHOTOS[side], i + 1);
        return [side, { texture: () => gpu.uploadTexture(side, data, width, height) } as unknown as Photo];
      }),
    ) as Record<'a' | 'b', Photo>;
    const fields = makeFields({ a: { width: 21, height: 15 }, b: { width: 13, height: 17 } }, PHOTOS);
    const view = { ...DEFAULT_VIEW, camera: { x: 0.1, y: 0.1, scale: 8 } };
    const size = { width: 80, height: 60 };
    const source = gpuFrames(gpu.gpu, uploadFields(gpu, fields), { photos, view }, 'morph', size);
    const [start, middle] = [await source.draw(0), await source.draw(0.5)];
    source.close();
    expect(start).toHaveLength(4 * size.width * size.height);
    const { data, width } = makePhoto(PHOTOS.a, 1);
    let [error, change] = [0, 0];
    for (let y = 2; y < size.height - 2; y++) {
      for (let x = 2; x < size.width - 2; x++) {
        const at = 4 * (y * size.width + x);
        for (let c = 0; c < 3; c++) {
          // Half the size: the mean of four pixels of the photo.
          const from = 4 * (2 * y * width + 2 * x) + c;
          const mean = (data[from] + data[from + 4] + data[from + 4 * width] + data[from + 4 * width + 4]) / 4;
          error += Math.abs(start[at + c] - mean);
          change += Math.abs(start[at + c] - middle[at + c]);
        }
      }
    }
    const samples = 3 * (size.width - 4) * (size.height - 4);
    expect(error / samples).toBeLessThan(6);
    expect(change / samples).toBeGreaterThan(6);
  });
});
