import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { codeOf, fixture } from '../fixtures.test-helper.ts';
import type { NpyArray } from './npy.ts';
import { encodeNpy, npyFloat32, npyOfFloat32, parseNpy } from './npy.ts';
import { openNpz, writeNpz } from './npz.ts';

const GRID = [0, 0.25, 0.5, 0.75, 1, 1.25];

describe('parseNpy on files of NumPy', () => {
  it.each([
    ['float32', [2, 3], GRID],
    ['float64', [2, 3], GRID],
    ['float16', [2, 3], GRID],
    ['int64', [6], [-3, -2, -1, 0, 1, 2]],
    ['uint8', [5], [0, 1, 2, 3, 4]],
    ['bool', [3], [1, 0, 1]],
    ['scalar', [], [2.5]],
    ['empty', [0, 4], []],
    ['column-major', [2, 3], GRID],
    ['big-endian', [2, 3], GRID],
  ])('reads %s', (name, shape, values) => {
    const array = parseNpy(fixture(`${name}.npy`));
    expect(array.shape).toEqual(shape);
    expect([...npyFloat32(array)]).toEqual(values);
  });

  it.each(['float32', 'float64', 'float16', 'int64', 'uint8', 'bool', 'scalar', 'empty'])(
    'writes %s byte for byte as NumPy',
    (name) => {
      const file = fixture(`${name}.npy`);
      expect(encodeNpy(parseNpy(file))).toEqual(file);
    },
  );

  it('names a type that it does not read', () => {
    expect(() => parseNpy(fixture('complex.npy'))).toThrow(expect.objectContaining({ code: 'npy-unsupported' }));
  });
});

describe('parseNpy', () => {
  const file = encodeNpy(npyOfFloat32(Float32Array.from(GRID), [2, 3]));
  const withText = (from: string, to: string) => {
    const text = new TextDecoder('latin1').decode(file).replace(from, to);
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  };

  it.each([
    ['a missing byte', file.subarray(0, -1)],
    ['a byte too many', Uint8Array.from([...file, 0])],
    ['no header', file.subarray(0, 20)],
    ['no magic', file.subarray(1)],
    ['nothing', new Uint8Array(0)],
    ['a shape that needs more', withText('(2, 3)', '(3, 3)')],
    ['a negative shape', withText('(2, 3)', '(-2,3)')],
    ['a shape that is code', withText('(2, 3)', '(f(), ')],
    ['no order', withText('fortran_order', 'fortran-order')],
  ])('rejects %s', (_, bytes) => {
    expect(() => parseNpy(bytes)).toThrow(expect.objectContaining({ code: 'npy-malformed' }));
  });

  it('rejects objects', () => {
    expect(() => parseNpy(withText("'<f4'", "'|O' "))).toThrow(expect.objectContaining({ code: 'npy-unsupported' }));
  });

  it('rejects a shape beyond memory', () => {
    expect(() => parseNpy(withText('(2, 3), }  ', '(2, 3999999999)}'))).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });
});

describe('encodeNpy', () => {
  it('refuses bytes that do not fit the shape', () => {
    expect(() => encodeNpy(npyOfFloat32(new Float32Array(5), [2, 3]))).toThrow(RangeError);
  });
});

describe('npz', () => {
  it.each(['stored.npz', 'compressed.npz'])('reads %s', async (name) => {
    const npz = await openNpz(bytesSource(fixture(name)));
    expect([...npyFloat32(await npz.read('grid'))]).toEqual(GRID);
    const count = await npz.read('count');
    expect(count.dtype).toBe('int64');
    expect([...npyFloat32(count)]).toEqual([0, 1, 2]);
    await expect(npz.read('other')).rejects.toThrow(RangeError);
  });

  it('comes back as it was written', async () => {
    const arrays = new Map<string, NpyArray>([
      ['warp', npyOfFloat32(Float32Array.from(GRID), [2, 3])],
      ['id', { dtype: 'int32', shape: [], bytes: Uint8Array.of(7, 0, 0, 0) }],
    ]);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    await writeNpz((part) => void parts.push(part), arrays);
    const npz = await openNpz(bytesSource(new Uint8Array(await new Blob(parts).arrayBuffer())));
    expect(npz.names).toEqual(['warp', 'id']);
    for (const [name, array] of arrays) expect(await npz.read(name)).toEqual(array);
  });

  it('notices a changed value by the checksum', async () => {
    const bytes = fixture('stored.npz');
    // Inside the first array's values: they end where the second local header begins.
    const at = new TextDecoder('latin1').decode(bytes).indexOf('PK\u0003\u0004', 4) - 3;
    bytes[at] = bytes[at]! ^ 1;
    const npz = await openNpz(bytesSource(bytes));
    const reads = npz.names.map((name) =>
      npz.read(name).then(
        () => 'read',
        (thrown: { code: string }) => thrown.code,
      ),
    );
    expect(await Promise.all(reads)).toContain('zip-malformed');
    expect(await codeOf(openNpz(bytesSource(bytes.subarray(0, 100))))).toBe('truncated');
  });
});
