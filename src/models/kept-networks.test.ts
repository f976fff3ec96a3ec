import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CodedError } from '../core/errors.ts';
import { FakeDirectory } from '../platform/storage/fake-opfs.ts';
import { KeptNetworks } from './kept-networks.ts';
import { ModelStore } from './store.ts';

const fileOf = (seed: number, length = 1000) => Uint8Array.from({ length }, (_, i) => (i * seed) % 251);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: CodedError) => error.code,
  );

async function opened() {
  const root = new FakeDirectory();
  return { root, networks: new KeptNetworks(root.handle) };
}

/** Folder of a purpose. */
const folderOf = async (root: FakeDirectory, purpose: string) =>
  (await root.getDirectoryHandle('networks')).getDirectoryHandle(purpose);

describe('KeptNetworks', () => {
  test('keeps one file for each purpose, and another visit finds it', async () => {
    const { root, networks } = await opened();
    expect(await networks.list()).toEqual([]);
    expect(await networks.read('sky')).toBeNull();
    await networks.keep('sky', 'skyseg.onnx', fileOf(3));
    await networks.keep('inpainting', 'lama.onnx', fileOf(5, 2000));
    const later = new KeptNetworks(root.handle);
    expect(await later.list()).toMatchObject([
      { purpose: 'sky', name: 'skyseg.onnx', bytes: 1000, sha256: sha256(fileOf(3)), isDamaged: false },
      { purpose: 'inpainting', name: 'lama.onnx', bytes: 2000, isDamaged: false },
    ]);
    expect(await later.read('sky')).toEqual({ name: 'skyseg.onnx', bytes: fileOf(3) });

    await networks.keep('sky', 'other.onnx', fileOf(7));
    expect(await later.read('sky')).toEqual({ name: 'other.onnx', bytes: fileOf(7) });
    // The former file is gone, not only its record.
    expect((await folderOf(root, 'sky')).children.size).toBe(2);

    await networks.remove('sky');
    await networks.remove('sky');
    expect((await networks.list()).map(({ purpose }) => purpose)).toEqual(['inpainting']);
  });

  test('a full storage is told, keeps what was kept, and leaves nothing behind', async () => {
    const { root, networks } = await opened();
    root.quota = 2000;
    expect(await code(networks.keep('inpainting', 'large.onnx', fileOf(3, 5000)))).toBe('storage-full');
    expect(await networks.list()).toEqual([]);
    expect(root.bytes).toBe(0);
    await networks.keep('sky', 'small.onnx', fileOf(3));
    const before = root.bytes;
    expect(await code(networks.keep('sky', 'large.onnx', fileOf(5, 5000)))).toBe('storage-full');
    expect(await networks.read('sky')).toEqual({ name: 'small.onnx', bytes: fileOf(3) });
    expect(root.bytes).toBe(before);
  });

  test.each(['cut off', 'changed', 'gone', 'record unreadable'])('a kept file that is %s is told', async (damage) => {
    const { root, networks } = await opened();
    await networks.keep('sky', 'skyseg.onnx', fileOf(3));
    const folder = await folderOf(root, 'sky');
    const name = `${sha256(fileOf(3))}.onnx`;
    const file = await folder.getFileHandle(name);
    if (damage === 'cut off') file.content = file.content.slice(0, 500);
    if (damage === 'changed') file.content[17] ^= 1;
    if (damage === 'gone') await folder.removeEntry(name);
    if (damage === 'record unreadable') {
      (await folder.getFileHandle('network.json')).content = new TextEncoder().encode('{"sha256":"../../x"}');
    }
    expect(await code(networks.read('sky'))).toBe('network-damaged');
    const [listed] = await networks.list();
    // Its bytes are read only when it is used.
    expect(listed.isDamaged).toBe(damage !== 'changed');
    await networks.keep('sky', 'skyseg.onnx', fileOf(3));
    expect(await networks.read('sky')).toEqual({ name: 'skyseg.onnx', bytes: fileOf(3) });
    await networks.remove('sky');
    expect(root.bytes).toBe(0);
  });

  test('the library lists them beside the models', async () => {
    const { root, networks } = await opened();
    await networks.keep('sky', 'skyseg.onnx', fileOf(3));
    const listing = await new ModelStore(root.handle, async () => null).list();
    expect(listing).toMatchObject({ installed: [], networks: [{ purpose: 'sky', name: 'skyseg.onnx' }] });
  });
});
