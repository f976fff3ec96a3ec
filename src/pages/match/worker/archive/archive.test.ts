import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../../formats/byte-source.ts';
import { openZip } from '../../../../formats/archives/zip.ts';
import { Archive } from './archive.ts';

const entry = (bytes: number, value: number) => new Blob([new Uint8Array(bytes).fill(value)]);

async function contents(blob: Blob): Promise<Record<string, [size: number, first: number]>> {
  const archive = await openZip(bytesSource(new Uint8Array(await blob.arrayBuffer())));
  const entries = await Promise.all(
    [...archive].map(async ([name, file]) => [name, [file.size, (await file.readAll())[0]]] as const),
  );
  return Object.fromEntries(entries) as Record<string, [number, number]>;
}

/** A file that remembers what was written to it, and the largest piece. */
function fakeFile() {
  const written: Uint8Array<ArrayBuffer>[] = [];
  const log: string[] = [];
  const file = {
    write: async (bytes: Uint8Array<ArrayBuffer>) => void written.push(bytes),
    close: async () => void log.push('closed'),
    abort: async () => void log.push('aborted'),
  };
  return { handle: { createWritable: async () => file }, written, log };
}

describe('a ZIP archive of many files', () => {
  it('is a Blob where there is no file to write to', async () => {
    const archive = new Archive();
    await archive.open({ handle: null });
    // Called without waiting, as several pairs may be: entries do not mix.
    await Promise.all([
      archive.add({ name: 'a/1.bin', blob: entry(100, 1) }),
      archive.add({ name: 'b/2.bin', blob: entry(200_000, 2) }),
    ]);
    expect(await contents((await archive.finish())!)).toEqual({ 'a/1.bin': [100, 1], 'b/2.bin': [200_000, 2] });
  });

  it('goes into a file piece by piece', async () => {
    const { handle, written, log } = fakeFile();
    const archive = new Archive();
    await archive.open({ handle });
    for (const i of [1, 2, 3]) await archive.add({ name: `${i}`, blob: entry(9e6, i) });
    expect(written.length).toBeGreaterThanOrEqual(2);
    expect(await archive.finish()).toBeNull();
    expect(log).toEqual(['closed']);
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(20e6);
    expect(await contents(new Blob(written))).toEqual({ 1: [9e6, 1], 2: [9e6, 2], 3: [9e6, 3] });
  });

  it('says so where the file cannot be written', async () => {
    const { handle } = fakeFile();
    const file = await handle.createWritable();
    file.write = () => Promise.reject(new DOMException('No space left', 'QuotaExceededError'));
    const archive = new Archive();
    await archive.open({ handle });
    await expect(archive.add({ name: 'x', blob: entry(9e6, 1) })).rejects.toMatchObject({
      code: 'archive-write',
      message: expect.stringContaining('No space left') as string,
    });
  });

  it('leaves the file alone where it is given up', async () => {
    const { handle, log } = fakeFile();
    const archive = new Archive();
    await archive.open({ handle });
    await archive.add({ name: 'x', blob: entry(10, 1) });
    await archive.discard();
    expect(log).toEqual(['aborted']);
    await expect(archive.add({ name: 'y', blob: entry(1, 1) })).rejects.toMatchObject({ code: 'archive-closed' });
  });
});
