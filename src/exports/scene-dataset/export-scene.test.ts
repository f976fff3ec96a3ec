import { beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../../formats/byte-source.ts';
import { npyFloat32, parseNpy } from '../../formats/arrays/npy.ts';
import { openNpz } from '../../formats/arrays/npz.ts';
import { activate } from '../../gaussians/activate.ts';
import { aside, PROOF_SCENES, proofCamera } from '../../gaussians/pairs/proof-scenes.test-helper.ts';
import { renderSplats } from '../../gaussians/raster/render.ts';
import { createTable } from '../../gaussians/table.ts';
import { DESCRIPTION_FILE } from '../dataset/layout.ts';
import type { DatasetSink } from '../dataset/sink.ts';
import { exportSceneDataset, type SceneDatasetOptions, type SceneSource } from './export-scene.ts';

const OPTIONS: SceneDatasetOptions = {
  views: 4,
  seed: 2,
  width: 64,
  height: 48,
  bins: 'overlap',
  shard: { index: 0, count: 1 },
};

class MemorySink implements DatasetSink {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  isAborted = false;

  async read(path: string) {
    return this.files.get(path) ?? null;
  }
  async has(path: string) {
    return this.files.has(path);
  }
  async write(path: string, bytes: Uint8Array<ArrayBuffer>) {
    this.files.set(path, bytes.slice());
  }
  async finish() {
    return null;
  }
  async abort() {
    this.isAborted = true;
  }
}

const source: SceneSource = {
  name: 'ball.ply',
  table: PROOF_SCENES.coarseSphere().table,
  cameras: [0, 30, -30].map((degrees) => aside(proofCamera(), degrees)),
  arithmetic: 'float64',
};
const gaussians = activate(source.table);
const render = (camera: ReturnType<typeof proofCamera>) => renderSplats(gaussians, camera);

async function made(options: Partial<SceneDatasetOptions>, sink = new MemorySink()) {
  const summary = await exportSceneDataset(source, { ...OPTIONS, ...options }, render, sink);
  return { sink, summary };
}

describe('exportSceneDataset', () => {
  let whole: Awaited<ReturnType<typeof made>>;
  beforeAll(async () => {
    whole = await made({});
  }, 60_000);

  it('writes every folder with the shapes that are documented', async () => {
    expect(whole.summary).toMatchObject({ pairs: 4, kept: 0, skipped: [], choice: { rule: 'plane', because: 'flat' } });
    const file = (path: string) => whole.sink.files.get(path)!;
    const shape = (path: string) => parseNpy(file(path)).shape;
    expect(shape('depth1/ball_002.npy')).toEqual([48, 64]);
    expect(shape('normal2/ball_002.npy')).toEqual([3, 48, 64]);
    expect(shape('cams/ball_002.npy')).toEqual([3, 3]);
    expect(shape('ext/ball_002.npy')).toEqual([3, 4]);
    const ids = await openNpz(bytesSource(file('gaussians/ball_002.npz')));
    expect([...ids.names].sort()).toEqual(['dominant_a', 'dominant_b', 'ids', 'state_a', 'state_b']);
    const truth = await openNpz(bytesSource(file('warp/ball_002.npz')));
    expect((await truth.read('warp')).shape).toEqual([2, 48, 64]);
    const description = JSON.parse(new TextDecoder().decode(file(DESCRIPTION_FILE))) as { recipe: object };
    expect(description.recipe).toMatchObject({ of: 'scene', scene: 'ball.ply', gaussians: 3000, depth: 'plane' });
    for (const folder of ['image1', 'image2', 'debug']) expect(file(`${folder}/ball_003.png`)[1]).toBe(0x50);
    expect(whole.sink.files.size).toBe(1 + 4 * 11);
  });

  it('says where each pixel lies, to float32: depth1 by K and [R|t] is the warp', async () => {
    const floats = (path: string) => npyFloat32(parseNpy(whole.sink.files.get(path)!));
    const truth = await openNpz(bytesSource(whole.sink.files.get('warp/ball_001.npz')!));
    const [warp, visible, kb] = await Promise.all(['warp', 'visible', 'K_b'].map((name) => truth.read(name)));
    const [depth, k, e] = [floats('depth1/ball_001.npy'), floats('cams/ball_001.npy'), floats('ext/ball_001.npy')];
    const [w, b] = [npyFloat32(warp), npyFloat32(kb)];
    let compared = 0;
    for (let i = 0; i < 48 * 64; i++) {
      if (!visible.bytes[i]) continue;
      compared++;
      const z = depth[i];
      const ray = [((i % 64) + 0.5 - k[2]) / k[0], (Math.floor(i / 64) + 0.5 - k[5]) / k[4], 1];
      const p = [0, 4, 8].map((row) => z * (e[row] * ray[0] + e[row + 1] * ray[1] + e[row + 2]) + e[row + 3]);
      expect(Math.abs((b[0] * p[0]) / p[2] + b[2] - 32 * (w[i] + 1))).toBeLessThan(1e-3);
      expect(Math.abs((b[4] * p[1]) / p[2] + b[5] - 24 * (w[48 * 64 + i] + 1))).toBeLessThan(1e-3);
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('is put together from its shards, byte for byte', async () => {
    const sink = new MemorySink();
    for (const index of [2, 0, 1]) {
      // Each as a machine of its own would make it, then copied into one folder.
      const { sink: part, summary } = await made({ shard: { index, count: 3 } });
      expect(summary.pairs).toBe(index === 0 ? 2 : 1);
      for (const [path, bytes] of part.files) {
        if (sink.files.has(path)) expect(path).toBe(DESCRIPTION_FILE);
        sink.files.set(path, bytes);
      }
    }
    expect([...sink.files.keys()].sort()).toEqual([...whole.sink.files.keys()].sort());
    for (const [path, bytes] of whole.sink.files) expect(Buffer.compare(sink.files.get(path)!, bytes), path).toBe(0);
  }, 60_000);

  it('goes on where it was left, and refuses a folder that was made otherwise', async () => {
    const sink = new MemorySink();
    for (const [path, bytes] of whole.sink.files) if (!path.startsWith('warp/ball_001')) sink.files.set(path, bytes);
    expect((await made({}, sink)).summary).toMatchObject({ pairs: 1, kept: 3 });
    expect(Buffer.compare(sink.files.get('warp/ball_001.npz')!, whole.sink.files.get('warp/ball_001.npz')!)).toBe(0);
    await expect(made({ seed: 3 }, sink)).rejects.toMatchObject({ code: 'dataset-other' });
    expect(sink.isAborted).toBe(true);
    // Nor is a part of the scene the whole of it, another rule of depth the same, or a GPU the judge.
    await expect(made({ rule: 'rayMedian' }, sink)).rejects.toMatchObject({ code: 'dataset-other' });
    const shown = new Uint8Array(source.table.count).fill(1, 1);
    for (const other of [{ shown }, { arithmetic: 'float32' as const }]) {
      const export_ = exportSceneDataset({ ...source, ...other }, OPTIONS, render, sink);
      await expect(export_).rejects.toMatchObject({ code: 'dataset-other' });
    }
  }, 60_000);

  it.each([
    { views: 0 },
    { width: 16 },
    { height: 4096 },
    { shard: { index: 3, count: 3 } },
    { shard: { index: 0, count: 0 } },
  ])('refuses %j', async (wrong) => {
    await expect(made(wrong)).rejects.toMatchObject({ code: 'dataset-options' });
  });

  it('says so where nothing is seen, and stops when it is told to', async () => {
    const table = createTable(3, 0);
    const empty = { name: 'dust.splat', table, cameras: [], arithmetic: 'float64' } as const;
    const dark = (camera: ReturnType<typeof proofCamera>) => renderSplats(activate(createTable(0, 0)), camera);
    const nothing = exportSceneDataset(empty, { ...OPTIONS, views: 1 }, dark, new MemorySink());
    await expect(nothing).rejects.toMatchObject({
      code: 'dataset-empty',
      message: expect.stringContaining('dust.splat'),
    });
    const stopped = exportSceneDataset(source, OPTIONS, render, new MemorySink(), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});
