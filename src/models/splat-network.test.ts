import { describe, expect, it } from 'vitest';
import type { Runtime, RuntimeTensor, Session } from '../platform/runtime/runtime.ts';
import type { SplatManifest } from './splat-manifest.ts';
import { SplatNetwork } from './splat-network.ts';

const [WIDTH, HEIGHT] = [4, 2];
const FILE = { bytes: 1, sha256: 'a'.repeat(64) };
const MANIFEST: SplatManifest = {
  schema: 'liftmatch-splats/1',
  kind: 'splats',
  id: 'one',
  name: 'One',
  licence: 'MIT',
  source: 'a test',
  input: { width: WIDTH, height: HEIGHT },
  features: { ...FILE, file: 'features.onnx', outputs: ['mv_0', 'cnn_1'] },
  splats: { ...FILE, file: 'splats.onnx' },
  near: 0.5,
  far: 100,
  gaussians: { channels: 37, scaleMin: 1e-10, scaleMax: 3 },
};
const CAMERAS = {
  turn: new Float32Array(18),
  shift: new Float32Array(6),
  inverse_far: Float32Array.of(0.01, 0.01),
  inverse_near: Float32Array.of(2, 2),
};

/** A runtime that counts tensors that nobody has disposed of, and tells what its sessions were fed. */
function runtime(values: (name: string) => Float32Array) {
  const alive = new Set<string>();
  const fed: Record<string, readonly number[]>[] = [];
  let released = 0;
  const tensor = (name: string, data: Float32Array, dims: readonly number[]): RuntimeTensor => {
    const key = `${name} ${alive.size} ${Math.random()}`;
    alive.add(key);
    return { dims, data, buffer: null, dispose: () => void alive.delete(key) };
  };
  const sessions = [
    ['mv_0', 'cnn_1'],
    ['depth', 'probability', 'gaussians'],
  ];
  const made: Runtime = {
    provider: 'node',
    async createSession(): Promise<Session> {
      const outputs = sessions.shift()!;
      return {
        async run(feeds) {
          fed.push(Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims])));
          return Object.fromEntries(outputs.map((name) => [name, tensor(name, values(name), [1])]));
        },
        release: async () => void (released += 1),
      };
    },
    tensor: (data, dims) => tensor('input', data, dims),
    tensorOnGpu: () => {
      throw new Error('No GPU.');
    },
  };
  return { made, alive, fed, released: () => released };
}

const pixels = 2 * WIDTH * HEIGHT;
const right = (name: string): Float32Array => new Float32Array(name === 'gaussians' ? 37 * pixels : pixels).fill(1);
const open = (manifest: SplatManifest, { made }: ReturnType<typeof runtime>) =>
  SplatNetwork.open(
    manifest,
    made,
    async () => new Uint8Array(1),
    async ({ data }) => data!,
  );

describe('SplatNetwork', () => {
  it('looks once, answers for every camera, and leaves no tensor behind', async () => {
    const machine = runtime(right);
    const network = await open(MANIFEST, machine);
    const seen = await network.look(new Float32Array(3 * pixels));
    for (let i = 0; i < 2; i += 1) {
      const { depth, gaussians } = await network.splats(seen, CAMERAS);
      expect([depth.length, gaussians!.length]).toEqual([pixels, 37 * pixels]);
      // The image and two features stay for the next camera.
      expect(machine.alive.size).toBe(3);
    }
    expect(machine.fed).toHaveLength(3);
    expect(machine.fed[1]).toEqual({
      image: [2, 3, HEIGHT, WIDTH],
      mv_0: [1],
      cnn_1: [1],
      turn: [2, 3, 3],
      shift: [2, 3, 1],
      inverse_far: [2, 1, 1, 1],
      inverse_near: [2, 1, 1, 1],
    });
    seen.dispose();
    expect(machine.alive.size).toBe(0);
    await network.release();
    expect(machine.released()).toBe(2);
  });

  it('asks for no picture where the network gives depth alone', async () => {
    const machine = runtime(right);
    const network = await open({ ...MANIFEST, gaussians: null }, machine);
    const output = await network.splats(await network.look(new Float32Array(3 * pixels)), CAMERAS);
    expect(output.gaussians).toBeNull();
    expect(machine.fed[1]).not.toHaveProperty('image');
  });

  it.each<[string, (name: string) => Float32Array]>([
    ['NaN', (name) => right(name).fill(Number.NaN, 3, 4)],
    ['another length', (name) => right(name).subarray(1)],
  ])('refuses %s, and frees what it made', async (_, values) => {
    const machine = runtime((name) => (name === 'mv_0' || name === 'cnn_1' ? new Float32Array(1) : values(name)));
    const network = await open(MANIFEST, machine);
    const seen = await network.look(new Float32Array(3 * pixels));
    await expect(network.splats(seen, CAMERAS)).rejects.toMatchObject({ code: 'splats-not-finite' });
    expect(machine.alive.size).toBe(3);
    const stopped = AbortSignal.abort();
    await expect(network.splats(seen, CAMERAS, stopped)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
