import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { MAX_EXPANDED_BYTES, MAX_GATHER_BYTES, MAX_TENSOR_BYTES } from '../limits.ts';
import { tooLarge } from '../malformed.ts';

/** A strided view into a storage; offset and strides count elements, as in PyTorch. Strides are not negative. */
export interface StridedLayout {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  // First, because a malformed shape may overflow to infinity, and infinity times zero is no number.
  if (shape.includes(0)) return 0;
  return shape.reduce((product, length) => product * length, 1);
}

/** Strides of a dense row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(shape[axis]!, 1);
  }
  return strides;
}

/** Elements from the view's first to one past its last; 0 for an empty view. */
export function coveredElements({ shape, strides }: Pick<StridedLayout, 'shape' | 'strides'>): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((covered, length, axis) => covered + (length - 1) * strides[axis]!, 1);
}

/**
 * The view's elements, dense and row-major. Reads only the range that the view covers, in pieces of at most
 * {@link MAX_GATHER_BYTES} where the view has holes, so that a column of a large matrix costs little memory.
 * Throws `limit-exceeded` for more than {@link MAX_TENSOR_BYTES}, or for a view that repeats elements beyond reason.
 */
export async function readStrided(
  storage: ByteSource,
  layout: StridedLayout,
  itemBytes: 1 | 2 | 4 | 8,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = elementCount(layout.shape) * itemBytes;
  const covered = coveredElements(layout) * itemBytes;
  if (bytes > MAX_TENSOR_BYTES) throw tooLarge(`A tensor of ${bytes} bytes is more than can be read at once.`);
  if (bytes === 0) return new Uint8Array(0);
  if (isDense(layout)) return storage.read(layout.offset * itemBytes, layout.offset * itemBytes + bytes);
  if (bytes > covered && bytes > MAX_EXPANDED_BYTES) {
    throw tooLarge(`A view repeats ${covered} bytes of its storage until they are ${bytes}.`);
  }
  if (covered > MAX_GATHER_BYTES && overlaps(layout)) {
    throw new CodedError(
      'unsupported-view',
      'A tensor is a view that overlaps with itself over a very large range.',
      'Save the checkpoint with contiguous tensors.',
    );
  }
  const out = new Uint8Array(bytes);
  const outStrides = rowMajorStrides(layout.shape);
  await gather(storage, layout, out, { shape: layout.shape, strides: outStrides, offset: 0 }, itemBytes);
  return out;
}

function isDense({ shape, strides }: StridedLayout): boolean {
  const dense = rowMajorStrides(shape);
  // The stride of a dimension of length 1 is never used and may be anything.
  return shape.every((length, axis) => length === 1 || strides[axis] === dense[axis]);
}

/** Whether two indices can reach the same element (sufficient test on strides sorted by size). */
function overlaps({ shape, strides }: StridedLayout): boolean {
  const axes = [...shape.keys()].filter((axis) => shape[axis]! > 1).sort((a, b) => strides[a]! - strides[b]!);
  let reach = 0;
  for (const axis of axes) {
    if (strides[axis]! <= reach) return true;
    reach += (shape[axis]! - 1) * strides[axis]!;
  }
  return false;
}

async function gather(
  storage: ByteSource,
  view: StridedLayout,
  out: Uint8Array<ArrayBuffer>,
  target: StridedLayout,
  itemBytes: 1 | 2 | 4 | 8,
): Promise<void> {
  const covered = coveredElements(view);
  const widest = widestAxis(view);
  if (covered * itemBytes > MAX_GATHER_BYTES && widest >= 0) {
    const half = view.shape[widest]! >> 1;
    for (const [start, length] of [
      [0, half],
      [half, view.shape[widest]! - half],
    ] as const) {
      await gather(storage, part(view, widest, start, length), out, part(target, widest, start, length), itemBytes);
    }
    return;
  }
  const piece = await storage.read(view.offset * itemBytes, (view.offset + covered) * itemBytes);
  copyElements(elementsOf(piece, itemBytes), view, elementsOf(out, itemBytes), target);
}

/** The axis whose indices span the most storage; -1 if none spans any. */
function widestAxis({ shape, strides }: StridedLayout): number {
  let widest = -1;
  let span = 0;
  shape.forEach((length, axis) => {
    const reach = (length - 1) * strides[axis]!;
    if (reach > span) {
      widest = axis;
      span = reach;
    }
  });
  return widest;
}

function part({ shape, strides, offset }: StridedLayout, axis: number, start: number, length: number): StridedLayout {
  return { shape: shape.with(axis, length), strides, offset: offset + start * strides[axis]! };
}

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

function elementsOf({ buffer }: Uint8Array<ArrayBuffer>, itemBytes: 1 | 2 | 4 | 8): Elements {
  if (itemBytes === 1) return new Uint8Array(buffer);
  if (itemBytes === 2) return new Uint16Array(buffer);
  return itemBytes === 4 ? new Uint32Array(buffer) : new BigUint64Array(buffer);
}

/** `from` starts at the view's first element, `to` is the whole result. */
function copyElements(from: Elements, view: StridedLayout, to: Elements, target: StridedLayout): void {
  const rank = view.shape.length;
  const index = new Array<number>(rank).fill(0);
  const inner = rank - 1;
  const length = view.shape[inner]!;
  const fromStride = view.strides[inner]!;
  const toStride = target.strides[inner]!;
  let fromBase = 0;
  let toBase = target.offset;
  for (;;) {
    for (let i = 0; i < length; i++) to[toBase + i * toStride] = from[fromBase + i * fromStride]!;
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      fromBase += view.strides[axis]!;
      toBase += target.strides[axis]!;
      if (++index[axis]! < view.shape[axis]!) break;
      fromBase -= view.strides[axis]! * view.shape[axis]!;
      toBase -= target.strides[axis]! * view.shape[axis]!;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
