import { describe, expect, it } from 'vitest';
import { directorySink } from './directory-sink.ts';

const missing = () => new DOMException('not there', 'NotFoundError');

/**
 * A folder of handles as the File System API has them: a file that is asked for is there at once, empty, and what is
 * written shows when the stream is closed.
 */
class Folder {
  readonly folders = new Map<string, Folder>();
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  full = false;

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<Folder> {
    if (!this.folders.has(name) && !create) throw missing();
    if (!this.folders.has(name)) this.folders.set(name, new Folder());
    return this.folders.get(name)!;
  }

  async getFileHandle(name: string, { create = false } = {}) {
    if (!this.files.has(name) && !create) throw missing();
    if (!this.files.has(name)) this.files.set(name, new Uint8Array(0));
    return {
      getFile: async () => new File([this.files.get(name)!], name),
      createWritable: async () => {
        let pending: Uint8Array<ArrayBuffer>;
        return {
          write: async (bytes: Uint8Array<ArrayBuffer>) => {
            if (this.full) throw new DOMException('full', 'QuotaExceededError');
            pending = bytes;
          },
          close: async () => void this.files.set(name, pending),
          abort: async () => {},
        };
      },
    };
  }
}

const open = (folder: Folder) => directorySink(folder as unknown as FileSystemDirectoryHandle);

describe('directorySink', () => {
  it('makes folders as they are needed, and finds what is there', async () => {
    const root = new Folder();
    const sink = open(root);
    expect(await sink.has('image1/a.png')).toBe(false);
    expect(await sink.read('dataset.json')).toBeNull();
    await sink.write('image1/a.png', Uint8Array.of(1, 2));
    await sink.write('dataset.json', Uint8Array.of(3));
    expect(root.folders.get('image1')!.files.get('a.png')).toEqual(Uint8Array.of(1, 2));
    expect(await open(root).has('image1/a.png')).toBe(true);
    expect(await sink.has('image1/b.png')).toBe(false);
    expect(await sink.read('dataset.json')).toEqual(Uint8Array.of(3));
    expect(await sink.finish()).toBeNull();
  });

  it('takes a file that could not be written for none', async () => {
    const root = new Folder();
    const sink = open(root);
    root.full = true;
    await expect(sink.write('dataset.json', Uint8Array.of(3))).rejects.toThrow('full');
    expect(await sink.has('dataset.json')).toBe(false);
  });
});
