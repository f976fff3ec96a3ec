import { describe, expect, it } from 'vitest';
import { encodePfm, parsePfm } from './pfm.ts';

const values = Float32Array.from([1, 2, 3, 4, 5.5, -Infinity]);
const image = { size: { width: 3, height: 2 }, channels: 1, values } as const;
const text = (header: string, bytes = 24) => {
  const file = new Uint8Array(header.length + bytes);
  file.set(new TextEncoder().encode(header));
  return file;
};

describe('float maps', () => {
  it.each(['little', 'big'] as const)('come back as they were written, %s endian', (order) => {
    expect(parsePfm(encodePfm(image, order))).toEqual(image);
    const colour = { size: { width: 1, height: 2 }, channels: 3, values } as const;
    expect(parsePfm(encodePfm(colour, order))).toEqual(colour);
  });

  it('lie upside down in the file, in the order that the sign of the scale says', () => {
    const file = encodePfm(image, 'big');
    expect(new TextDecoder().decode(file.subarray(0, 11))).toBe('Pf\n3 2\n1.0\n');
    const view = new DataView(file.buffer, 11);
    expect([0, 1, 2, 3, 4, 5].map((i) => view.getFloat32(4 * i))).toEqual([4, 5.5, -Infinity, 1, 2, 3]);
  });

  it('may have comments, other white space and a scale other than 1', () => {
    const plain = encodePfm(image);
    const header = 'Pf\r\n# of some tool\n3\t2 -0.0037\n';
    const file = new Uint8Array(header.length + 24);
    file.set(new TextEncoder().encode(header));
    file.set(plain.subarray(-24), header.length);
    expect(parsePfm(file)).toEqual(image);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'pfm-malformed'],
    ['another format', text('P6\n3 2\n255\n'), 'pfm-malformed'],
    ['a missing byte', text('Pf\n3 2\n-1\n', 23), 'pfm-malformed'],
    ['a byte too many', text('Pf\n3 2\n-1\n', 25), 'pfm-malformed'],
    ['a header that does not end', text('Pf\n3 2', 0), 'pfm-malformed'],
    ['a header without end', text(`Pf\n${'1'.repeat(5000)}`, 0), 'pfm-malformed'],
    ['a negative side', text('Pf\n-3 2\n-1\n'), 'pfm-malformed'],
    ['a scale of nothing', text('Pf\n3 2\n0\n'), 'pfm-malformed'],
    ['a scale that is no number', text('Pf\n3 2\nx\n'), 'pfm-malformed'],
    ['huge sides', text('Pf\n999999999 999999999\n-1\n'), 'limit-exceeded'],
    ['too many values', text('Pf\n65536 65536\n-1\n'), 'limit-exceeded'],
  ])('%s is refused', (_, file, code) => {
    expect(() => parsePfm(file)).toThrow(expect.objectContaining({ code }));
  });
});
