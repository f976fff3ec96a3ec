import { Op } from '../../src/formats/checkpoints/pickle-opcodes.ts';

/** A tensor that is its storage's only one, contiguous, as `torch.save` writes a freshly made model. */
export interface PickledTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly storage: 'FloatStorage' | 'BFloat16Storage' | 'LongStorage';
  /** Name of the storage's entry under `data/`. */
  readonly key: string;
}

/** The `data.pkl` of a torch.save'd OrderedDict of tensors, in pickle protocol 2. */
export function pickleStateDict(tensors: readonly PickledTensor[]): Uint8Array<ArrayBuffer> {
  const out = new Opcodes().op(Op.PROTO).byte(2);
  out.emptyOrderedDict().op(Op.MARK);
  for (const { name, shape, storage, key } of tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
    out.text(name).global('torch._utils', '_rebuild_tensor_v2').op(Op.MARK);
    out
      .op(Op.MARK)
      .text('storage')
      .global('torch', storage)
      .text(key)
      .text('cpu')
      .int(size)
      .op(Op.TUPLE)
      .op(Op.BINPERSID);
    out.int(0).tuple(shape).tuple(strides).op(Op.NEWFALSE).emptyOrderedDict();
    out.op(Op.TUPLE).op(Op.REDUCE);
  }
  return out.op(Op.SETITEMS).op(Op.STOP).bytes();
}

class Opcodes {
  readonly #bytes: number[] = [];

  op(code: number): this {
    return this.byte(code);
  }

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  int(value: number): this {
    return this.op(Op.BININT).uint32(value);
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.op(Op.BINUNICODE).uint32(bytes.length);
    this.#bytes.push(...bytes);
    return this;
  }

  global(module: string, name: string): this {
    this.op(Op.GLOBAL);
    this.#bytes.push(...new TextEncoder().encode(`${module}\n${name}\n`));
    return this;
  }

  tuple(values: readonly number[]): this {
    this.op(Op.MARK);
    for (const value of values) this.int(value);
    return this.op(Op.TUPLE);
  }

  emptyOrderedDict(): this {
    return this.global('collections', 'OrderedDict').op(Op.EMPTY_TUPLE).op(Op.REDUCE);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  private uint32(value: number): this {
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
    return this;
  }
}
