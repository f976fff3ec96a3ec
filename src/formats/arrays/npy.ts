import { CodedError } from '../../core/errors.ts';
import { itemBytes, toFloat32 } from './dtype.ts';
import { MAX_NPY_BYTES, MAX_NPY_HEADER_BYTES, MAX_RANK } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { elementCount } from './strided.ts';
import type { TensorDType } from './tensor.ts';

/** Element types of npy files that are read and written: not bfloat16, which NumPy lacks, but depth cameras' uint16. */
export type NpyDType = Exclude<TensorDType, 'bfloat16'> | 'uint16' | 'uint32';

/** An array in memory. */
export interface NpyArray {
  readonly dtype: NpyDType;
  readonly shape: readonly number[];
  /** Little endian, row-major, at the beginning of its buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** NumPy's type codes, without byte order. */
const CODES: Readonly<Record<NpyDType, string>> = {
  float64: 'f8',
  float32: 'f4',
  float16: 'f2',
  int64: 'i8',
  int32: 'i4',
  int16: 'i2',
  int8: 'i1',
  uint32: 'u4',
  uint16: 'u2',
  uint8: 'u1',
  bool: 'b1',
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const PREFIX_BYTES = 10;
/** The data begins at a multiple of this in files that NumPy writes. */
const ALIGNMENT = 64;

/** Whether a file begins as NumPy's arrays do. */
export const looksLikeNpy = (file: Uint8Array): boolean => MAGIC.every((byte, i) => file[i] === byte);

/**
 * Reads a npy file, format versions 1 to 3. Arrays in column-major order are turned into row-major; big-endian
 * ones into little. Throws `npy-malformed`, `npy-unsupported` (objects, structures, complex), `limit-exceeded`.
 */
export function parseNpy(file: Uint8Array): NpyArray {
  if (file.length < PREFIX_BYTES || !looksLikeNpy(file)) {
    throw broken('it does not begin like a npy file');
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = file[6]!;
  if (version < 1 || version > 3) throw broken(`it has the unknown version ${version}`);
  if (version > 1 && file.length < PREFIX_BYTES + 2) throw broken('its header is cut off');
  const headerBegin = version === 1 ? PREFIX_BYTES : PREFIX_BYTES + 2;
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > MAX_NPY_HEADER_BYTES) throw tooLarge(`A npy header of ${headerBytes} bytes.`);
  const dataBegin = headerBegin + headerBytes;
  if (dataBegin > file.length) throw broken('its header is cut off');
  const header = parseHeader(new TextDecoder().decode(file.subarray(headerBegin, dataBegin)));
  const bytes = elementCount(header.shape) * itemBytes(header.dtype);
  if (bytes > MAX_NPY_BYTES) throw tooLarge(`An array of ${bytes} bytes.`);
  if (file.length - dataBegin !== bytes) {
    throw broken(`its shape needs ${bytes} bytes and there are ${file.length - dataBegin}`);
  }
  let data = new Uint8Array(bytes);
  data.set(file.subarray(dataBegin));
  if (header.bigEndian) reverseItems(data, itemBytes(header.dtype));
  if (header.columnMajor) data = toRowMajor(data, header.shape, itemBytes(header.dtype));
  return { dtype: header.dtype, shape: header.shape, bytes: data };
}

/** An array as the npy file that NumPy itself would write. Throws a RangeError if bytes and shape disagree. */
export function encodeNpy({ dtype, shape, bytes }: NpyArray): Uint8Array<ArrayBuffer> {
  if (bytes.length !== elementCount(shape) * itemBytes(dtype)) {
    throw new RangeError(`${bytes.length} bytes do not make a ${dtype} array of shape [${shape.join(', ')}]`);
  }
  const order = itemBytes(dtype) === 1 ? '|' : '<';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const fields = `{'descr': '${order}${CODES[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy leaves room for the first dimension to grow to 21 digits in place, then pads to the alignment.
  const growth = shape.length > 0 ? 21 - String(shape[0]).length : 0;
  const unpadded = PREFIX_BYTES + fields.length + growth + 1;
  // A whole alignment, not none, where nothing is needed: NumPy does so too.
  const padding = growth + ALIGNMENT - (unpadded % ALIGNMENT);
  const header = new TextEncoder().encode(`${fields}${' '.repeat(padding)}\n`);
  const file = new Uint8Array(PREFIX_BYTES + header.length + bytes.length);
  file.set(MAGIC);
  file.set([1, 0, header.length & 255, header.length >> 8], MAGIC.length);
  file.set(header, PREFIX_BYTES);
  file.set(bytes, PREFIX_BYTES + header.length);
  return file;
}

/** Values of any array as float32. float32 arrays share their bytes with the result. */
export function npyFloat32({ bytes, dtype }: NpyArray): Float32Array<ArrayBuffer> {
  return toFloat32(bytes, dtype);
}

/** Values of any array as float64, for what float32 is too coarse: cameras, whole numbers. */
export function npyFloat64(array: NpyArray): Float64Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = array.bytes;
  const length = byteLength / itemBytes(array.dtype);
  switch (array.dtype) {
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer, byteOffset, length), Number);
    case 'int32':
      return Float64Array.from(new Int32Array(buffer, byteOffset, length));
    case 'uint32':
      return Float64Array.from(new Uint32Array(buffer, byteOffset, length));
    default:
      return Float64Array.from(npyFloat32(array));
  }
}

/** A float32 array for {@link encodeNpy}; its bytes are shared with `values`, not copied. */
export function npyOfFloat32(values: Float32Array<ArrayBuffer>, shape: readonly number[]): NpyArray {
  return { dtype: 'float32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

interface NpyHeader {
  readonly dtype: NpyDType;
  readonly shape: readonly number[];
  readonly bigEndian: boolean;
  readonly columnMajor: boolean;
}

/** The header is a Python dictionary literal of three known keys; it is matched, not evaluated. */
function parseHeader(text: string): NpyHeader {
  const descr = /['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (!descr || !order || !shape) throw broken('its header lacks descr, fortran_order or shape');
  const code = descr[1] ?? descr[2] ?? 'a structure';
  const dtype = (Object.keys(CODES) as NpyDType[]).find((candidate) => CODES[candidate] === code.slice(1));
  if (!dtype || !'<>|='.includes(code[0]!)) {
    throw new CodedError('npy-unsupported', `Arrays of type ${code} are not read.`, 'Save it as float32.');
  }
  const lengths = shape[1]!
    .split(',')
    .map((length) => length.trim().replace(/L$/, ''))
    .filter((length) => length !== '');
  if (lengths.length > MAX_RANK) throw tooLarge(`An array of ${lengths.length} dimensions.`);
  const dimensions = lengths.map(Number);
  if (!dimensions.every(Number.isSafeInteger)) throw broken('its shape is not one');
  return { dtype, shape: dimensions, bigEndian: code[0] === '>', columnMajor: order[1] === 'True' };
}

function reverseItems(bytes: Uint8Array, item: number): void {
  for (let at = 0; at < bytes.length; at += item) bytes.subarray(at, at + item).reverse();
}

/** Items in column-major order put into row-major. */
export function toRowMajor(bytes: Uint8Array, shape: readonly number[], item: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < bytes.length; at += item) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    for (let byte = 0; byte < item; byte++) out[at + byte] = bytes[from * item + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out;
}

function broken(what: string) {
  return malformed('npy', `This npy file is damaged: ${what}.`);
}
