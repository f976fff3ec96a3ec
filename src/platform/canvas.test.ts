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
    transferToImageBitmap() {
      return { width: this.width, height: this.height, data: this.data, close: () => {} };
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

/** A device whose driver copies bitmaps to textures by a lie, and is otherwise sound. */
function deviceThat(lie: Lie) {
  let rows = new Uint8Array();
  const take = ({ source }: { source: { data: Uint8ClampedArray; width: number; height: number } }) => {
    const data = source.data.slice();
    lie(data);
    rows = new Uint8Array(256 * source.height);
    for (let y = 0; y < source.height; y++)
      rows.set(data.subarray(4 * y * source.width, 4 * (y + 1) * source.width), 256 * y);
  };
  const staging = { mapAsync: async () => {}, getMappedRange: () => rows.buffer, destroy: () => {} };
  return {
    queue: { copyExternalImageToTexture: take, submit: () => {} },
    createTexture: ({ size }: { size: number[] }) => ({
      ...{ width: size[0], height: size[1], depthOrArrayLayers: 1, mipLevelCount: 1, format: 'rgba8unorm' },
      destroy: () => {},
    }),
    createBuffer: () => staging,
    createCommandEncoder: () => ({ copyTextureToBuffer: () => {}, finish: () => ({}) }),
  } as unknown as GPUDevice;
}

describe('a GPU whose copy of a bitmap', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each(LIES)('%s: taken: %s', async (_, isTrue, lie) => {
    vi.stubGlobal(
      'OffscreenCanvas',
      canvasThat(() => {}),
    );
    for (const name of ['GPUBufferUsage', 'GPUTextureUsage', 'GPUMapMode']) vi.stubGlobal(name, {});
    const { takesBitmaps, tryBitmaps } = await import('./gpu/read-texture.ts');
    const device = deviceThat(lie);
    await tryBitmaps(device);
    expect(takesBitmaps(device)).toBe(isTrue);
  });

  it('cannot be tried, is taken', async () => {
    const { takesBitmaps, tryBitmaps } = await import('./gpu/read-texture.ts');
    const device = deviceThat((data) => data.fill(0));
    await tryBitmaps(device);
    expect(takesBitmaps(device)).toBe(true);
  });
});
