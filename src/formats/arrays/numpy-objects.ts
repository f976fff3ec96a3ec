import type { CodedError } from '../../core/errors.ts';
import { openZip } from '../archives/zip.ts';
import type { ByteSource } from '../byte-source.ts';
import { unpickle } from '../checkpoints/pickle.ts';
import { canonicalName, checkForeignCall } from '../checkpoints/pickle-globals.ts';
import { ForeignObject, PickleExtension, type PicklePolicy, type PickleValue } from '../checkpoints/pickle-values.ts';
import { MAX_NPY_BYTES, MAX_NPY_HEADER_BYTES, MAX_PICKLE_BYTES, MAX_RANK } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { looksLikeNpy, type NpyArray, type NpyDType, npyFloat64, parseNpy, toRowMajor } from './npy.ts';

/**
 * What `numpy.save(…, allow_pickle=True)` leaves: arrays whose elements are Python objects, alone, in an npz, or in a pickled
 * dictionary that is only called `.npz` (the scenes of MegaDepth as LoFTR publishes them). Read by the same machine as
 * checkpoints: names stay names, nothing is ever called.
 */

/** A NumPy array out of a pickle: numbers, or objects in row-major order. */
export class NumpyArray extends PickleExtension {
  shape: readonly number[] = [];
  /** null: of a type that is not read (structures, text), or without content. */
  numbers: NpyArray | null = null;
  /** Set for arrays of objects. */
  objects: PickleValue[] | null = null;
}

class NumpyDType extends PickleExtension {
  order = '<';

  constructor(readonly code: string) {
    super();
  }
}

const DTYPES: Readonly<Record<string, NpyDType>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u4: 'uint32',
  u2: 'uint16',
  u1: 'uint8',
  b1: 'bool',
};

/** What a pickle of NumPy's may make: arrays, scalars, element types and the bytes that Python 2 wrote as text. */
const numpyPolicy: PicklePolicy = {
  call(callee, args, how) {
    const name = canonicalName(callee).replace('numpy._core.', 'numpy.core.');
    switch (name) {
      case 'numpy.core.multiarray._reconstruct':
        return new NumpyArray();
      case 'numpy.dtype':
        return dtypeOf(args[0]);
      case 'numpy.core.multiarray.scalar':
        return scalarOf(args);
      case 'numpy.core.numeric._frombuffer': {
        const array = new NumpyArray();
        fill(array, args[2], args[1], args[3] === 'F', args[0]);
        return array;
      }
      case '_codecs.encode':
        return latin1(args[0]);
      default:
        checkForeignCall(callee, how);
        return new ForeignObject(callee.fullName);
    }
  },
  persistent() {
    throw broken('a value outside the file');
  },
  state(target, state) {
    if (target instanceof NumpyDType && Array.isArray(state) && typeof state[1] === 'string') target.order = state[1];
    if (target instanceof NumpyArray) {
      if (!Array.isArray(state) || state.length < 5) throw broken('an array without a content');
      fill(target, state[1], state[2], state[3] === true, state[4]);
    }
  },
};

/**
 * Every array of an npz by its name, or every entry of a pickled dictionary. Throws `npy-malformed`, `pickle-malformed`,
 * `pickle-refused`, `zip-malformed`, `truncated`, `limit-exceeded`.
 */
export async function readNumpyObjects(source: ByteSource): Promise<Map<string, PickleValue>> {
  const start = await source.read(0, Math.min(source.size, 4));
  if (start[0] === 0x50 && start[1] === 0x4b) return readArchive(source);
  if (source.size > MAX_PICKLE_BYTES) throw tooLarge(`A pickle of ${source.size} bytes.`);
  const { value } = unpickle(await source.read(0, source.size), numpyPolicy);
  if (!(value instanceof Map)) throw broken('no dictionary of arrays');
  return new Map([...value].map(([key, entry]) => [String(key), entry]));
}

