import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openZip } from '../../../formats/archives/zip.ts';
import { bytesSource } from '../../../formats/byte-source.ts';
import { encodeSceneSurfaces } from '../../../formats/scene-surfaces.ts';
import { encodeSplatPly } from '../../../formats/splats/write-ply.ts';
import { aside, PROOF_SCENES, proofCamera } from '../../../gaussians/pairs/proof-scenes.test-helper.ts';
import { createTable } from '../../../gaussians/table.ts';
import type { SceneProgress } from '../contract/api.ts';
import { SceneEngine } from './scene-engine.ts';

const { table } = PROOF_SCENES.coarseSphere();
const cameras = [0, 30, -30].map((degrees) => aside(proofCamera(), degrees));
const made = {
  kind: 'made',
  name: 'ball (lifted)',
  madeFrom: 'lifted photo',
  table,
  cameras,
  notes: ['A note.'],
} as const;
const WANTED = { views: 2, seed: 3, size: { width: 64, height: 48 }, bins: 'overlap', rule: 'plane' } as const;

/** What a call is given; `signal` can be ended. */
function call(onProgress: (progress: SceneProgress) => void = () => {}) {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort(), onProgress };
}

describe('the scene worker without a GPU', () => {
  let engine: SceneEngine;
  afterAll(() => void vi.unstubAllGlobals());
  beforeEach(async () => {
    // A browser that has no WebGPU.
    vi.stubGlobal('navigator', {});
    engine = new SceneEngine(() => {});
    const info = await engine.start({ canvas: null, provider: 'auto', checks: {} });
    expect(info).toMatchObject({ rendersOn: 'cpu', provider: 'wasm', maxGaussians: 300_000 });
  });

  it('opens what another page made, with its cameras and notes', async () => {
    const facts = await engine.open(made, call());
    expect(facts).toMatchObject({
      name: 'ball (lifted)',
      format: 'lifted photo',
      bytes: null,
      count: table.count,
      notes: ['A note.'],
      depth: { rule: 'plane' },
    });
    // What is too much or nothing leaves it.
    const tooMany = { ...made, table: { ...createTable(1, 0), count: 300_001 } };
    await expect(engine.open(tooMany, call())).rejects.toMatchObject({
      code: 'splat-too-many',
      message: expect.stringContaining('ball (lifted): It holds 300,001 Gaussians'),
    });
    const nowhere = createTable(2, 0);
    nowhere.positions.fill(NaN);
    await expect(engine.open({ ...made, table: nowhere }, call())).rejects.toMatchObject({ code: 'splat-empty' });
    expect((await engine.save({ format: 'ply' })).name).toBe('ball (lifted).ply');
  });

  it('writes the dataset that its seed says, whether the scene was handed over or read', async () => {
    const written = async () => {
      const seen: number[] = [];
      const context = call(({ stage, done }) => void (stage === 'write' && seen.push(done)));
      const result = await engine.dataset({ ...WANTED, target: { kind: 'zip', handle: null } }, context);
      expect(result).toMatchObject({ pairs: 2, kept: 0, skipped: 0 });
      expect(seen[0]).toBe(0);
      expect(seen.at(-1)).toBe(2);
      return openZip(bytesSource(new Uint8Array(await result.blob!.arrayBuffer())));
    };
    await engine.open(made, call());
    const handed = await written();
    const ply = encodeSplatPly(table);
    await engine.open({ kind: 'file', file: new Blob([ply]), name: 'ball (lifted).ply' }, call());
    const text = JSON.stringify(
      cameras.map(({ width, height, fx, fy, rotation: r, translation: t }, id) => ({
        id,
        img_name: `view-${id}`,
        width,
        height,
        fx,
        fy,
        rotation: [0, 1, 2].map((row) => [r[row], r[3 + row], r[6 + row]]),
        position: [0, 1, 2].map((k) => -(r[k] * t[0] + r[3 + k] * t[1] + r[6 + k] * t[2])),
      })),
    );
    const beside = { cameras: 3, surfaces: null, notes: [] };
    expect(engine.beside({ files: [{ name: 'cameras.json', text }] })).toEqual(beside);
    const read = await written();
    const pictures = (names: Iterable<string>) => [...names].filter((name) => name.startsWith('image2/'));
    expect(pictures(read.keys())).toHaveLength(2);
    for (const [k, name] of pictures(read.keys()).entries()) {
      const other = await handed.get(pictures(handed.keys())[k]!)!.readAll();
      expect(Buffer.compare(Buffer.from(await read.get(name)!.readAll()), Buffer.from(other))).toBe(0);
    }
  });

  it('holds labels against the true surfaces that lie beside a scene, until another one is opened', async () => {
    const ball = encodeSceneSurfaces([{ shape: 'sphere', at: [0, 0, 4], half: [1.3, 1.3, 1.3] }]);
    const endPoint = async () => {
      const { blob } = await engine.dataset({ ...WANTED, views: 1, target: { kind: 'zip', handle: null } }, call());
      const files = await openZip(bytesSource(new Uint8Array(await blob!.arrayBuffer())));
      const truth = await openZip(bytesSource(await files.get('warp/ball (lifted)_000.npz')!.readAll()));
      const settings = JSON.parse(new TextDecoder().decode(await truth.get('settings.json')!.readAll()));
      return settings.end_point as { a: { median: number; p95: number; places: number } } | null;
    };
    await engine.open(made, call());
    expect(engine.beside({ files: [{ name: 'surfaces.json', text: ball }] })).toEqual({
      ...{ cameras: null, surfaces: 1, notes: [] },
    });
    const { a } = (await endPoint())!;
    expect(a.places).toBeGreaterThan(100);
    expect(a.median).toBeGreaterThan(0);
    expect(a.median).toBeLessThan(0.2);
    // What cannot be read leaves what is there.
    const bad = [{ name: 'surfaces.json', text: ball.replace('sphere', 'torus') }];
    expect(() => engine.beside({ files: bad })).toThrow(/^surfaces\.json: .*at surfaces\.0\.shape/);
    expect(await endPoint()).not.toBeNull();
    await engine.open(made, call());
    expect(await endPoint()).toBeNull();
  });

  it('does not go on with a dataset once the scene is another one, or less of it is shown', async () => {
    await engine.open(made, call());
    for (const change of [() => engine.open(made, call()), async () => engine.hide({ strength: 0.5 })]) {
      let isChanged = false;
      const context = call(({ done }) => {
        if (done === 0 || isChanged) return;
        isChanged = true;
        void change();
      });
      const writing = engine.dataset({ ...WANTED, views: 6, target: { kind: 'zip', handle: null } }, context);
      await expect(writing).rejects.toMatchObject({ code: 'scene-changed' });
    }
    const stopped = call();
    stopped.stop();
    await expect(engine.dataset({ ...WANTED, target: { kind: 'zip', handle: null } }, stopped)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
