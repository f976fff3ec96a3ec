import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GpuCheck, KnownChecks } from '../src/core/match.ts';
import { matchPhotos } from '../src/matching/match-photos.ts';
import { makePhoto } from '../src/pages/match/testing/stage.ts';
import { CodedError } from '../src/core/errors.ts';
import { ViewMatchers } from '../src/matching/scoring/view-matchers.ts';
import { parseManifest, weightsOf } from '../src/models/manifest.ts';
import type { Gpu } from '../src/platform/gpu/device.ts';
import { LazyRuntime } from '../src/platform/runtime/lazy-runtime.ts';
import type { Runtime, RuntimeTensor } from '../src/platform/runtime/runtime.ts';
import { MODELS } from './node/load-matcher.ts';
import { NodeRuntime } from './node/ort-node.ts';

/** The matchers of sets, of the module for other pages, and of scores on lifted photos and scenes. */

const FOLDER = join(MODELS, 'embedded');
const manifest = parseManifest(JSON.parse(readFileSync(join(FOLDER, 'manifest.json'), 'utf8')), 'embedded');
const url = 'https://site.test/models/embedded/manifest.json';
const source = { id: 'embedded', manifestUrl: url };
const gpu = { device: {}, info: { description: 'Test GPU' }, isFallback: false } as unknown as Gpu;
const KEY = ['Test GPU', manifest.id, weightsOf(manifest), 'reference'].join(' / ');

beforeEach(() => {
  vi.stubGlobal(
    'fetch',
    async (address: string) => new Response(readFileSync(join(FOLDER, String(address).split('/').at(-1)!))),
  );
});
afterEach(() => vi.unstubAllGlobals());

/** A runtime whose outputs are so many times the right ones. */
class OffBy extends NodeRuntime {
  constructor(private readonly factor: number) {
    super();
  }

  override async createSession(...given: Parameters<NodeRuntime['createSession']>) {
    const session = await super.createSession(...given);
    const changed = (tensor: RuntimeTensor): RuntimeTensor =>
      this.factor === 1
        ? tensor
        : this.tensor(
            tensor.data!.map((value) => value * this.factor),
            tensor.dims,
          );
    return {
      ...session,
      run: async (feeds: Parameters<typeof session.run>[0]) => {
        const outputs = Object.entries(await session.run(feeds));
        const isDecoder = outputs.some(([name]) => name.includes('warp'));
        return Object.fromEntries(outputs.map(([name, one]) => [name, isDecoder ? changed(one) : one]));
      },
    };
  }
}

/** A runtime that opens every model and can run none. */
class Failing extends NodeRuntime {
  override async createSession(...given: Parameters<NodeRuntime['createSession']>) {
    const session = await super.createSession(...given);
    const run = async () => {
      throw new CodedError('model-failed', 'The model failed: too many storage buffers.');
    };
    return { ...session, run };
  }
}

async function loaded(factor: number | 'fails', known: KnownChecks = {}) {
  let opened = 0;
  const onGpu = new LazyRuntime(null, async () => {
    opened++;
    return (factor === 'fails' ? new Failing() : new OffBy(factor)) as unknown as Runtime;
  });
  const onCpu = new LazyRuntime(null, async () => new NodeRuntime() as unknown as Runtime);
  const told: GpuCheck[] = [];
  const matchers = new ViewMatchers(onGpu, null, gpu, known, onCpu);
  const listener = { onLoaded: () => {}, onCheck: (check: GpuCheck) => void told.push(check) };
  const pair = await matchers.load(source, listener);
  expect(await matchers.load(source, listener)).toBe(pair);
  const { runtime } = pair.matcher;
  await pair.matcher.release();
  return { told, known, opened, provider: matchers.provider, isOffBy: runtime instanceof OffBy };
}

