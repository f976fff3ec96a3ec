import { malformed } from '../malformed.ts';
import { canonicalName, checkForeignCall } from './pickle-globals.ts';
import type { PicklePolicy, PickleValue } from './pickle-values.ts';
import { ForeignObject, PickleExtension, PickleGlobal } from './pickle-values.ts';
import type { TensorDType } from '../arrays/tensor.ts';

/** A storage by its key in the container. Tensors with the same key share it. */
export class TorchStorage extends PickleExtension {
  constructor(
    readonly key: string,
    /** null: untyped, counted in bytes; undefined: of a type that is not read (complex, quantized). */
    readonly dtype: TensorDType | null | undefined,
    readonly elements: number,
    /** Begins so many elements into the container's storage: views of storages in files before PyTorch 0.4. */
    readonly offset: number,
  ) {
    super();
  }
}

/** A tensor as the pickle describes it; offsets and strides count elements of its dtype. Not checked yet. */
export class TorchTensor extends PickleExtension {
  constructor(
    readonly storage: TorchStorage,
    /** undefined: of a type that is not read. */
    readonly dtype: TensorDType | undefined,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
  }
}

const STORAGE_TYPES: Readonly<Record<string, TensorDType | null>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  UntypedStorage: null,
  _UntypedStorage: null,
};

const DTYPES: Readonly<Record<string, TensorDType>> = {
  float64: 'float64',
  double: 'float64',
  float32: 'float32',
  float: 'float32',
  float16: 'float16',
  half: 'float16',
  bfloat16: 'bfloat16',
  int64: 'int64',
  long: 'int64',
  int32: 'int32',
  int: 'int32',
  int16: 'int16',
  short: 'int16',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool',
};

/** What a PyTorch pickle may make: tensors, parameters, storages, ordered dictionaries; other classes stay opaque. */
export const torchPolicy: PicklePolicy = {
  call(callee, args, how) {
    const make = MAKERS.get(canonicalName(callee));
    if (make) return make(args);
    const member = memberName(callee, args);
    if (member) return new ForeignObject(member);
    checkForeignCall(callee, how);
    // Made by helpers, the object's class is the first argument; naming that one is the better report.
    const actual = callee.module.startsWith('copy') && args[0] instanceof PickleGlobal ? args[0] : callee;
    if (actual !== callee) checkForeignCall(actual, 'new');
    return new ForeignObject(actual.fullName);
  },
  persistent: makeStorage,
};

/**
 * Some versions of Python pickle a member of an enumeration as `getattr(Class, 'MEMBER')`. Of a class that may
 * be made, naming one is harmless: the result is opaque, and calling it is refused like calling any object.
 */
function memberName(callee: PickleGlobal, [owner, member]: PickleValue[]): string | undefined {
  if (canonicalName(callee) !== 'builtins.getattr') return undefined;
  if (!(owner instanceof PickleGlobal) || typeof member !== 'string' || member.startsWith('_')) return undefined;
  checkForeignCall(owner, 'call');
  return `${owner.fullName}.${member}`;
}

type Maker = (args: PickleValue[]) => PickleValue;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTypedTensor],
  ['torch._utils._rebuild_parameter', wrappedTensor],
  ['torch._utils._rebuild_parameter_with_state', wrappedTensor],
  ['torch.nn.parameter.Parameter', wrappedTensor],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['collections.OrderedDict', orderedDict],
  ['torch.Size', (args) => tuple(args[0], 'torch.Size')],
]);

/** (storage, offset, size, stride, …): requires_grad and hooks, which follow, do not matter here. */
function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): TorchTensor {
  if (!(storage instanceof TorchStorage)) throw broken('a tensor without a storage');
  // Untyped storages only come with the v3 function, which says the dtype.
  const dtype = storage.dtype === null ? 'uint8' : storage.dtype;
  return new TorchTensor(storage, dtype, count(offset) + storage.offset, counts(shape), counts(strides));
}

/** (storage, offset, size, stride, requires_grad, hooks, dtype, …) over an untyped storage. */
function rebuildTypedTensor(args: PickleValue[]): TorchTensor {
  const untyped = rebuildTensor(args);
  const dtype = args[6];
  if (!(dtype instanceof PickleGlobal)) throw broken('a tensor without a dtype');
  const known = dtype.module === 'torch' && Object.hasOwn(DTYPES, dtype.name) ? DTYPES[dtype.name] : undefined;
  return new TorchTensor(untyped.storage, known, untyped.offset, untyped.shape, untyped.strides);
}

/** A parameter is its tensor. */
function wrappedTensor([tensor]: PickleValue[]): PickleValue {
  if (tensor instanceof TorchTensor || tensor instanceof ForeignObject) return tensor;
  throw broken('a parameter without a tensor');
}

/** (function, type, arguments, state): a tensor subclass, made like the tensor below it. */
function rebuildFromType([make, , args]: PickleValue[]): PickleValue {
  if (!(make instanceof PickleGlobal)) throw broken('a tensor subclass without its maker');
  return torchPolicy.call(make, tuple(args, make.fullName), 'call');
}

/** Python 2 passed the items as a list of pairs; later versions set them afterwards. */
function orderedDict([pairs]: PickleValue[]): PickleValue {
  const dictionary = new Map<PickleValue, PickleValue>();
  if (pairs === undefined) return dictionary;
  for (const pair of tuple(pairs, 'OrderedDict')) {
    const [key, value] = tuple(pair, 'OrderedDict');
    if (key === undefined || value === undefined) throw broken('an OrderedDict with a broken item');
    dictionary.set(key, value);
  }
  return dictionary;
}

/** ('storage', type, key, location, elements) and, in the legacy container, a view (key, offset, elements) or None. */
function makeStorage(id: PickleValue): PickleValue {
  if (!Array.isArray(id)) throw broken('a persistent id that is not a tuple');
  // The legacy container keeps the source text of pickled classes so.
  if (id[0] === 'module' && id[1] instanceof PickleGlobal) return id[1];
  const [tag, type, key, , elements, view] = id;
  if (tag !== 'storage' || !(type instanceof PickleGlobal)) throw broken('a persistent id that is not a storage');
  const storageKey = typeof key === 'number' ? String(key) : key;
  if (typeof storageKey !== 'string') throw broken('a storage without a key');
  const inTorch = type.module === 'torch' || type.module.startsWith('torch.');
  const dtype = inTorch && Object.hasOwn(STORAGE_TYPES, type.name) ? STORAGE_TYPES[type.name] : undefined;
  const offset = Array.isArray(view) ? count(view[1]) : 0;
  return new TorchStorage(storageKey, dtype, count(elements), offset);
}

function tuple(value: PickleValue | undefined, of: string): PickleValue[] {
  if (!Array.isArray(value)) throw broken(`a ${of} whose content is not a list`);
  return value;
}

function counts(value: PickleValue | undefined): number[] {
  return tuple(value, 'shape').map(count);
}

function count(value: PickleValue | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw broken('a size that is not one');
  return value;
}

function broken(what: string) {
  return malformed('torch', `The checkpoint has ${what}.`);
}
