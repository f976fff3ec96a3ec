import { unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { crc32 } from './crc32.ts';
import { codeOf, countingSource, opened, randomNumbers } from '../fixtures.test-helper.ts';
import { openZip } from './zip.ts';
import type { ZipWriterOptions } from './zip-writer.ts';
import { ZipWriter } from './zip-writer.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function written(fill: (writer: ZipWriter) => Promise<void>, options?: ZipWriterOptions) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ZipWriter((part) => void parts.push(part), options);
  await fill(writer);
  await writer.finish();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const twoFiles = async (writer: ZipWriter) => {
  await writer.add('a/first.txt', bytesOf('first'));
  await writer.addStream('a/ünïcode.bin', 6, [bytesOf('str'), bytesOf('eam')]);
  await writer.add('empty', new Uint8Array(0));
};

describe('ZipWriter', () => {
  it.each(['when-needed', 'always'] as const)(
    'writes what this and another reader agree on, ZIP64 %s',
    async (zip64) => {
      const file = await written(twoFiles, { zip64 });
      const archive = await opened(openZip, file);
      const contents = { 'a/first.txt': 'first', 'a/ünïcode.bin': 'stream', empty: '' };
      expect([...archive.keys()]).toEqual(Object.keys(contents));
      const decoder = new TextDecoder();
      for (const [name, text] of Object.entries(contents)) {
        expect(decoder.decode(await archive.get(name)!.readAll())).toBe(text);
      }
      const other = unzipSync(file);
      expect(Object.fromEntries(Object.entries(other).map(([name, bytes]) => [name, decoder.decode(bytes)]))).toEqual(
        contents,
      );
    },
  );

  it('writes an empty archive', async () => {
    expect((await opened(openZip, await written(async () => {}))).size).toBe(0);
  });

  it('fails when a stream has another length than it said', async () => {
    await expect(written((writer) => writer.addStream('x', 5, [bytesOf('four')]))).rejects.toThrow(RangeError);
    await expect(written((writer) => writer.addStream('x', 3, [bytesOf('four')]))).rejects.toThrow(RangeError);
  });
});

describe('openZip', () => {
  const random = randomNumbers(1);
  const noise = Uint8Array.from({ length: 300_000 }, () => random() * 256);
  const ramp = Uint8Array.from({ length: 300_000 }, (_, i) => i >> 10);

  it('inflates whole entries and ranges of them', async () => {
    const archive = await opened(openZip, zipSync({ noise, ramp }, { level: 6 }));
    expect(await archive.get('noise')!.readAll()).toEqual(noise);
    const source = archive.get('ramp')!.source();
    expect(source.size).toBe(ramp.length);
    expect(await source.read(123_456, 200_001)).toEqual(ramp.slice(123_456, 200_001));
    expect(await source.read(0, 0)).toEqual(new Uint8Array(0));
    await expect(source.read(0, ramp.length + 1)).rejects.toMatchObject({ code: 'truncated' });
  });

  it('reads only the part of a stored entry that is asked for', async () => {
    const source = countingSource(bytesSource(zipSync({ noise }, { level: 0 })));
    const archive = await openZip(source);
    source.bytesRead = 0;
    expect(await archive.get('noise')!.source().read(1000, 1010)).toEqual(noise.slice(1000, 1010));
    expect(source.bytesRead).toBe(30 + 10);
  });

  it('finds the directory in front of a comment that looks like one', async () => {
    const file = await written(twoFiles);
    const comment = file.slice(-22);
    const commented = new Uint8Array(file.length + comment.length);
    commented.set(file);
    commented.set(comment, file.length);
    new DataView(commented.buffer).setUint16(file.length - 2, comment.length, true);
    // The copy's comment would end behind the file, by which it is told from the real record.
    new DataView(commented.buffer).setUint16(commented.length - 2, 7, true);
    expect((await opened(openZip, commented)).size).toBe(3);
  });

  /** `file` with `edit` done to a view of it. */
  const edited = (file: Uint8Array, edit: (view: DataView, directory: number, end: number) => void) => {
    const copy = Uint8Array.from(file);
    const view = new DataView(copy.buffer);
    edit(view, view.getUint32(copy.length - 6, true), copy.length - 22);
    return copy;
  };

  it.each([
    ['a checksum', (view: DataView, directory: number) => view.setUint32(directory + 16, 1, true)],
    ['a compressed byte', (view: DataView) => view.setUint8(200, view.getUint8(200) ^ 255)],
    ['a size that is too small', (view: DataView, directory: number) => view.setUint32(directory + 24, 100, true)],
    ['a size that is too large', (view: DataView, directory: number) => view.setUint32(directory + 24, 300_001, true)],
    [
      'a size that deflate cannot reach',
      (view: DataView, directory: number) => view.setUint32(directory + 24, 2 ** 31, true),
    ],
    [
      'a compressed size past the directory',
      (view: DataView, directory: number) => view.setUint32(directory + 20, 2 ** 31, true),
    ],
    ['a place past the end', (view: DataView, directory: number) => view.setUint32(directory + 42, 2 ** 31, true)],
    ['a place that is not an entry', (view: DataView) => view.setUint32(0, 0, true)],
    ['a signature in the directory', (view: DataView, directory: number) => view.setUint32(directory, 0, true)],
    ['more entries than fit', (view: DataView, _: number, end: number) => view.setUint16(end + 10, 5000, true)],
    ['a directory past the end', (view: DataView, _: number, end: number) => view.setUint32(end + 16, 2 ** 31, true)],
    [
      'a ZIP64 marker without the field',
      (view: DataView, directory: number) => view.setUint32(directory + 24, 0xffffffff, true),
    ],
  ])('rejects a false %s', async (_, edit) => {
    const file = edited(zipSync({ ramp }, { level: 6 }), edit);
    const read = async () => (await opened(openZip, file)).get('ramp')!.readAll();
    expect(await codeOf(read())).toBe('zip-malformed');
  });

  it('rejects what it cannot unpack, when it is asked to', async () => {
    const encrypted = edited(zipSync({ ramp }), (view, directory) => view.setUint16(directory + 8, 1, true));
    const lzma = edited(zipSync({ ramp }), (view, directory) => view.setUint16(directory + 10, 14, true));
    for (const file of [encrypted, lzma]) {
      const archive = await opened(openZip, file);
      expect(await codeOf(archive.get('ramp')!.readAll())).toBe('zip-unsupported');
    }
  });

  it.each(['../evil', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', 'nul\0', ''])(
    'rejects a file named %j',
    async (name) => {
      const file = written((writer) => writer.add(name, bytesOf('x')));
      expect(await codeOf(opened(openZip, await file))).toBe('zip-malformed');
    },
  );

  it('rejects two files of one name, and two files of one place', async () => {
    const twice = await written(async (writer) => {
      await writer.add('x', bytesOf('1'));
      await writer.add('x', bytesOf('2'));
    });
    expect(await codeOf(opened(openZip, twice))).toBe('zip-malformed');
    const overlapping = edited(await written(twoFiles), (view, directory) =>
      view.setUint32(directory + 46 + 11 + 42, 0, true),
    );
    expect(await codeOf(opened(openZip, overlapping))).toBe('zip-malformed');
  });

  it('reads ZIP64 fields wherever the 32-bit ones are saturated, and rejects records that lie', async () => {
    const file = await written(twoFiles, { zip64: 'always' });
    const record = file.length - 22 - 20 - 56;
    const lies: [number, bigint][] = [
      [record + 32, 2n ** 60n],
      [record + 40, 2n ** 63n],
      [record + 48, 2n ** 40n],
    ];
    lies.push([file.length - 22 - 20 + 8, 2n ** 50n]);
    for (const [at, value] of lies) {
      const lying = edited(file, (view) => view.setBigUint64(at, value, true));
      expect(['zip-malformed', 'limit-exceeded']).toContain(await codeOf(opened(openZip, lying)));
    }
  });

  it('says that an archive without its end is cut off', async () => {
    const file = await written(twoFiles);
    expect(await codeOf(opened(openZip, file.subarray(0, -1)))).toBe('truncated');
    expect(await codeOf(opened(openZip, new Uint8Array(0)))).toBe('truncated');
  });
});

describe('crc32', () => {
  it('has the check value of the standard, in one piece or several', () => {
    expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926);
    expect(crc32(bytesOf('6789'), crc32(bytesOf('12345')))).toBe(0xcbf43926);
  });
});