test('a GPU that is right is used, and not checked again', async () => {
  const first = await loaded(1);
  expect(first).toMatchObject({ provider: 'webgpu', isOffBy: true, known: { [KEY]: { verdict: 'right' } } });
  expect(first.told).toMatchObject([{ key: KEY, verdict: 'right', provider: 'webgpu' }]);
  // Wrong now, but known to be right: no second check.
  expect(await loaded(1.1, first.known)).toMatchObject({ provider: 'webgpu', isOffBy: true });
});

test('of a GPU that is wrong WASM takes over, it is said why, and the next time the GPU is not tried', async () => {
  const first = await loaded(1.1);
  expect(first).toMatchObject({ provider: 'wasm', isOffBy: false, opened: 1, known: { [KEY]: { verdict: 'wrong' } } });
  expect(first.told).toHaveLength(1);
  expect(first.told[0].providerReason).toMatch(
    /^Models run on the CPU: the GPU \(Test GPU\) computes this one wrongly, its (places|certainties) differ from the stored reference by 0\.\d+/,
  );
  expect(await loaded(1, first.known)).toMatchObject({ provider: 'wasm', isOffBy: false, opened: 0 });
});

test.each([
  ['no numbers', Number.NaN, 'its results hold no numbers'],
  ['the same everywhere', 0, 'its results are the same everywhere'],
  ['nothing at all', 'fails', 'it fails there (The model failed: too many storage buffers)'],
] as const)('of a GPU that gives %s WASM takes over', async (_, factor, finding) => {
  const { provider, isOffBy, told, known } = await loaded(factor);
  expect({ provider, isOffBy }).toEqual({ provider: 'wasm', isOffBy: false });
  expect(told).toMatchObject([{ verdict: 'wrong', finding }]);
  expect(known[KEY]).toEqual({ verdict: 'wrong', finding });
});

test('of a GPU that overflows with real photos alone WASM takes over, and what was done is done again', async () => {
  const isSynthetic = (side: number) => side <= 128;
  let size = 128;
  class Overflowing extends NodeRuntime {
    override async createSession(...given: Parameters<NodeRuntime['createSession']>) {
      const session = await super.createSession(...given);
      const run = async (feeds: Parameters<typeof session.run>[0]) => {
        const outputs = Object.entries(await session.run(feeds));
        const isRight = isSynthetic(size) || !outputs.some(([name]) => name.includes('warp'));
        const changed = ([name, one]: (typeof outputs)[number]) =>
          [
            name,
            isRight
              ? one
              : this.tensor(
                  one.data!.map(() => Number.NaN),
                  one.dims,
                ),
          ] as const;
        return Object.fromEntries(outputs.map(changed));
      };
      return { ...session, run };
    }
  }
  const lazy = (runtime: NodeRuntime) => new LazyRuntime(null, async () => runtime as unknown as Runtime);
  const known: KnownChecks = {};
  const told: GpuCheck[] = [];
  const matchers = new ViewMatchers(lazy(new Overflowing()), null, gpu, known, lazy(new NodeRuntime()));
  const listener = { onLoaded: () => {}, onCheck: (check: GpuCheck) => void told.push(check) };
  const photo = (key: string) => {
    const pixels = makePhoto({ width: 160, height: 120 }, 3);
    return { key, size: { width: 160, height: 120 }, pixels: () => pixels, pixelsWithin: () => pixels, mask: null };
  };
  const photos = { a: photo('a'), b: photo('b') } as never;
  const { verdict } = await matchers.use(source, listener, (pair) => {
    size = 160;
    return matchPhotos(pair, photos, { longSide: 160, rescue: false });
  });
  expect(verdict.meanCertainty.a).toBeGreaterThan(0);
  expect(matchers.provider).toBe('wasm');
  expect(told.map((check) => check.verdict)).toEqual(['right', 'wrong', 'wrong']);
  expect(known[KEY]).toEqual({ verdict: 'wrong', finding: 'its results for these photos hold no numbers' });
});
