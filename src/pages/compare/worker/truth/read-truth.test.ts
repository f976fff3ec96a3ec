import { RECALL_THRESHOLDS } from '../../contract.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nearestRecall } from '../../../../features/recall.ts';
import { placeAt } from '../../../../features/similarity.ts';
import { encodeNpy, npyOfFloat32 } from '../../../../formats/arrays/npy.ts';
import { writeNpz } from '../../../../formats/arrays/npz.ts';
import type { Size } from '../../../../core/geometry.ts';
import { readTruth, summarise } from './read-truth.ts';

const size: Size = { width: 640, height: 480 };
const photos = { a: size, b: size };
const sample = (name: string) =>
  readFileSync(new URL(`../../../../../public/samples/${name}/truth.npz`, import.meta.url));
const npz = (bytes: Uint8Array, name = 'truth.npz') => [{ name, bytes }];
const text = (content: string, name = 'H.txt') => [{ name, bytes: new TextEncoder().encode(content) }];
const json = (content: unknown, name = 'pose.json') => text(JSON.stringify(content), name);

async function npzOf(arrays: Record<string, [Float32Array<ArrayBuffer>, number[]]>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const entries = Object.entries(arrays).map(([name, [values, shape]]) => [name, npyOfFloat32(values, shape)] as const);
  await writeNpz(async (bytes) => void parts.push(bytes.slice()), entries);
  return new Uint8Array(Buffer.concat(parts));
}

describe('warps', () => {
  test('of the samples are read; following them exactly has full recall', async () => {
    const { warp, kind, viewpoint } = await readTruth(npz(sample('facade')), photos);
    expect(kind).toBe('warp');
    expect(viewpoint).toBeGreaterThan(5);
    expect(viewpoint).toBeLessThan(180);
    // On a grid as fine as the truth's, the place that holds the true point is at most half a cell's diagonal away.
    const grid = { width: 160, height: 120 };
    const found = Uint32Array.from({ length: 160 * 120 }, (_, i) => {
      const to = warp(((i % 160) + 0.5) / 160, (Math.floor(i / 160) + 0.5) / 120);
      return to ? placeAt(to.x, to.y, grid) : 0;
    });
    const { places, shares } = nearestRecall(found, grid, grid, size, warp, RECALL_THRESHOLDS);
    expect(places).toBeGreaterThan(1000);
    expect(shares).toEqual([1, 1, 1]);
  });

  test('in pixels, [h, w, 2], are those of photo B', async () => {
    const pixels = await npzOf({
      warp: [Float32Array.of(0, 0, 320, 240, 640, 480), [1, 3, 2]],
      visible: [Float32Array.of(1, 1, 0), [1, 3]],
    });
    const truth = await readTruth(npz(pixels), photos);
    expect(truth.warp(0.5, 0.5)).toEqual({ x: 0.5, y: 0.5 });
    expect(truth.warp(0.9, 0.5)).toBeNull();
    expect(truth.viewpoint).toBeNull();
  });

  test('with wrong shapes or missing arrays are refused by what is wrong', async () => {
    const warp: [Float32Array<ArrayBuffer>, number[]] = [new Float32Array(12), [2, 2, 3]];
    const visible: [Float32Array<ArrayBuffer>, number[]] = [Float32Array.of(1, 0, 1, 0, 1, 0), [2, 3]];
    await expect(readTruth(npz(await npzOf({ warp })), photos)).rejects.toThrow('no array visible');
    const other = await npzOf({ warp, visible: [new Float32Array(4), [2, 2]] });
    await expect(readTruth(npz(other), photos)).rejects.toThrow('another size');
    await expect(readTruth(npz(await npzOf({ warp: visible, visible })), photos)).rejects.toThrow('neither [2, height');
  });
});

