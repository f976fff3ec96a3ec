import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nearestRecall } from '../../features/recall.ts';
import { npyOfFloat32 } from '../../formats/npy.ts';
import { writeNpz } from '../../formats/npz.ts';
import { readTruth } from './true-warp.ts';

const sample = (name: string) => readFileSync(new URL(`../../../public/samples/${name}/truth.npz`, import.meta.url));

async function npzOf(arrays: Record<string, [Float32Array<ArrayBuffer>, number[]]>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const entries = Object.entries(arrays).map(([name, [values, shape]]) => [name, npyOfFloat32(values, shape)] as const);
  await writeNpz(async (bytes) => void parts.push(bytes.slice()), entries);
  return new Uint8Array(Buffer.concat(parts));
}

test('the samples’ true warps are read; following them exactly has full recall', async () => {
  const truth = await readTruth(sample('facade'));
  const { width, height } = truth.grid;
  expect(truth.warp.length).toBe(2 * width * height);
  expect(truth.viewpoint).toBeGreaterThan(5);
  expect(truth.viewpoint).toBeLessThan(180);
  // On a grid as fine as the truth's, the place that holds the true point is at most half a cell's diagonal away.
  const found = Uint32Array.from({ length: width * height }, (_, i) => {
    const cell = (share: number, cells: number) =>
      Math.min(cells - 1, Math.max(0, Math.floor(((share + 1) / 2) * cells)));
    return cell(truth.warp[width * height + i], height) * width + cell(truth.warp[i], width);
  });
  const { places, shares } = nearestRecall(found, truth.grid, truth.grid, { width: 640, height: 480 }, truth);
  expect(places).toBeGreaterThan(1000);
  expect(shares).toEqual([1, 1, 1]);
});

test('a file without pose has no viewpoint; wrong shapes and missing arrays are named', async () => {
  const warp: [Float32Array<ArrayBuffer>, number[]] = [new Float32Array(12), [2, 2, 3]];
  const visible: [Float32Array<ArrayBuffer>, number[]] = [Float32Array.of(1, 0, 1, 0, 1, 0), [2, 3]];
  expect((await readTruth(await npzOf({ warp, visible }))).viewpoint).toBeNull();
  await expect(readTruth(await npzOf({ warp }))).rejects.toThrow('no array visible');
  await expect(readTruth(await npzOf({ warp, visible: [new Float32Array(4), [2, 2]] }))).rejects.toThrow(
    'another size',
  );
  await expect(readTruth(await npzOf({ warp: visible, visible }))).rejects.toThrow('not [2, height, width]');
});
