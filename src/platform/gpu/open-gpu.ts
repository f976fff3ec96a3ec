import { describeAdapter, type Gpu, requestGpu } from './device.ts';
import { CodedError } from '../../core/errors.ts';
import { readBytes } from './readback.ts';
import { tryBitmaps } from './read-texture.ts';

/** A driver that hangs never answers a request: after so many milliseconds the page goes on without it. */
const PATIENCE = 15_000;

/** What a device is asked to hand back. */
const KNOWN = [0x600d_c0de, 1, 0xffff_fffe, 0x8000_0000] as const;

/**
 * The browser's GPU, or why there is none, as a sentence for the person. Never rejects, and never waits for ever.
 * @param avoided why the page goes on without the GPU, though there may be one
 */
export async function openGpu(avoided: string | null = null): Promise<{ gpu: Gpu | null; reason: string }> {
  if (avoided) return { gpu: null, reason: avoided };
  if (!navigator.gpu) return { gpu: null, reason: 'This browser has no WebGPU.' };
  return openGpuOf(navigator.gpu);
}

/** {@link openGpu} of a browser that has WebGPU. */
export async function openGpuOf(api: GPU, patience = PATIENCE): Promise<{ gpu: Gpu | null; reason: string }> {
  let isLate = false;
  let gpu: Gpu | null = null;
  const opening = requestGpu(api).then(async (opened) => {
    // Nobody waits for it any more.
    if (isLate) opened.device.destroy();
    else {
      await handsBack((gpu = opened));
      // Not waited for: it is known before the first photo is decoded.
      void tryBitmaps(opened.device);
    }
    return opened;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new CodedError('webgpu-silent', `The graphics adapter${named(gpu)} does not answer.`));
    }, patience);
  });
  try {
    return { gpu: await Promise.race([opening, tooLong]), reason: '' };
  } catch (error) {
    opening.catch(() => {});
    (gpu as Gpu | null)?.device.destroy();
    return { gpu: null, reason: error instanceof CodedError ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the device is alive and can be read: some die, or lie, from the first command on. */
async function handsBack(gpu: Gpu): Promise<void> {
  const { device } = gpu;
  const buffer = device.createBuffer({
    label: 'first sign of life',
    size: 4 * KNOWN.length,
    usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, Uint32Array.from(KNOWN));
  let bytes: ArrayBuffer;
  try {
    bytes = await readBytes(device, buffer, 4 * KNOWN.length);
  } catch (cause) {
    const message = `The graphics adapter${named(gpu)} lost its device at once.`;
    throw new CodedError('webgpu-no-device', message, '', { cause });
  } finally {
    buffer.destroy();
  }
  const seen = new Uint32Array(bytes);
  if (KNOWN.some((word, i) => seen[i] !== word)) {
    throw new CodedError('webgpu-lies', `The graphics adapter${named(gpu)} does not hand back what it was given.`);
  }
}

const named = (gpu: Gpu | null) => (gpu ? ` (${describeAdapter(gpu.info)})` : '');
