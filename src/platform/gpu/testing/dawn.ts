import { existsSync, readdirSync } from 'node:fs';
import { homedir, constants } from 'node:os';
import { dirname, join } from 'node:path';
import { create, globals } from 'webgpu';
import { requestGpu } from '../device.ts';
import type { Gpu } from '../device.ts';
import { Scope } from '../scope.ts';
import { shadersReady } from '../shader.ts';

/** A device in Node for tests, with the helpers that every pass's test needs. Open one per test file. */
export class TestGpu {
  /** Owner of what the test makes; destroyed with the device. */
  readonly scope: Scope;
  private readonly errors: string[] = [];

  private constructor(
    readonly gpu: Gpu,
    // Dawn lives as long as somebody holds this.
    readonly instance: GPU,
  ) {
    this.scope = new Scope(gpu.device, 'test');
    gpu.device.addEventListener('uncapturederror', (event) => {
      this.errors.push((event as GPUUncapturedErrorEvent).error.message);
    });
  }

  /** Dawn on SwiftShader where a Chromium with its files is found, else on whatever Vulkan, Metal or D3D is there. */
  static async open(): Promise<TestGpu> {
    useSwiftShader();
    Object.assign(globalThis, globals);
    const instance = create([]);
    try {
      return new TestGpu(await requestGpu(instance), instance);
    } catch (cause) {
      throw new Error(
        'The WGSL tests need a WebGPU adapter and found none. Install Chromium, whose software adapter they use ' +
          '(npx playwright install chromium, or apt-get install chromium), or set VK_ICD_FILENAMES to a ' +
          'vk_swiftshader_icd.json.',
        { cause },
      );
    }
  }

  get device(): GPUDevice {
    return this.gpu.device;
  }

  /** A storage buffer with these values. */
  upload(label: string, data: Float32Array | Uint32Array): GPUBuffer {
    const buffer = this.scope.storage(label, data.byteLength);
    this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    return buffer;
  }

  /** An rgba8unorm texture with these bytes. */
  uploadTexture(label: string, data: Uint8ClampedArray, width: number, height: number): GPUTexture {
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    const texture = this.scope.texture(label, { size: [width, height], format: 'rgba8unorm', usage });
    this.device.queue.writeTexture({ texture }, data as Uint8ClampedArray<ArrayBuffer>, { bytesPerRow: width * 4 }, [
      width,
      height,
    ]);
    return texture;
  }

  /** Records with `record`, submits, and fails on any shader or validation error. */
  async submit(record: (encoder: GPUCommandEncoder) => void): Promise<void> {
    await shadersReady(this.device);
    const encoder = this.device.createCommandEncoder({ label: 'test' });
    record(encoder);
    this.device.queue.submit([encoder.finish()]);
    await this.device.queue.onSubmittedWorkDone();
    if (this.errors.length) throw new Error(this.errors.splice(0).join('\n'));
  }

  async readFloats(buffer: GPUBuffer, count: number): Promise<Float32Array> {
    return new Float32Array(await this.readBytes(buffer, count * 4));
  }

  async readUints(buffer: GPUBuffer, count: number): Promise<Uint32Array> {
    return new Uint32Array(await this.readBytes(buffer, count * 4));
  }

  /** RGBA bytes of an 8-bit texture made with COPY_SRC. */
  async readTexture(texture: GPUTexture): Promise<Uint8ClampedArray> {
    const { width, height } = texture;
    // Copies from textures need rows at multiples of 256 bytes.
    const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const staging = this.scope.buffer('readback', bytesPerRow * height, usage);
    const target = { buffer: staging, bytesPerRow };
    await this.submit((encoder) => encoder.copyTextureToBuffer({ texture }, target, [width, height]));
    await staging.mapAsync(GPUMapMode.READ);
    const rows = new Uint8Array(staging.getMappedRange());
    const pixels = new Uint8ClampedArray(width * height * 4);
    for (let y = 0; y < height; y++) {
      pixels.set(rows.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
    }
    this.scope.release(staging);
    return pixels;
  }

  close(): void {
    this.scope.destroy();
    this.device.destroy();
  }

  private async readBytes(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const staging = this.scope.buffer('readback', bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    await this.submit((encoder) => encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes));
    await staging.mapAsync(GPUMapMode.READ);
    const copy = staging.getMappedRange().slice(0, bytes);
    this.scope.release(staging);
    return copy;
  }
}

/** `system`: the machine's own adapter is used even where a Chromium is found (npm run gpu-report). */
export const ADAPTER_VARIABLE = 'LIFTMATCH_ADAPTER';

const ICD_FILE = 'vk_swiftshader_icd.json';

/** Points the Vulkan loader at Chromium's software adapter, so that every machine computes the same. */
function useSwiftShader(): void {
  if (process.platform !== 'linux' || process.env[ADAPTER_VARIABLE] === 'system') return;
  const found = chromiumFolders().map((folder) => join(folder, ICD_FILE));
  const icd = process.env['VK_ICD_FILENAMES'] ?? found.find((file) => existsSync(file));
  if (!icd) return;
  process.env['VK_ICD_FILENAMES'] = icd;
  // Dawn opens libvulkan.so.1 by name and a machine without graphics has none; Chromium brings one. Loaded once
  // and kept (RTLD_NODELETE), it answers to that name. Node then complains that it is no add-on, which it is not.
  const loader = join(dirname(icd), 'libvulkan.so.1');
  const RTLD_NODELETE = 0x1000;
  if (existsSync(loader)) {
    try {
      process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    } catch {
      // Expected, see above; a loader that is truly broken shows as a missing adapter.
    }
  }
}

/** Where a Chromium's files may lie: $CHROME_PATH, Playwright's, the system's. */
function chromiumFolders(): string[] {
  const folders: string[] = [];
  if (process.env['CHROME_PATH']) folders.push(dirname(process.env['CHROME_PATH']));
  const browsers = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache/ms-playwright');
  if (existsSync(browsers)) {
    for (const name of readdirSync(browsers)
      .filter((name) => name.startsWith('chromium'))
      .sort()
      .reverse()) {
      for (const build of readdirSync(join(browsers, name))) folders.push(join(browsers, name, build));
    }
  }
  folders.push('/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome', '/opt/chromium.org/chromium');
  return folders;
}
