import { describe, expect, it } from 'vitest';
import { chosenFiles, droppedFiles } from './dropped-files.ts';

/** A folder as browsers hand it over: its entries in portions of two, then an empty one. */
function folder(fullPath: string, entries: object[]): object {
  return {
    isDirectory: true,
    fullPath,
    createReader: () => {
      const left = [...entries];
      return { readEntries: (resolve: (portion: object[]) => void) => resolve(left.splice(0, 2)) };
    },
  };
}

const entry = (fullPath: string) => ({
  isDirectory: false,
  fullPath,
  file: (resolve: (file: File) => void) => resolve(new File(['x'], fullPath.split('/').at(-1)!)),
});

/** What an event carries; items without an entry are plain files. */
function transfer(items: { entry?: object; file: File }[]): DataTransfer {
  return {
    items: items.map(({ entry: one }) => ({ webkitGetAsEntry: () => one ?? null })),
    files: items.map(({ file }) => file),
  } as unknown as DataTransfer;
}

const file = (name: string) => new File(['x'], name);
const paths = (files: { path: string }[]) => files.map(({ path }) => path).sort();

describe('dropped files', () => {
  it('are all in a folder, whatever its depth, with their paths', async () => {
    const names = Array.from({ length: 5 }, (_, i) => entry(`/trip/${i}.jpg`));
    const tree = folder('/trip', [...names, folder('/trip/more', [entry('/trip/more/9.jpg')])]);
    const files = await droppedFiles(transfer([{ entry: tree, file: file('trip') }, { file: file('x.jpg') }]));
    expect(paths(files)).toEqual([...names.map((_, i) => `trip/${i}.jpg`), 'trip/more/9.jpg', 'x.jpg']);
  });

  it('end where a whole disk was dropped', async () => {
    const huge = folder(
      '/disk',
      Array.from({ length: 20_001 }, (_, i) => entry(`/disk/${i}.jpg`)),
    );
    await expect(droppedFiles(transfer([{ entry: huge, file: file('disk') }]))).rejects.toMatchObject({
      code: 'batch-too-many-files',
    });
  });

  it('chosen in a dialog keep a folder’s paths', () => {
    const inFolder = Object.defineProperty(file('1.jpg'), 'webkitRelativePath', { value: 'trip/1.jpg' });
    expect(paths(chosenFiles([inFolder, file('2.jpg')]))).toEqual(['2.jpg', 'trip/1.jpg']);
  });
});
