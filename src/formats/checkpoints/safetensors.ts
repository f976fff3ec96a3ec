import type { ByteSource } from '../byte-source.ts';
import { sliceSource } from '../byte-source.ts';
import { itemBytes } from '../arrays/dtype.ts';
import { lazyTensor } from '../arrays/lazy-tensor.ts';
import { MAX_NESTING, MAX_SAFETENSORS_HEADER_BYTES } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { Notes } from './notes.ts';
import { elementCount, rowMajorStrides } from '../arrays/strided.ts';
import type { Checkpoint, CheckpointTensor, TensorDType } from '../arrays/tensor.ts';

const LENGTH_BYTES = 8;

const DTYPES: Readonly<Record<string, TensorDType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

/** Types of the format that no network here uses: their tensors are skipped with a note. */
const UNREAD_DTYPES = new Set([
  'U16',
  'U32',
  'U64',
  'C64',
  'F8_E4M3',
  'F8_E5M2',
  'F8_E8M0',
  'F4',
  'F6_E2M3',
  'F6_E3M2',
]);

interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Opens a safetensors file: an 8-byte header length, a JSON header, then the tensors' bytes without gaps or
 * overlaps, which is checked as in the format's own implementation. Throws `safetensors-malformed`, `truncated`.
 */
export async function openSafetensors(source: ByteSource): Promise<Checkpoint> {
  const lengthField = new DataView((await source.read(0, LENGTH_BYTES)).buffer).getBigUint64(0, true);
  if (lengthField > BigInt(MAX_SAFETENSORS_HEADER_BYTES)) throw tooLarge(`A header of ${lengthField} bytes.`);
  const headerEnd = LENGTH_BYTES + Number(lengthField);
  const header = parseHeader(await source.read(LENGTH_BYTES, headerEnd));
  const data = sliceSource(source, headerEnd, source.size);
  const notes = new Notes();
  const entries: HeaderEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') notes.addPlain(name);
    else entries.push(parseEntry(name, value));
  }
  checkCoverage(entries, data.size);
  const tensors = new Map<string, CheckpointTensor>();
  for (const entry of entries) {
    const { name, shape } = entry;
    if (UNREAD_DTYPES.has(entry.dtype)) {
      notes.add(`${name}: a tensor of type ${entry.dtype}, which is not read`);
      continue;
    }
    const storage = sliceSource(data, entry.begin, entry.end);
    const dtype = dtypeOf(entry);
    const needed = elementCount(shape) * itemBytes(dtype);
    if (needed !== storage.size) throw broken(`tensor ${name} needs ${needed} bytes and has ${storage.size}`);
    const strides = rowMajorStrides(shape);
    tensors.set(name, lazyTensor({ name, path: [name], dtype, shape, strides, offset: 0, storage }));
  }
  return { format: 'safetensors', tensors, notes: notes.lines() };
}

function parseHeader(bytes: Uint8Array): object {
  if (nestsTooDeep(bytes)) throw broken('its header nests too deep');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken('its header is not JSON', { cause });
  }
  if (!isObject(header)) throw broken('its header is not an object');
  return header;
}

/** Looked at before parsing: JSON.parse recurses in some browsers. Brackets in names only make it stricter. */
function nestsTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  if (!isObject(value)) throw broken(`tensor ${name} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string') throw broken(`tensor ${name} has no dtype`);
  if (!isCounts(shape)) throw broken(`tensor ${name} has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw broken(`tensor ${name} has no place`);
  }
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

function dtypeOf({ name, dtype }: HeaderEntry): TensorDType {
  if (!Object.hasOwn(DTYPES, dtype)) throw broken(`tensor ${name} has the unknown dtype ${JSON.stringify(dtype)}`);
  return DTYPES[dtype]!;
}

/** Every byte belongs to exactly one tensor: nothing is hidden in the file, nothing is shared. */
function checkCoverage(entries: readonly HeaderEntry[], dataBytes: number): void {
  let position = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position) throw broken(`tensor ${name} overlaps another`);
    if (begin > position) throw broken(`there is a gap before tensor ${name}`);
    position = end;
  }
  if (position > dataBytes) throw broken(`its tensors need ${position} bytes and there are ${dataBytes}`);
  if (position < dataBytes) throw broken(`${dataBytes - position} bytes after the last tensor belong to none`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function broken(what: string, options?: ErrorOptions) {
  return malformed('safetensors', `This safetensors file is damaged: ${what}.`, options);
}
