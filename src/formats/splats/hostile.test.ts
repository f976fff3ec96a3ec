import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { FLAT_RATIO } from '../../gaussians/table.ts';
import { bytesSource } from '../byte-source.ts';
import { countingSource } from '../fixtures.test-helper.ts';
import { encodePly } from '../matches/ply.ts';
import { readSplats } from './index.ts';
import { encodeKsplat, encodeSplat, greatestDifferences, randomTable, readBytes } from './scenes.test-helper.ts';
import { encodeCompressedPly } from './write-compressed-ply.ts';
import { encodeSplatPly } from './write-ply.ts';
import { encodeSpz } from './write-spz.ts';

const table = randomTable(300, 1, 2);
const ply = encodeSplatPly(table);
const text = (value: string) => strToU8(value);

/** The header of a .spz of version 3 or 4, with nothing behind it. */
function spzHeader(version: number, count: number, streams = 0): Uint8Array {
  const bytes = new Uint8Array(version < 4 ? 16 : 32);
  const view = new DataView(bytes.buffer);
  [0x5053474e, version, count].forEach((value, k) => view.setUint32(4 * k, value, true));
  bytes.set([0, 12, 0, streams], 12);
  if (version === 4) view.setUint32(16, 32, true);
  return bytes;
}

/** A .spz of version 4 whose table promises sizes for five streams that are not there. */
function zstdBomb(count: number, sizes: number[]): Uint8Array {
  const bytes = new Uint8Array(32 + 80 + 100);
  bytes.set(spzHeader(4, count, 5));
  const view = new DataView(bytes.buffer);
  sizes.forEach((size, k) => {
    view.setUint32(32 + 16 * k, 20, true);
    view.setUint32(32 + 16 * k + 8, size, true);
  });
  return bytes;
}

const asciiPly = `ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n`;
const withHeader = (lines: string, rows = 100) => {
  const head = text(`ply\nformat binary_little_endian 1.0\n${lines}\nend_header\n`);
  const file = new Uint8Array(head.length + rows);
  file.set(head);
  return file;
};

describe('what is no scene, or not a whole one, says so by its name', () => {
  const cases: [string, () => Uint8Array | Promise<Uint8Array>, string, RegExp][] = [
    ['nothing', () => new Uint8Array(0), 'splat-foreign', /is empty/],
    ['a JSON', () => text('{"cameras": []}'), 'splat-foreign', /text file/],
    ['a web page', () => text('<!DOCTYPE html><html><body>Download</body></html>'), 'splat-foreign', /web page/],
    [
      'a picture',
      () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0),
      'splat-foreign',
      /not a file/,
    ],
    ['random bytes', () => new Uint8Array(640).map((_, i) => (i * 89) ^ (i >> 3)), 'splat-foreign', /not a file/],
    [
      'a cloud of points',
      () => encodePly({ positions: new Float32Array(9), colors: new Uint8Array(9), comments: [] }),
      'splat-foreign',
      /a point cloud .* opacity, scale_0/,
    ],
    [
      'a mesh',
      () => withHeader('element vertex 1\nproperty float x\nelement face 2\nproperty list uchar int vertex_indices'),
      'splat-foreign',
      /a mesh/,
    ],
    ['a PLY of text', () => text(asciiPly), 'splat-unsupported', /text/],
    ['a PLY without an end', () => ply.slice(0, 200), 'splat-malformed', /does not end/],
    ['a PLY of no known type', () => withHeader('element vertex 1\nproperty quux x'), 'splat-malformed', /quux/],
    ['a cut .ply', () => ply.slice(0, ply.length - 5), 'truncated', /its header promises/],
    ['a cut packed .ply', () => encodeCompressedPly(table).slice(0, -1), 'truncated', /its header promises/],
    ['a cut .splat', () => encodeSplat(table).slice(0, -1), 'truncated', /its header promises/],
    ['a cut .ksplat', () => encodeKsplat(table, 1).slice(0, -1), 'truncated', /its header promises/],
    ['a cut .spz', async () => (await encodeSpz(table)).slice(0, -500), 'splat-malformed', /gzip/],
    ['a gzip of something else', () => gzipSync(text('no scene, but long enough')), 'splat-foreign', /gzip/],
    ['a zip of something else', () => zipSync({ 'a.txt': text('a') }), 'splat-foreign', /zip/],
    ['a .sog of version 1', () => zipSync({ 'meta.json': text('{"means": {}}') }), 'splat-unsupported', /version 1/],
    ['a .sog without pictures', () => zipSync({ 'meta.json': text(sogMeta(9)) }), 'splat-malformed', /means_l/],
    [
      'a .sog with a wrong meta.json',
      () => zipSync({ 'meta.json': text('{"version": 2}') }),
      'splat-malformed',
      /count/,
    ],
    ['a .spz of version 9', () => spzHeader(9, 5), 'splat-unsupported', /version 9/],
  ];

  it.each(cases)('%s', async (_name, make, code, message) => {
    const error = await readBytes(await make(), 'my file.bin').then(
      () => expect.unreachable('expected an error'),
      (thrown: Error & { remedy: string }) => thrown,
    );
    expect(error).toMatchObject({ name: 'CodedError', code, message: expect.stringMatching(message) });
    expect(error.message).toMatch(/^my file\.bin: /);
    expect(error.remedy).toMatch(/\.$/);
  });
});

