import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../../formats/byte-source.ts';
import { npyFloat32, parseNpy } from '../../../../formats/arrays/npy.ts';
import { openNpz } from '../../../../formats/arrays/npz.ts';
import { readPng } from '../../../../formats/images/png-reader.ts';
import { openZip } from '../../../../formats/archives/zip.ts';
import type { LiftProgress } from '../../contract/api.ts';
import type { DatasetOptions } from '../../contract/dataset.ts';
import { DEFAULT_LIFT } from '../../contract/settings.ts';
import { type LiftedScene, liftScene, renderFrame } from '../drawing/cpu-frame.ts';
import type { Scene } from '../drawing/frame.ts';
import { type DatasetMaker, exportDataset } from './export-dataset.ts';
import { DESCRIPTION_FILE, FOLDERS, samplePath } from '../../../../exports/dataset/layout.ts';
import type { DatasetSink } from '../../../../exports/dataset/sink.ts';
import { blobTarget, zipSink } from '../../../../exports/dataset/zip-sink.ts';

const SIZE = 64;
const OPTIONS: DatasetOptions = {
  views: 2,
  seed: 5,
  size: SIZE,
  relight: false,
  photometric: false,
  settings: { ...DEFAULT_LIFT, sky: { ...DEFAULT_LIFT.sky, source: 'none' } },
};

interface NamedPhoto {
  name: string;
}
const photos = (...names: string[]): NamedPhoto[] => names.map((name) => ({ name }));

/** A ball before a wall, coloured by its place; `b.png` cannot be opened. */
function scene(key: string): Scene {
  const disparity = new Float32Array(SIZE * SIZE);
  const data = new Uint8ClampedArray(4 * SIZE * SIZE).fill(255);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const i = y * SIZE + x;
      const bulge = 1 - Math.hypot(x - 30, y - 34) / 18;
      disparity[i] = 0.2 + 0.001 * y + (bulge > 0 ? 0.3 + 0.4 * Math.sqrt(bulge) : 0);
      data.set([4 * x, 4 * y, key.length * 20], 4 * i);
    }
  }
  const size = { width: SIZE, height: SIZE };
  return { key, size, photo: { data, ...size }, disparity, sky: null };
}

function maker(): DatasetMaker<NamedPhoto> & { opened: string[]; rendered: number } {
  let lifted: LiftedScene | null = null;
  return {
    opened: [],
    rendered: 0,
    async openScene({ name }) {
      this.opened.push(name);
      if (name === 'broken.png') throw new Error('it is broken');
      return scene(name);
    },
    async render(request) {
      this.rendered++;
      lifted = liftScene(request.scene, request.settings, lifted);
      return renderFrame(request, lifted).frame;
    },
  };
}

class MemorySink implements DatasetSink {
  aborted = false;

  constructor(readonly files = new Map<string, Uint8Array<ArrayBuffer>>()) {}

  read = async (path: string) => this.files.get(path) ?? null;
  has = async (path: string) => this.files.has(path);
  write = async (path: string, bytes: Uint8Array<ArrayBuffer>) => void this.files.set(path, bytes);
  finish = async () => null;
  abort = async () => void (this.aborted = true);

  names(): string[] {
    return [...this.files.keys()].sort();
  }
}

async function made(names: string[], options: Partial<DatasetOptions> = {}, sink = new MemorySink()) {
  const summary = await exportDataset(photos(...names), { ...OPTIONS, ...options }, maker(), sink);
  return { sink, summary };
}

