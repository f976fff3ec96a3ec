import { expect, test } from 'vitest';
import { PNG } from 'pngjs';
import { FakeDirectory } from '../../../platform/storage/fake-opfs.ts';
import { Beside } from './beside.ts';
import { SetStore } from './set-store.ts';

const SIZE = { width: 640, height: 480 };
const CAMERA = '1 SIMPLE_RADIAL 1280 960 1400 640 480 -0.1';

async function made(root: FakeDirectory | null, ...names: string[]) {
  const store = await SetStore.open(root?.handle ?? null);
  for (const name of names) {
    const facts = { id: name, name, size: SIZE, focal: null, sha256: name, thumbnail: new Blob(['x']) };
    await store.add(facts, new File(['x'], name));
  }
  return { store, beside: new Beside(store) };
}

const text = (name: string, content: string) => new File([content], name);

/** A mask whose left half counts. */
function picture(name: string, size: { width: number; height: number }): File {
  const png = new PNG(size);
  png.data.forEach((_, k) => (png.data[k] = k % 4 === 3 || (k >> 2) % size.width < size.width / 2 ? 255 : 0));
  return new File([new Uint8Array(PNG.sync.write(png))], name);
}

test('calibrations and masks find their photos, also those that come later and those of the next visit', async () => {
  const root = new FakeDirectory();
  const { store, beside } = await made(root, 'left.jpg', 'right.jpg');
  const found = await beside.take([text('cameras.txt', CAMERA), picture('left.mask.png', { width: 32, height: 24 })]);
  const camera = 'SIMPLE_RADIAL,640,480,700,320,240,-0.1';
  expect(found).toEqual({
    photos: { 'left.jpg': { camera, isMasked: true }, 'right.jpg': { camera, isMasked: false } },
    calibrations: ['cameras.txt'],
    refused: [],
  });
  expect(beside.camera('right.jpg')).toMatchObject({ fx: 700, size: SIZE });
  const facts = { id: 'late', name: 'late.jpg', size: SIZE, focal: null, sha256: 'l', thumbnail: new Blob(['x']) };
  await store.add(facts, new File(['x'], 'late.jpg'));
  // One that is called as its photo goes before the one for all.
  const own = await beside.take([text('late.txt', '1 PINHOLE 640 480 500 501 320 240')]);
  expect(own.photos.late.camera).toBe('PINHOLE,640,480,500,501,320,240');
  expect(own.photos['left.jpg'].camera).toBe(camera);

  const next = new Beside(await SetStore.open(root.handle));
  expect(await next.take([])).toEqual(own);
  expect((await next.forget('cameras')).photos.late).toEqual({ camera: null, isMasked: false });
  const bare = await next.forget('masks');
  expect(Object.values(bare.photos).some(({ camera: one, isMasked }) => one !== null || isMasked)).toBe(false);
  expect(bare.calibrations).toEqual([]);
});

test('what is of none of the photos is refused by name, and the rest is taken', async () => {
  const { beside } = await made(null, 'left.jpg', 'right.jpg');
  const { photos, calibrations, refused } = await beside.take([
    text('notes.txt', 'Sunday'),
    text('table.json', '{"a": 1}'),
    text('other.txt', '1 PINHOLE 480 640 500 500 240 320'),
    text('rig.yaml', `cam0: {camera_model: omni, intrinsics: [1, 2, 3, 4, 5], resolution: [640, 480]}`),
    text('right.txt', '1 PINHOLE 640 480 500 500 320 240'),
    picture('left.mask.png', { width: 24, height: 32 }),
    picture('nobody.mask.png', { width: 32, height: 24 }),
    new File(['no picture'], 'right.mask.png'),
  ]);
  expect(refused.map(({ name, error }) => [name, error.code])).toEqual([
    ['left.mask.png', 'mask-shape'],
    ['nobody.mask.png', 'mask-nobodys'],
    ['right.mask.png', 'mask-unreadable'],
    ['notes.txt', 'set-no-photo'],
    ['table.json', 'camera-unknown'],
    ['other.txt', 'camera-size'],
    ['rig.yaml', 'camera-unsupported'],
  ]);
  expect(calibrations).toEqual(['right.txt']);
  expect(photos['left.jpg']).toEqual({ camera: null, isMasked: false });
  expect(photos['right.jpg'].camera).toBe('PINHOLE,640,480,500,500,320,240');
});

test('calibrations that come before their photos wait for them', async () => {
  const { store, beside } = await made(null);
  expect((await beside.take([text('cameras.txt', CAMERA)])).refused).toEqual([]);
  const facts = { id: 'a', name: 'a.jpg', size: SIZE, focal: null, sha256: 'a', thumbnail: new Blob(['x']) };
  await store.add(facts, new File(['x'], 'a.jpg'));
  expect((await beside.take([])).photos.a.camera).toMatch(/^SIMPLE_RADIAL,640/);
});
