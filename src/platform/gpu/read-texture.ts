import { mapForReading } from './readback.ts';
import { Scope } from './scope.ts';
import { type BitmapReader, readsKnown } from '../canvas.ts';

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

/** Devices on which a bitmap does not arrive as it is: black, flipped, in other colours. */
const untrue = new WeakSet<GPUDevice>();

/** Under way or done, by device. */
const tried = new WeakMap<GPUDevice, Promise<void>>();

/** Waits until {@link takesBitmaps} is known of a device that is being tried. */
export const bitmapsTried = (device: GPUDevice): Promise<void> => tried.get(device) ?? Promise.resolve();

/** Whether bitmaps may be copied to textures there; else their bytes are written. */
export const takesBitmaps = (device: GPUDevice): boolean => !untrue.has(device);

/** Copies a known picture to a texture and reads it, and notes whether it came through. Never rejects. */
export function tryBitmaps(device: GPUDevice): Promise<void> {
  const trying = tryKnown(device);
  tried.set(device, trying);
  return trying;
}

async function tryKnown(device: GPUDevice): Promise<void> {
  const scope = new Scope(device, 'first picture');
  try {
    if ((await readsKnown(gpuReader(scope))) === false) untrue.add(device);
  } catch {
    untrue.add(device);
  } finally {
    scope.destroy();
  }
}

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
