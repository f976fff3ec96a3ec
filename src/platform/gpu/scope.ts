/**
 * Owner of GPU objects: everything made through a scope dies with it. A scope may have children, which die
 * first; a device's root scope, a scope per photo and a scope per result are the ones in use.
 */
export class Scope {
  private readonly owned = new Map<GPUBuffer | GPUTexture, number>();
  private readonly children = new Set<Scope>();
  private destroyed = false;

  constructor(
    readonly device: GPUDevice,
    readonly label: string,
    private readonly parent?: Scope,
  ) {}

  /** A scope that is destroyed with this one, or before it. */
  child(label: string): Scope {
    this.requireAlive();
    const child = new Scope(this.device, `${this.label}/${label}`, this);
    this.children.add(child);
    return child;
  }

  /** A buffer of at least `bytes`, rounded up to 16 as onnxruntime's own are, so that either side can bind it. */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    this.requireAlive();
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const buffer = this.device.createBuffer({ label: `${this.label}/${label}`, size, usage });
    this.owned.set(buffer, size);
    return buffer;
  }

  /** A storage buffer that can also be copied from and to: what tensors and results live in. */
  storage(label: string, bytes: number, extraUsage: GPUBufferUsageFlags = 0): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | extraUsage;
    return this.buffer(label, bytes, usage);
  }

  texture(label: string, descriptor: Omit<GPUTextureDescriptor, 'label'>): GPUTexture {
    this.requireAlive();
    const texture = this.device.createTexture({ ...descriptor, label: `${this.label}/${label}` });
    this.owned.set(texture, textureBytes(texture));
    return texture;
  }

  /** Destroys one object ahead of the scope. An object that is not (or no longer) owned is left alone. */
  release(object: GPUBuffer | GPUTexture): void {
    if (this.owned.delete(object)) object.destroy();
  }

  /** Bytes held by this scope and its children (textures estimated from their format). */
  get bytes(): number {
    let bytes = 0;
    for (const size of this.owned.values()) bytes += size;
    for (const child of this.children) bytes += child.bytes;
    return bytes;
  }

  /** Destroys children, then own objects. Calling it again does nothing. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    for (const child of [...this.children]) child.destroy();
    for (const object of this.owned.keys()) object.destroy();
    this.owned.clear();
    this.parent?.children.delete(this);
  }

  private requireAlive(): void {
    if (this.destroyed) throw new Error(`The scope “${this.label}” has been destroyed.`);
  }
}

function textureBytes(texture: GPUTexture): number {
  const texels = texture.width * texture.height * texture.depthOrArrayLayers * texture.sampleCount;
  // All mip levels together add a third.
  return Math.ceil(texels * bytesPerTexel(texture.format) * (texture.mipLevelCount > 1 ? 4 / 3 : 1));
}

function bytesPerTexel(format: GPUTextureFormat): number {
  if (format.startsWith('rgba32')) return 16;
  if (format.startsWith('rgba16') || format.startsWith('rg32')) return 8;
  if (format === 'r8unorm' || format === 'r8uint') return 1;
  return 4;
}
