import { ZipWriter } from '../../src/formats/zip-writer.ts';
import type { ZipSink } from '../../src/formats/zip-writer.ts';

/** A tensor to be written: float32, or int64 for counters. `values` is called once, when its turn comes. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int64';
  readonly values: () => Uint8Array<ArrayBuffer>;
}

/** Opcodes of the pickle protocol, version 2, that a state dict takes. */
const PROTO = [0x80, 2];
const [EMPTY_DICT, MARK, UNICODE, GLOBAL, TUPLE, EMPTY_TUPLE, PERSISTENT, REDUCE, INT, FALSE, SETITEMS, STOP] =
  ['}', '(', 'X', 'c', 't', ')', 'Q', 'R', 'J', '\x89', 'u', '.'].map((opcode) => opcode.charCodeAt(0));

/**
 * Writes a state dict as `torch.save` does since PyTorch 1.6: a zip of a pickle and one file per storage.
 * One tensor is in memory at a time.
 */
export async function writeTorchZip(tensors: readonly WrittenTensor[], sink: ZipSink): Promise<void> {
  const zip = new ZipWriter(sink);
  await zip.add('archive/data.pkl', pickleStateDict(tensors));
  for (const [key, { values }] of tensors.entries()) await zip.add(`archive/data/${key}`, values());
  await zip.add('archive/version', new TextEncoder().encode('3\n'));
  await zip.finish();
}

function pickleStateDict(tensors: readonly WrittenTensor[]): Uint8Array<ArrayBuffer> {
  const out: number[] = [...PROTO, EMPTY_DICT, MARK];
  const int = (value: number): void => void out.push(INT, value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
  const global = (module: string, name: string): void => void out.push(GLOBAL, ...new TextEncoder().encode(`${module}\n${name}\n`));
  const unicode = (text: string): void => {
    const bytes = new TextEncoder().encode(text);
    int(bytes.length);
    // The length of a text is written like an integer, behind another opcode.
    out[out.length - 5] = UNICODE;
    out.push(...bytes);
  };
  const ints = (values: readonly number[]): void => {
    out.push(MARK);
    values.forEach(int);
    out.push(TUPLE);
  };
  for (const [key, { name, shape, dtype }] of tensors.entries()) {
    unicode(name);
    global('torch._utils', '_rebuild_tensor_v2');
    out.push(MARK, MARK);
    unicode('storage');
    global('torch', dtype === 'float32' ? 'FloatStorage' : 'LongStorage');
    unicode(String(key));
    unicode('cpu');
    int(shape.reduce((product, extent) => product * extent, 1));
    out.push(TUPLE, PERSISTENT);
    int(0);
    ints(shape);
    ints(shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)));
    out.push(FALSE);
    global('collections', 'OrderedDict');
    out.push(EMPTY_TUPLE, REDUCE, TUPLE, REDUCE);
  }
  out.push(SETITEMS, STOP);
  return Uint8Array.from(out);
}
