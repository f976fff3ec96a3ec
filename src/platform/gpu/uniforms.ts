import { makeStructuredView } from './reflection.ts';
import type { StructuredView } from './reflection.ts';
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
  private readonly view: StructuredView;
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
    const definition = shader.definitions.uniforms[name];
    if (!definition) throw new Error(`${shader.label} has no uniform “${name}”`);
    this.view = makeStructuredView(definition);
    const alignment = device.limits.minUniformBufferOffsetAlignment;
    this.stride = Math.ceil(this.view.arrayBuffer.byteLength / alignment) * alignment;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.buffer = scope.buffer(`${shader.label}/${name}`, this.stride * slots, usage);
  }

  /** One slot as a bind group with a dynamic offset wants it; the offset is that of {@link push}'s answer. */
  get window(): GPUBufferBinding {
    return { buffer: this.buffer, offset: 0, size: this.view.arrayBuffer.byteLength };
  }

  /** Writes all members and returns the binding that holds them. Members left out keep their last value. */
  push(values: UniformValues): GPUBufferBinding {
    this.view.set(values);
    const offset = this.next * this.stride;
    this.next = (this.next + 1) % this.slots;
    this.device.queue.writeBuffer(this.buffer, offset, this.view.arrayBuffer);
    return { buffer: this.buffer, offset, size: this.view.arrayBuffer.byteLength };
  }
}
