import type { Size } from '../../../core/geometry.ts';
import type { Rgb } from '../views/pane/cpu.ts';
import type { Pixels } from '../../../compute/preprocess/cpu.ts';
import { randomNumbers } from './fields.ts';
import type { TestGpu } from '../../../platform/gpu/testing/dawn.ts';

/** A made-up photo: slow colour gradients, stripes and a little noise, so that shifts and swapped axes show. */
export function makePhoto({ width, height }: Size, seed: number): Pixels {
  const random = randomNumbers(seed);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const stripes = 25 * Math.sin((x + seed * 3) * 0.7) * Math.cos(y * 0.45);
      const noise = 16 * (random() - 0.5);
      const r = 40 + (170 * x) / width + stripes + noise;
      const g = 60 + (140 * y) / height - stripes + noise;
      const b = 128 + 90 * Math.sin((x + 2 * y + seed) * 0.08) + noise;
      data.set([r, g, b, 255], (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

/** Records one render pass onto an rgba8unorm texture cleared to `ground`, and reads it. */
export async function renderStage(
  gpu: TestGpu,
  { width, height }: Size,
  ground: readonly number[],
  record: (pass: GPURenderPassEncoder) => void,
): Promise<Pixels> {
  const texture = gpu.scope.texture('stage', {
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
  await gpu.submit((encoder) => {
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: texture.createView(), clearValue: [...ground], loadOp: 'clear', storeOp: 'store' }],
    });
    record(pass);
    pass.end();
  });
  const data = await gpu.readTexture(texture);
  gpu.scope.release(texture);
  return { data, width, height };
}

/** Largest difference of any channel, in steps of 255, between a picture and the colours that a reference gives. */
export function pictureError({ data, width, height }: Pixels, reference: (x: number, y: number) => Rgb): number {
  let largest = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = reference(x + 0.5, y + 0.5);
      for (let c = 0; c < 3; c++) largest = Math.max(largest, Math.abs(data[(y * width + x) * 4 + c] - 255 * color[c]));
    }
  }
  return largest;
}

/** Standard deviation of all channels: 0 for a blank picture. */
export function contrast({ data }: Pixels): number {
  const values = data.filter((_, i) => i % 4 !== 3);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