async function readArchive(source: ByteSource): Promise<Map<string, PickleValue>> {
  const arrays = new Map<string, PickleValue>();
  for (const [name, entry] of await openZip(source)) {
    if (!name.endsWith('.npy')) continue;
    if (entry.size > MAX_NPY_BYTES + MAX_NPY_HEADER_BYTES) throw tooLarge(`${name} has ${entry.size} bytes.`);
    arrays.set(name.slice(0, -'.npy'.length), readNpy(await entry.readAll()));
  }
  return arrays;
}

/** One npy file, of numbers or of objects. */
function readNpy(file: Uint8Array): PickleValue {
  if (looksLikeNpy(file) && file.length > 12) {
    const begin = file[6] === 1 ? 10 + (file[8]! | (file[9]! << 8)) : NaN;
    const header = new TextDecoder('latin1').decode(file.subarray(10, begin));
    if (/['"]descr['"]\s*:\s*['"]\|O/.test(header)) return unpickle(file, numpyPolicy, begin).value;
  }
  const array = new NumpyArray();
  array.numbers = parseNpy(file);
  array.shape = array.numbers.shape;
  return array;
}

/** Numbers of an array, a list of numbers or a single one, row-major; null for anything else. */
export function numbersOf(value: PickleValue | undefined): Float64Array | null {
  if (typeof value === 'number' || typeof value === 'bigint') return Float64Array.of(Number(value));
  if (value instanceof NumpyArray) {
    return value.numbers ? npyFloat64(value.numbers) : value.objects && numbersOf(value.objects);
  }
  if (!Array.isArray(value)) return null;
  const parts = value.map(numbersOf);
  return parts.every((part) => part !== null) ? Float64Array.from(parts.flatMap((part) => [...part])) : null;
}

/** Elements of a list, a tuple or a one-dimensional array of objects; null for anything else. */
export function itemsOf(value: PickleValue | undefined): PickleValue[] | null {
  if (Array.isArray(value)) return value;
  return value instanceof NumpyArray ? value.objects : null;
}

function dtypeOf(code: PickleValue | undefined): NumpyDType {
  if (typeof code !== 'string') throw broken('an element type without a name');
  return new NumpyDType(code.replace(/^[<>|=]/, ''));
}

function scalarOf([dtype, content]: PickleValue[]): PickleValue {
  const array = new NumpyArray();
  fill(array, [], dtype, false, content);
  return array.numbers ? (npyFloat64(array.numbers)[0] ?? null) : null;
}

function fill(
  array: NumpyArray,
  shape: PickleValue | undefined,
  dtype: PickleValue | undefined,
  columnMajor: boolean,
  content: PickleValue | undefined,
): void {
  if (!Array.isArray(shape) || !shape.every(isLength)) throw broken('an array whose shape is none');
  if (shape.length > MAX_RANK) throw tooLarge(`An array of ${shape.length} dimensions.`);
  if (!(dtype instanceof NumpyDType)) throw broken('an array without an element type');
  array.shape = shape;
  const count = shape.reduce((product, length) => product * length, 1);
  if (dtype.code.startsWith('O')) {
    if (!Array.isArray(content) || content.length !== count) throw broken('an array of objects of another length');
    array.objects = content;
    return;
  }
  const kind = DTYPES[dtype.code];
  if (!kind) return;
  const bytes = content instanceof Uint8Array ? content : typeof content === 'string' ? latin1(content) : null;
  const item = Number(dtype.code.slice(1));
  if (!bytes || bytes.length !== count * item) throw broken('an array whose bytes do not fit its shape');
  const own = columnMajor ? toRowMajor(bytes, shape, item) : new Uint8Array(bytes);
  if (dtype.order === '>') for (let at = 0; at < own.length; at += item) own.subarray(at, at + item).reverse();
  array.numbers = { dtype: kind, shape, bytes: own };
}

const isLength = (value: PickleValue): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function latin1(text: PickleValue | undefined): Uint8Array {
  if (typeof text !== 'string') throw broken('bytes that are none');
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function broken(what: string): CodedError {
  return malformed('npy', `This file of NumPy objects is damaged: it has ${what}.`);
}
