import { afterEach, describe, expect, it, vi } from 'vitest';

type Lie = (data: Uint8ClampedArray) => void;

/** A 2D canvas that paints rectangles truly and reads them back by a lie. */
function canvasThat(lie: Lie) {
  return class {
    private readonly data: Uint8ClampedArray;
    private style: number[] = [];
    constructor(
      readonly width: number,
      readonly height: number,
    ) {
      this.data = new Uint8ClampedArray(4 * width * height);
    }
    getContext() {
      return this;
    }
    set fillStyle(text: string) {
      this.style = [...text.matchAll(/\d+/g)].map(Number);
    }
    fillRect(x: number, y: number) {
      this.data.set([...this.style, 255], 4 * (y * this.width + x));
    }
    getImageData() {
      const data = this.data.slice();
      lie(data);
      return { data };
    }
  };
}

const noise =
  (by: number): Lie =>
  (data) =>
    data.forEach((value, k) => {
      data[k] = value + ((k * 7919) % (2 * by + 1)) - by;
    });
const moved = (data: Uint8ClampedArray, from: (k: number) => number) => {
  const old = data.slice();
  data.forEach((_, k) => {
    data[k] = old[from(k)];
  });
};

const LIES: [string, boolean, Lie][] = [
  ['says what is there', true, () => {}],
  ['adds noise of one', true, noise(1)],
  ['is white', false, (data) => data.fill(255)],
  ['is transparent', false, (data) => data.fill(0)],
  [
    'is of one colour, another for each page',
    false,
    (data) => data.forEach((_, k) => (data[k] = [90, 140, 33, 255][k % 4])),
  ],
  ['repeats its first pixel', false, (data) => moved(data, (k) => k % 4)],
  ['swaps red and blue', false, (data) => moved(data, (k) => (k % 4 === 0 ? k + 2 : k % 4 === 2 ? k - 2 : k))],
  ['exchanges columns', false, (data) => moved(data, (k) => 4 * ((k >> 2) ^ 1) + (k % 4))],
  ['stands on its head', false, (data) => moved(data, (k) => 4 * (15 - (k >> 2)) + (k % 4))],
  ['adds noise of eight', false, noise(8)],
  ['is noise', false, (data) => data.forEach((_, k) => (data[k] = (k * 7919) % 251))],
  ['is grey', false, (data) => moved(data, (k) => (k % 4 === 3 ? k : k - (k % 4)))],
];

describe('a canvas that', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each(LIES)('%s: told the truth: %s', async (_, isTrue, lie) => {
    vi.stubGlobal('OffscreenCanvas', canvasThat(lie));
    const { canvasTellsTruth } = await import('./canvas.ts');
    expect(canvasTellsTruth()).toBe(isTrue);
  });
});
