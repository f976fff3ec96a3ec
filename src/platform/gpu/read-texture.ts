import { mapForReading } from './readback.ts';
import type { Scope } from './scope.ts';
import type { BitmapReader } from '../canvas.ts';

/** Reads bitmaps by way of the GPU, for browsers that hide what is on a canvas. */
export const gpuReader =
  (root: Scope): BitmapReader =>
  async (bitmap) => {
    const scope = root.child('read-bitmap');
    try {
      const size = [bitmap.width, bitmap.height];
      const usage = GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
      const texture = scope.texture('bitmap', { size, format: 'rgba8unorm', usage });
      root.device.queue.copyExternalImageToTexture({ source: bitmap }, { texture }, size);
      return await readTexture(root.device, texture);
    } finally {
      scope.destroy();
    }
  };

/**
 * RGBA bytes of an 8-bit texture made with COPY_SRC. Never on the way to the screen: for models on the CPU and export.
 */
export async function readTexture(device: GPUDevice, texture: GPUTexture): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const { width, height } = texture;
  // Copies from textures need rows at multiples of 256 bytes.
  const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = device.createBuffer({ label: 'read-texture', size: bytesPerRow * height, usage });
  try {
    const encoder = device.createCommandEncoder({ label: 'read-texture' });
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await mapForReading(device, staging);
    const rows = new Uint8Array(staging.getMappedRange());
    const pixels = new Uint8ClampedArray(width * height * 4);
    for (let y = 0; y < height; y++) {
      pixels.set(rows.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
    }
    return pixels;
  } finally {
    staging.destroy();
  }
}
