/** WebGPU's copies begin rows at multiples of this, bytes. */
const ROW_ALIGNMENT = 256;

/** RGBA bytes of an rgba8unorm texture, row by row. */
export async function readPixels(device: GPUDevice, texture: GPUTexture): Promise<Uint8Array> {
  const { width, height } = texture;
  const rowBytes = 4 * width;
  const stride = Math.ceil(rowBytes / ROW_ALIGNMENT) * ROW_ALIGNMENT;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = device.createBuffer({ label: 'read-pixels', size: stride * height, usage });
  try {
    const encoder = device.createCommandEncoder({ label: 'read-pixels' });
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: stride }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const padded = new Uint8Array(staging.getMappedRange());
    const pixels = new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++) pixels.set(padded.subarray(y * stride, y * stride + rowBytes), y * rowBytes);
    return pixels;
  } finally {
    staging.destroy();
  }
}