function sogMeta(count: number): string {
  const codebook = new Array(256).fill(0);
  const means = { mins: [0, 0, 0], maxs: [1, 1, 1], files: ['means_l.webp', 'means_u.webp'] };
  const one = (name: string) => ({ codebook, files: [name] });
  return JSON.stringify({
    ...{ version: 2, count, means, quats: { files: ['q.webp'] } },
    ...{ scales: one('s.webp'), sh0: one('c.webp') },
  });
}

describe('bombs', () => {
  it.each([
    ['a .spz that promises three million in a few bytes', () => gzipSync(spzHeader(3, 3_000_000)), 'truncated'],
    ['a .spz that inflates for ever', () => gzipSync(endless()), 'splat-malformed'],
    [
      'a .spz whose streams promise other sizes',
      () => zstdBomb(1000, [9000, 1000, 3000, 3000, 4e9]),
      'splat-malformed',
    ],
    [
      'a .spz whose streams cannot hold what they promise',
      () => zstdBomb(3e6, [2.7e7, 3e6, 9e6, 9e6, 1.2e7]),
      'splat-malformed',
    ],
    [
      'a .ply that promises 10¹⁵',
      () => withHeader(`element vertex 999999999999999\n${properties()}`),
      'splat-too-many',
    ],
    ['a .ply that promises three million', () => withHeader(`element vertex 3000000\n${properties()}`), 'truncated'],
    ['a .sog that promises three million', () => zipSync({ 'meta.json': text(sogMeta(3_000_000)) }), 'splat-malformed'],
    ['a .sog that promises 10¹²', () => zipSync({ 'meta.json': text(sogMeta(1e12)) }), 'splat-too-many'],
  ])('%s is refused before memory is taken', async (_name, make, code) => {
    const source = countingSource(bytesSource(make()));
    const before = process.memoryUsage().arrayBuffers;
    await expect(readSplats(source, 'bomb', { maxGaussians: 3_000_000 })).rejects.toMatchObject({ code });
    expect(source.bytesRead).toBeLessThanOrEqual(3 * source.size);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
  });

  /** One Gaussian, and 40 MB of zeros behind it. */
  function endless(): Uint8Array {
    const bytes = new Uint8Array(40 * 2 ** 20);
    bytes.set(spzHeader(3, 1));
    return bytes;
  }

  function properties(): string {
    const names = ['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity', 'scale_0', 'scale_1', 'scale_2'];
    return [...names, 'rot_0', 'rot_1', 'rot_2', 'rot_3'].map((name) => `property float ${name}`).join('\n');
  }
});

test('more Gaussians than can be shown are refused by the header, with both numbers', async () => {
  for (const bytes of [
    ply,
    encodeCompressedPly(table),
    await encodeSpz(table),
    encodeSplat(table),
    encodeKsplat(table, 0),
  ]) {
    const reading = readBytes(bytes, 'scene', { maxGaussians: 299 });
    await expect(reading).rejects.toMatchObject({
      code: 'splat-too-many',
      message: expect.stringMatching(/300 .* 299 /),
    });
    expect((await readBytes(bytes, 'scene', { maxGaussians: 300 })).table.count).toBe(300);
  }
});

