import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import { codeOf, safetensorsFile } from '../fixtures.test-helper.ts';

const open = (bytes: Uint8Array) => openCheckpoint(bytesSource(bytes), 'model.safetensors');

const DATA = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const place = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  it('reads tensors of several types, whatever their order in the header', async () => {
    const header = {
      b: place(8, 16, [2, 1]),
      __metadata__: { format: 'pt' },
      a: place(0, 8, [4], 'F16'),
      none: place(16, 16, [0, 3]),
    };
    const data = new Uint8Array(16);
    data.set(new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0, 0x3800).buffer));
    data.set(DATA.subarray(0, 8), 8);
    const { format, tensors, notes } = await open(safetensorsFile(header, data));
    expect(format).toBe('safetensors');
    expect(await tensors.get('a')!.readFloat32()).toEqual(Float32Array.of(1, -2, 0, 0.5));
    expect(await tensors.get('b')!.readFloat32()).toEqual(Float32Array.of(1, 2));
    expect(tensors.get('b')!.shape).toEqual([2, 1]);
    expect(tensors.get('none')!.size).toBe(0);
    expect(notes).toEqual(['plain values, not used: __metadata__']);
  });

  it('reads values at any alignment', async () => {
    const data = new Uint8Array(17);
    data.set(DATA, 1);
    const { tensors } = await open(safetensorsFile({ flag: place(0, 1, [1], 'U8'), x: place(1, 17) }, data));
    expect(await tensors.get('x')!.readFloat32()).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('notes types that it does not read', async () => {
    const { tensors, notes } = await open(safetensorsFile({ x: place(0, 16, [16], 'F8_E4M3') }, DATA));
    expect(tensors.size).toBe(0);
    expect(notes).toEqual(['x: a tensor of type F8_E4M3, which is not read']);
  });

  it.each([
    ['overlapping tensors', { a: place(0, 12), b: place(8, 16) }, DATA],
    ['the same bytes twice', { a: place(0, 16), b: place(0, 16) }, DATA],
    ['a gap', { a: place(0, 4), b: place(8, 16) }, DATA],
    ['bytes that belong to no tensor', { a: place(0, 12) }, DATA],
    ['a tensor past the end', { a: place(0, 20) }, DATA],
    ['a place before its beginning', { a: place(16, 0) }, DATA],
    ['a shape that does not fit', { a: place(0, 16, [5]) }, DATA],
    ['a shape that overflows', { a: place(0, 16, [2 ** 31, 2 ** 31, 0]), b: place(16, 16, [1]) }, DATA],
    ['an unknown dtype', { a: place(0, 16, [4], 'F33') }, DATA],
    ['a dtype named like a method', { a: place(0, 16, [4], 'toString') }, DATA],
    ['a dtype of another width', { a: place(0, 16, [4], 'F64') }, DATA],
    ['a negative length', { a: place(0, 16, [-4]) }, DATA],
    ['offsets that are not numbers', { a: { dtype: 'F32', shape: [4], data_offsets: ['0', '16'] } }, DATA],
    ['a tensor that is a list', { a: [] }, DATA],
    ['a header that is not JSON', '{"a": ', DATA],
    ['a header that nests deep', `{"a":${'['.repeat(100_000)}`, DATA],
    [
      'tensors hidden behind a second entry of their name',
      `{"a":${JSON.stringify(place(0, 8))},"a":${JSON.stringify(place(8, 16))}}`,
      DATA,
    ],
  ])('rejects %s', async (_, header, data) => {
    expect(await codeOf(open(safetensorsFile(header, data)))).toBe('safetensors-malformed');
  });

  it('rejects a header longer than any model needs, and one longer than the file', async () => {
    const file = safetensorsFile({ a: place(0, 16) }, DATA);
    new DataView(file.buffer).setBigUint64(0, 2n ** 40n, true);
    expect(await codeOf(open(file))).toBe('limit-exceeded');
    new DataView(file.buffer).setBigUint64(0, 5000n, true);
    expect(await codeOf(open(file))).toBe('truncated');
  });
});