describe('exportDataset', () => {
  it('writes every folder of the layout, with the shapes that are documented', async () => {
    const { sink, summary } = await made(['a.jpg']);
    expect(sink.names()).toEqual(
      [
        DESCRIPTION_FILE,
        ...(Object.keys(FOLDERS) as (keyof typeof FOLDERS)[]).flatMap((folder) =>
          ['a_000', 'a_001'].map((name) => samplePath(folder, name)),
        ),
      ].sort(),
    );
    const bytes = [...sink.files.values()].reduce((sum, { length }) => sum + length, 0);
    expect(summary).toEqual({ photos: 1, views: 2, kept: 0, bytes, failures: [], blob: null });
    const npy = (path: string) => parseNpy(sink.files.get(path)!);
    expect(npy('depth1/a_000.npy')).toMatchObject({ dtype: 'float32', shape: [SIZE, SIZE] });
    expect(npy('cams/a_000.npy').shape).toEqual([3, 3]);
    expect(npy('ext/a_000.npy').shape).toEqual([3, 4]);
    const image = await readPng(sink.files.get('image1/a_000.png')!);
    expect(image).toMatchObject({ size: { width: SIZE, height: SIZE }, channels: 3, bitDepth: 8 });
    expect([...image.samples.subarray(3, 6)]).toEqual([4, 0, 100]);
    expect(sink.files.get('image1/a_000.png')).toEqual(sink.files.get('image1/a_001.png'));
    expect(sink.files.get('image2/a_000.png')).not.toEqual(sink.files.get('image2/a_001.png'));
  });

  it('lands where the warp says: depth1 by K and [R|t], on a place of the same depth', async () => {
    const { sink } = await made(['a.jpg']);
    const values = (path: string) => npyFloat32(parseNpy(sink.files.get(path)!));
    const [depth, next, k, e] = ['depth1', 'depth2', 'cams', 'ext'].map((folder) => values(`${folder}/a_001.npy`));
    const truth = await openNpz(bytesSource(sink.files.get('warp/a_001.npz')!));
    const warp = npyFloat32(await truth.read('warp'));
    const { bytes: visible } = await truth.read('visible');
    let places = 0;
    let nearDepth = 0;
    for (let i = 0; i < SIZE * SIZE; i++) {
      if (!visible[i]) continue;
      const x = (((i % SIZE) + 0.5 - k[2]) / k[0]) * depth[i];
      const y = ((Math.floor(i / SIZE) + 0.5 - k[5]) / k[4]) * depth[i];
      const [px, py, pz] = [0, 4, 8].map((row) => e[row] * x + e[row + 1] * y + e[row + 2] * depth[i] + e[row + 3]);
      const [u, v] = [(k[0] * px) / pz + k[2], (k[4] * py) / pz + k[5]];
      const [x2, y2] = [((warp[i] + 1) * SIZE) / 2, ((warp[SIZE * SIZE + i] + 1) * SIZE) / 2];
      expect(Math.hypot(u - x2, v - y2)).toBeLessThan(1e-3);
      if (Math.abs(next[Math.floor(v) * SIZE + Math.floor(u)] - pz) < 0.1 * pz) nearDepth++;
      places++;
    }
    expect(places).toBeGreaterThan(200);
    expect(nearDepth / places).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed, and other photos change nothing', async () => {
    const first = await made(['a.jpg'], { relight: true, photometric: true });
    const again = await made(['z.jpg', 'a.jpg'], { relight: true, photometric: true, views: 1 });
    const ofA = again.sink.names().filter((name) => name.includes('/a_000'));
    expect(ofA).toHaveLength(8);
    for (const name of ofA) expect(again.sink.files.get(name)).toEqual(first.sink.files.get(name));
    const other = await made(['a.jpg'], { seed: 6, views: 1 });
    expect(other.sink.files.get('ext/a_000.npy')).not.toEqual(first.sink.files.get('ext/a_000.npy'));
  });

  it('draws light and photometric changes only when asked, and leaves the truth of the camera alone', async () => {
    const plain = await made(['a.jpg'], { views: 1 });
    const changed = await made(['a.jpg'], { views: 1, photometric: true });
    expect(changed.sink.files.get('image2/a_000.png')).not.toEqual(plain.sink.files.get('image2/a_000.png'));
    for (const folder of ['depth1', 'depth2', 'cams', 'ext'] as const) {
      const path = samplePath(folder, 'a_000');
      expect(changed.sink.files.get(path)).toEqual(plain.sink.files.get(path));
    }
    const lit = await made(['a.jpg'], { views: 1, relight: true });
    expect(lit.sink.files.get('image2/a_000.png')).not.toEqual(plain.sink.files.get('image2/a_000.png'));
  });

  it('keeps whole views, makes half-written ones anew, and opens no photo that is done', async () => {
    const { sink } = await made(['a.jpg', 'c.jpg']);
    const whole = new Map(sink.files);
    sink.files.delete(samplePath('warp', 'a_001'));
    sink.files.set(samplePath('image1', 'a_001'), Uint8Array.of(1));
    const worker = maker();
    const summary = await exportDataset(photos('a.jpg', 'c.jpg'), OPTIONS, worker, sink);
    expect(summary).toMatchObject({ views: 1, kept: 3, photos: 2 });
    expect(worker).toMatchObject({ opened: ['a.jpg'], rendered: 1 });
    expect(sink.files).toEqual(whole);
    // More views of the same dataset.
    expect((await made(['a.jpg', 'c.jpg'], { views: 3 }, sink)).summary).toMatchObject({ views: 2, kept: 4 });
  });

  it('does not mix datasets of other settings, nor write over foreign files', async () => {
    const { sink } = await made(['a.jpg'], { views: 1 });
    await expect(made(['a.jpg'], { seed: 9 }, sink)).rejects.toMatchObject({ code: 'dataset-other' });
    await expect(made(['a.jpg'], { relight: true }, sink)).rejects.toMatchObject({ code: 'dataset-other' });
    // What is drawn for each view, or is the page's own, makes no other dataset.
    const { settings } = OPTIONS;
    const turned = { ...settings, motion: { ...settings.motion, zoom: 2 }, depth: { ...settings.depth, focal: 1 } };
    const same = await made(['a.jpg'], { settings: turned }, sink);
    expect(same.summary).toMatchObject({ kept: 1, views: 1 });
    const blurred = { ...settings, depth: { ...settings.depth, blur: 1 } };
    await expect(made(['a.jpg'], { settings: blurred }, sink)).rejects.toMatchObject({ code: 'dataset-other' });
    for (const foreign of ['{}', 'null', 'a dataset']) {
      const other = new MemorySink(new Map([[DESCRIPTION_FILE, new TextEncoder().encode(foreign)]]));
      await expect(made(['a.jpg'], {}, other)).rejects.toMatchObject({ code: 'dataset-other' });
    }
  });

  it('tells of a photo that fails and goes on', async () => {
    const { summary } = await made(['broken.png', 'a.jpg'], { views: 1 });
    expect(summary).toMatchObject({ photos: 1, views: 1, failures: [{ name: 'broken.png', message: 'it is broken' }] });
  });

  it('stops where it cannot write', async () => {
    const sink = new MemorySink();
    sink.write = async (path) => {
      if (path.startsWith('depth2/')) throw new DOMException('no space', 'QuotaExceededError');
    };
    await expect(made(['a.jpg', 'c.jpg'], {}, sink)).rejects.toMatchObject({
      code: 'dataset-write',
      message: expect.stringContaining('no space'),
    });
    expect(sink.aborted).toBe(true);
  });

  it('stops when it is told to, and goes on from there', async () => {
    const sink = new MemorySink();
    const controller = new AbortController();
    const progress: LiftProgress[] = [];
    const context = {
      signal: controller.signal,
      onProgress(step: LiftProgress) {
        progress.push(step);
        if (step.stage === 'write') controller.abort();
      },
    };
    const work = exportDataset(photos('a.jpg', 'c.jpg'), OPTIONS, maker(), sink, context);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(progress.at(-1)).toEqual({ stage: 'write', fraction: 0.25, detail: 'a.jpg, view 2 of 2' });
    expect((await made(['a.jpg', 'c.jpg'], {}, sink)).summary).toMatchObject({ views: 3, kept: 1 });
  });

  it('writes the same files into an archive', async () => {
    const { sink } = await made(['a.jpg'], { views: 1 });
    const { blob } = await exportDataset(photos('a.jpg'), { ...OPTIONS, views: 1 }, maker(), zipSink(blobTarget()));
    const archive = await openZip(bytesSource(new Uint8Array(await blob!.arrayBuffer())));
    expect([...archive.keys()].sort()).toEqual(sink.names());
    for (const [path, entry] of archive) expect(await entry.readAll()).toEqual(sink.files.get(path));
  });

  it.each([{ views: 0 }, { views: 1.5 }, { views: 1e9 }, { size: 8 }, { size: 100_000 }, { size: NaN }])(
    'refuses %j',
    async (wrong) => {
      await expect(made(['a.jpg'], wrong)).rejects.toMatchObject({ code: 'dataset-options' });
    },
  );
});
