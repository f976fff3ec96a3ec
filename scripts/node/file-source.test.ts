import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from './file-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-source-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('openFileSource', () => {
  it('reads ranges, and refuses those outside', async () => {
    const path = join(folder, 'a.bin');
    await writeFile(path, Uint8Array.of(0, 1, 2, 3, 4));
    const source = await openFileSource(path);
    expect(source.size).toBe(5);
    expect(await source.read(1, 4)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await source.read(5, 5)).toEqual(new Uint8Array(0));
    for (const [begin, end] of [
      [0, 6],
      [-1, 2],
      [3, 2],
      [0.5, 2],
    ] as const) {
      await expect(source.read(begin, end)).rejects.toMatchObject({ code: 'truncated' });
    }
    await source.close();
  });

  it('notices a file that shrinks', async () => {
    const path = join(folder, 'b.bin');
    await writeFile(path, new Uint8Array(100));
    const source = await openFileSource(path);
    await truncate(path, 50);
    await expect(source.read(0, 100)).rejects.toMatchObject({ code: 'unreadable' });
    await source.close();
  });
});