test('progress goes by bytes to the end, and a signal stops the reading', async () => {
  for (const bytes of [
    ply,
    encodeCompressedPly(table),
    await encodeSpz(table),
    encodeSplat(table),
    encodeKsplat(table, 2),
  ]) {
    const seen: number[] = [];
    const onProgress = (read: number, size: number) => void seen.push(read / size);
    await readBytes(bytes, 'scene', { onProgress });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    await expect(readBytes(bytes, 'scene', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  }
});

describe('values that no picture can be made of', () => {
  it('are left out and counted; infinite logits and sizes of zero are kept', async () => {
    const broken = randomTable(10, 1, 5);
    broken.positions[3] = Number.NaN;
    broken.shRest[9 * 2 + 4] = Infinity;
    broken.logScales[3 * 4] = Infinity;
    broken.logScales[3 * 5] = -Infinity;
    broken.opacityLogits[6] = Infinity;
    broken.quaternions.fill(0, 4 * 7, 4 * 8);
    const { table: read, notes } = await readBytes(encodeSplatPly(broken));
    expect(read.count).toBe(7);
    expect(notes).toEqual([expect.stringMatching(/^3 of its Gaussians/)]);
    const kept = (i: number) => read.positions.findIndex((value) => value === broken.positions[3 * i]!) / 3;
    expect(read.logScales[3 * kept(5)]).toBe(-20);
    expect(read.opacityLogits[kept(6)]).toBe(16);
    expect([...read.quaternions.subarray(4 * kept(7), 4 * kept(7) + 4)]).toEqual([1, 0, 0, 0]);
  });

  it('are an error where nothing is left', async () => {
    const broken = randomTable(3, 0);
    broken.positions.fill(Number.NaN);
    await expect(readBytes(encodeSplatPly(broken))).rejects.toMatchObject({ code: 'splat-empty' });
  });
});

describe('relatives of the .ply', () => {
  /** Our own .ply with its rows changed one by one. */
  function rewritten(change: (name: string) => string | null, littleEndian = true): Uint8Array {
    const marker = 'end_header\n';
    const headerText = new TextDecoder('latin1').decode(ply.subarray(0, 4096));
    const begin = headerText.indexOf(marker) + marker.length;
    const names = [...headerText.slice(0, begin).matchAll(/property float (\S+)/g)].map(([, name]) => name!);
    const kept = names.map((name, k) => ({ type: change(name), name, k })).filter(({ type }) => type !== null);
    const head = text(
      [
        'ply',
        `format binary_${littleEndian ? 'little' : 'big'}_endian 1.0`,
        `element vertex ${table.count}`,
        ...kept.map(({ name, type }) => `property ${type} ${name}`),
        'end_header\n',
      ].join('\n'),
    );
    const rowBytes = kept.reduce((sum, { type }) => sum + (type === 'double' ? 8 : 4), 0);
    const file = new Uint8Array(head.length + rowBytes * table.count);
    file.set(head);
    const [from, to] = [new DataView(ply.buffer, begin), new DataView(file.buffer, head.length)];
    let at = 0;
    for (let i = 0; i < table.count; i++) {
      for (const { type, k } of kept) {
        const value = from.getFloat32(4 * (names.length * i + k), true);
        if (type === 'double') to.setFloat64(at, value, littleEndian);
        else to.setFloat32(at, value, littleEndian);
        at += type === 'double' ? 8 : 4;
      }
    }
    return file;
  }

  it.each([
    ['without normals', rewritten((name) => (name.startsWith('n') ? null : 'float')), {}],
    ['with doubles', rewritten((name) => (name === 'x' || name === 'rot_0' ? 'double' : 'float')), {}],
    ['in big-endian order', rewritten(() => 'float', false), {}],
  ])('%s', async (_name, bytes) => {
    const differences = greatestDifferences((await readBytes(bytes)).table, table);
    expect(Object.values({ ...differences, angle: 0 })).toEqual([0, 0, 0, 0, 0, 0]);
    expect(differences.angle).toBeLessThan(1e-6);
  });

  it('of 2DGS have no third scale: discs, tagged so', async () => {
    const { table: read } = await readBytes(rewritten((name) => (name === 'scale_2' ? null : 'float')));
    expect(read.tags.model).toBe('2dgs');
    for (let i = 0; i < read.count; i++) {
      const [a, b, c] = read.logScales.subarray(3 * i, 3 * i + 3);
      expect([a, b]).toEqual([...table.logScales.subarray(3 * i, 3 * i + 2)]);
      expect(Math.exp(c! - Math.min(a!, b!))).toBeCloseTo(FLAT_RATIO, 8);
    }
  });
});