describe('homographies', () => {
  /** 64 pixels to the right, 48 down. */
  const shift = [1, 0, 64, 0, 1, 48, 0, 0, 1];
  const rows = [shift.slice(0, 3), shift.slice(3, 6), shift.slice(6)];

  test.each([
    ['text', text('# A to B\n1 0 64\n0,1,48\n0 0 1\n')],
    ['a JSON list', json(rows, 'H.json')],
    ['a JSON object', json({ homography: shift })],
    ['npy', [{ name: 'h.npy', bytes: encodeNpy(npyOfFloat32(Float32Array.from(shift), [3, 3])) }]],
  ])('from %s take pixels of A to pixels of B', async (_, files) => {
    const truth = await readTruth(files, photos);
    expect(truth).toMatchObject({ kind: 'homography', viewpoint: null });
    const to = truth.warp(0.5, 0.25)!;
    expect(to.x).toBeCloseTo(0.6, 6);
    expect(to.y).toBeCloseTo(0.35, 6);
    expect(truth.warp(0.95, 0.5)).toBeNull();
    expect(summarise(truth).seen).toBeCloseTo(0.81, 1);
  });

  test('mean the size that they name, and the first pixel', async () => {
    const half = json({ H: shift, size_a: [320, 240], size_b: [320, 240] });
    expect((await readTruth(half, photos)).warp(0.5, 0.25)!.x).toBeCloseTo(0.7, 6);
    // A turn by 180° about the origin of the first pixel's centre: u' = 100 − u there, 101 − u from its corner.
    const turn = [-1, 0, 100, 0, -1, 100, 0, 0, 1];
    const x = async (first: number) =>
      (await readTruth(json({ H: turn, first_pixel: first }), photos)).warp(0.1, 0.1)!.x;
    expect(await x(0.5)).toBeCloseTo(36 / 640, 6);
    expect(await x(0)).toBeCloseTo(37 / 640, 6);
  });

  test('that cannot be are refused', async () => {
    const codes = async (files: { name: string; bytes: Uint8Array }[]) =>
      readTruth(files, photos).then(summarise, (error: { code: string }) => Promise.reject(error));
    await expect(codes(text('1 2 3 4 5 6 7 8'))).rejects.toMatchObject({ code: 'truth-unreadable' });
    await expect(codes(text('hello world'))).rejects.toMatchObject({ code: 'truth-unreadable' });
    await expect(codes(text('{"H": [1,', 'H.json'))).rejects.toMatchObject({ code: 'truth-unreadable' });
    await expect(codes(json({ H: [[1, 0, null]] }))).rejects.toMatchObject({ code: 'truth-unreadable' });
    await expect(codes(json({ other: 1 }))).rejects.toMatchObject({ code: 'truth-incomplete' });
    await expect(codes(text('1 0 0 1 0 0 0 0 1'))).rejects.toMatchObject({ code: 'truth-invalid' });
    await expect(codes(text('1 0 9000 0 1 0 0 0 1'))).rejects.toMatchObject({ code: 'truth-empty' });
  });
});

describe('poses', () => {
  const K = [
    [500, 0, 320],
    [0, 500, 240],
    [0, 0, 1],
  ];
  /** B stands 1 to the right of A: what lies at depth 10 moves 50 pixels to the left. */
  const pose = [
    [1, 0, 0, -1],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ];
  const depth = (value: number, name: string) => ({
    name,
    bytes: encodeNpy(npyOfFloat32(new Float32Array(12).fill(value), [3, 4])),
  });

  test('move places by their depth, in one file or several', async () => {
    const files = [...json({ K, pose_ab: pose }), depth(10, 'depth_a.npy')];
    const truth = await readTruth(files, photos);
    expect(truth.kind).toBe('depth');
    expect(truth.viewpoint).toBeCloseTo(0, 4);
    expect(truth.warp(0.5, 0.5)!.x).toBeCloseTo(270 / 640, 6);
    expect(truth.warp(0.01, 0.5)).toBeNull();
    const together = await npzOf({
      K: [Float32Array.from(K.flat()), [3, 3]],
      pose_ab: [Float32Array.from(pose.flat()), [3, 4]],
      depth: [new Float32Array(12).fill(10), [3, 4]],
    });
    expect((await readTruth(npz(together), photos)).warp(0.5, 0.5)!.x).toBeCloseTo(270 / 640, 6);
  });

  test('leave out what B’s own depth hides, and what has no depth', async () => {
    const cameras = json({ K, pose_ab: pose });
    const seen = async (b: number, a = 10) =>
      (await readTruth([...cameras, depth(a, 'depth_a.npy'), depth(b, 'depth_b.npy')], photos)).warp(0.5, 0.5);
    expect(await seen(10)).not.toBeNull();
    expect(await seen(5)).toBeNull();
    expect(await seen(10, 0)).toBeNull();
  });

  test('tell the angle between the cameras', async () => {
    const angle = (40 * Math.PI) / 180;
    const turned = [
      [Math.cos(angle), 0, Math.sin(angle), 0],
      [0, 1, 0, 0],
      [-Math.sin(angle), 0, Math.cos(angle), 0],
    ];
    const files = [...json({ K, pose_ab: turned }), depth(3, 'depth_a.npy')];
    expect((await readTruth(files, photos)).viewpoint).toBeCloseTo(40, 4);
  });

  test('without cameras or depth, or with a matrix that turns nothing, are refused', async () => {
    await expect(readTruth(json({ K, pose_ab: pose }), photos)).rejects.toThrow('no depth_a');
    await expect(readTruth(json({ pose_ab: pose }), photos)).rejects.toThrow('no K_a');
    const wrong = json({ K, pose_ab: pose.map((row) => row.map((value) => 2 * value)) });
    await expect(readTruth(wrong, photos)).rejects.toThrow('no rotation');
  });
});
