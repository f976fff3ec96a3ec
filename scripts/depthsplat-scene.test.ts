import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type NetworkScene, type SceneInput } from '../src/gaussians/depthsplat/scene.ts';
import { activate } from '../src/gaussians/activate.ts';
import { movedTo, type SplatCamera, transpose3, translationAt } from '../src/gaussians/camera.ts';
import { loadRecorded } from '../src/gaussians/raster/parity.test-helper.ts';
import { renderSplats } from '../src/gaussians/raster/render.ts';
import type { SplatNetwork } from '../src/models/splat-network.ts';
import { convertModel } from '../src/networks/convert.ts';
import { caseWeights } from '../src/networks/depthsplat/depthsplat.test-helper.ts';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import type { Matrix3 } from '../src/core/matrix3.ts';
import { folderSink } from './node/folder-sink.ts';
import { loadSplats } from './node/load-splats.ts';

/** The recorded small case: an upstream network whose Gaussians and their picture are known. */
describe.runIf(hasParity('depthsplat-small'))('a converted DepthSplat, by its manifest alone', () => {
  let folder: string;
  let network: SplatNetwork;
  const parity = hasParity('depthsplat-small') ? loadParity('depthsplat-small') : null!;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liftmatch-depthsplat-'));
    const tensors = new Map(
      [...caseWeights('depthsplat-small', parity)].map(([name, tensor]) => [`encoder.${name}`, tensor]),
    );
    const checkpoint = { format: 'safetensors' as const, tensors, notes: [] };
    await convertModel([{ name: 'small-cfeab6b1.pth', checkpoint }], folderSink(folder), { size: [64, 96] });
    network = await loadSplats(folder);
  });
  afterAll(async () => {
    await network.release();
    rmSync(folder, { recursive: true });
  });

  const camera = (view: number): SplatCamera => {
    const k = parity.tensor('intrinsics').values.subarray(9 * view);
    const m = parity.tensor('extrinsics').values.subarray(16 * view);
    const rotation = transpose3([0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => m[i]) as unknown as Matrix3);
    const size = { width: 96, height: 64, fx: k[0] * 96, cx: k[2] * 96, fy: k[4] * 64, cy: k[5] * 64 };
    return { ...size, rotation, translation: translationAt(rotation, [m[3], m[7], m[11]]) };
  };
  const input = (poseScale: number): SceneInput => {
    const [a, b] = [camera(0), camera(1)].map((of) => {
      const centre = [0, 1, 2].map(
        (k) => -poseScale * [0, 1, 2].reduce((sum, j) => sum + of.rotation[3 * j + k] * of.translation[j], 0),
      );
      return movedTo(of, of.rotation, centre as unknown as [number, number, number]);
    });
    return {
      image: parity.tensor('image').values,
      cameras: { a, b },
      size: { width: 96, height: 64 },
      // At pose scale 1 the poses are taken as they are.
      nearDepth: 1.25 * poseScale,
      near: 0.5,
      far: 100,
      limits: network.manifest.gaussians!,
      covisible: null,
    };
  };
  const sceneAt = async (poseScale: number, factors: readonly number[]): Promise<NetworkScene> => {
    const seen = await network.look(parity.tensor('image').values.slice());
    try {
      const run = async (cameras: Parameters<SplatNetwork['splats']>[1]) => {
        const { depth, gaussians } = await network.splats(seen, cameras);
        return { depth, gaussians: gaussians! };
      };
      return await makeScene(input(poseScale), run, { factors });
    } finally {
      seen.dispose();
    }
  };

  it('makes the Gaussians whose picture a float64 rasteriser drew of upstream’s', async () => {
    const { table } = await sceneAt(1, [1]);
    const recorded = loadRecorded();
    const { colour, alpha } = renderSplats(activate(table), recorded.camera('small'), { colourOnly: true });
    const off = (values: ArrayLike<number>, name: string): number =>
      recorded.tensor(name).reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
    expect(off(colour, 'small_colour')).toBeLessThan(1 / 255);
    expect(off(alpha, 'small_alpha')).toBeLessThan(1 / 255);
  });

  it('chooses the same depth whatever the length of the pose: 0.2 to 5', async () => {
    const factors = [1, 1.4];
    const reference = await sceneAt(1, factors);
    expect(reference.tries.length).toBeGreaterThan(1);
    for (const scale of [0.2, 5]) {
      const scene = await sceneAt(scale, factors);
      const off = scene.depth.map((value, i) => Math.abs(value / reference.depth[i] - 1)).sort();
      expect(scene.factor).toBe(reference.factor);
      expect(off.at(-1)).toBeLessThan(0.05);
    }
  });
});
