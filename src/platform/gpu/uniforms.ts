import type { Scalar, StructLayout } from './reflection.ts';
import type { Scope } from './scope.ts';
import type { Shader } from './shader.ts';

/** Values of a uniform struct's members by their WGSL names. */
export type UniformValues = Record<string, number | ArrayLike<number>>;

/**
 * The uniform struct `name` of a shader, laid out by reflection of the WGSL.
 *
 * A pass may be recorded several times before the encoder is submitted (once per side, once per pane), and
 * queue.writeBuffer takes effect before all of them. So each {@link push} goes to the next of a ring of slots;
 * no more than `slots` pushes may lie between two submits.
 */
export class UniformRing {
  private readonly layout: StructLayout;
  private readonly bytes: ArrayBuffer;
  /** The bytes as each kind of number. */
  private readonly views: Readonly<Record<Scalar, Float32Array | Int32Array | Uint32Array>>;
  private readonly buffer: GPUBuffer;
  private readonly stride: number;
  private next = 0;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
    shader: Shader,
    name: string,
    private readonly slots = 16,
  ) {
    const layout = shader.definitions.uniform(name);
    if (!layout) throw new Error(`${shader.label} has no uniform “${name}”`);
    this.layout = layout;
    this.bytes = new ArrayBuffer(layout.size);
    this.views = {
      f32: new Float32Array(this.bytes),
      i32: new Int32Array(this.bytes),
      u32: new Uint32Array(this.bytes),
    };
    const alignment = device.limits.minUniformBufferOffsetAlignment;
    this.stride = Math.ceil(this.layout.size / alignment) * alignment;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.buffer = scope.buffer(`${shader.label}/${name}`, this.stride * slots, usage);
  }

  /** One slot as a bind group with a dynamic offset wants it; the offset is that of {@link push}'s answer. */
  get window(): GPUBufferBinding {
    return { buffer: this.buffer, offset: 0, size: this.layout.size };
  }

  /** Writes all members and returns the binding that holds them. Members left out keep their last value. */
  push(values: UniformValues): GPUBufferBinding {
    for (const [name, value] of Object.entries(values)) this.write(name, value);
    const offset = this.next * this.stride;
    this.next = (this.next + 1) % this.slots;
    this.device.queue.writeBuffer(this.buffer, offset, this.bytes);
    return { buffer: this.buffer, offset, size: this.layout.size };
  }

  /** Names that the struct does not have are left out: several shaders may be told the same values. */
  private write(name: string, value: number | ArrayLike<number>): void {
    const member = this.layout.members.get(name);
    if (!member) return;
    const { offset, runs, length, stride, scalar } = member;
    const view = this.views[scalar];
    if (typeof value === 'number') {
      view[offset / 4] = value;
      return;
    }
    const count = Math.min(value.length, runs * length);
    for (let i = 0; i < count; i++) view[(offset + stride * Math.floor(i / length)) / 4 + (i % length)] = value[i];
  }
}
