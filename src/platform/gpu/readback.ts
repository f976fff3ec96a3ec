import { CodedError } from '../../core/errors.ts';
import { giveUpDevice } from './watch-device.ts';

/**
 * A copy of the first `bytes` of a GPU buffer. Never on the way from photo to picture: only for hover, statistics
 * and export.
 */
export async function readBytes(device: GPUDevice, buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  const size = Math.ceil(bytes / 4) * 4;
  const staging = device.createBuffer({
    label: 'readback',
    size,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  try {
    const encoder = device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await mapForReading(device, staging);
    return staging.getMappedRange().slice(0, bytes);
  } finally {
    staging.destroy();
  }
}

/**
 * Waits until a buffer can be read. A device that refuses is as good as lost: what it holds is never seen.
 * @throws CodedError `gpu-read`
 */
export async function mapForReading(device: GPUDevice, staging: GPUBuffer): Promise<void> {
  try {
    await staging.mapAsync(GPUMapMode.READ);
  } catch (cause) {
    // Told as an abortion by browsers, which is nobody's wish here.
    const reason = cause instanceof Error ? cause.message : String(cause);
    giveUpDevice(device, `it does not hand back what it computed: ${reason}`);
    throw new CodedError(
      'gpu-read',
      `The GPU did not hand back what it computed (${reason}).`,
      'Try again; if it stays, run the model on the CPU in the settings.',
      { cause },
    );
  }
}
