import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GpuCheck, KnownChecks } from '../../core/match.ts';
import { CpuFeatureMaths } from '../../pages/compare/worker/feature-maths.ts';
import { EncoderPool } from '../../pages/compare/worker/encoder-pool.ts';
import { makePhoto } from '../../pages/match/testing/stage.ts';
import { fetchSplatManifest, modelFilesAt } from '../../models/fetch-model.ts';
import { MANIFEST_SCHEMA } from '../../models/manifest.ts';
import { NETWORK_SCHEMA } from '../../models/network-manifest.ts';
import { SPLAT_SCHEMA } from '../../models/splat-manifest.ts';
import { SplatNetwork } from '../../models/splat-network.ts';
import { CodedError } from '../../core/errors.ts';
import type { Gpu } from '../../platform/gpu/device.ts';
import { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';
import type { Runtime, Session } from '../../platform/runtime/runtime.ts';
import { DepthNetwork } from '../monocular/depth-network.ts';
import { CheckedRuntime, type RecordOutputs } from './checked-runtime.ts';
import { type NetworkRuntime, outputsOf, probedSplats, probeSplats } from './network-probes.ts';

const GPU = { info: { description: 'Acme 9' } } as unknown as Gpu;
const PHOTO = makePhoto({ width: 60, height: 44 }, 3);
const SITE = 'https://models.test';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const fileOf = (name: string) => ({
  file: `${name}.onnx`,
  bytes: name.length,
  sha256: createHash('sha256').update(name).digest('hex'),
});
const plain = { mean: [0, 0, 0], std: [1, 1, 1] };
const about = (id: string) => ({ id, name: `The ${id}`, licence: 'MIT', source: 'made up' });
const patches = { patch: 14, rows: 2, columns: 3, channels: 4 };
const input = { name: 'image', width: 42, height: 28, ...plain };

const MANIFESTS: Record<string, object> = {
  depth: {
    ...{ schema: NETWORK_SCHEMA, kind: 'depth', ...about('depth'), ...patches, input, network: fileOf('depth') },
    outputs: { depth: 'depth' },
  },
  vit: {
    ...{ schema: NETWORK_SCHEMA, kind: 'encoder', ...about('vit'), ...patches, input, network: fileOf('vit') },
    outputs: { patchTokens: 'tokens', clsToken: 'cls' },
  },
  matcher: {
    ...{ schema: MANIFEST_SCHEMA, ...about('matcher') },
    passes: [
      {
        input: { sizing: 'keep-aspect', multipleOf: 8, defaultLongSide: 64, minSide: 32, maxLongSide: 512, ...plain },
        encoder: { ...fileOf('encoder'), input: 'image', outputs: [{ name: 'f8', stride: 8, channels: 2 }] },
        decoder: {
          ...{ ...fileOf('decoder'), stride: 8, inputs: { x: 'a.f8', y: 'b.f8' } },
          outputs: { warp: 'warp', certaintyLogit: 'logit' },
        },
      },
    ],
    verdict: { certainty: 0.5, cycleShare: 0.02, none: 0.05, good: 0.3 },
  },
  splats: {
    ...{
      schema: SPLAT_SCHEMA,
      kind: 'splats',
      ...about('splats'),
      input: { width: 8, height: 4 },
      near: 0.5,
      far: 100,
    },
    features: { ...fileOf('features'), outputs: ['f'] },
    splats: fileOf('splats'),
    gaussians: { channels: 37, scaleMin: 1e-6, scaleMax: 3 },
  },
};

/** Sizes of what each graph gives. */
const OUTPUTS: Record<string, Record<string, number[]>> = {
  depth: { depth: [1, 28, 42] },
  vit: { tokens: [1, 6, 4], cls: [1, 4] },
  encoder: { f8: [1, 2, 12, 16] },
  features: { f: [2, 4] },
  splats: { depth: [2, 4, 8], probability: [2, 1, 4, 8], gaussians: [2, 37, 4, 8] },
};

interface Machine extends NetworkRuntime {
  /** What it was asked to run, in order. */
  ran: string[];
  released: number;
}

/** A machine on which every graph gives waves that its first input moves, each value changed as its driver does. */
function machine(change: (value: number) => number = (value) => value, fails = false): Machine {
  const made: Machine = { ran: [], released: 0, open: async () => runtime, read: async ({ data }) => data!.slice() };
  const tensor: Runtime['tensor'] = (data, dims) => ({ dims, data, buffer: null, dispose: () => {} });
  const runtime: Runtime = {
    provider: 'node',
    tensor,
    tensorOnGpu: () => {
      throw new Error('No GPU.');
    },
    createSession: async (model): Promise<Session> => {
      const name = new TextDecoder().decode(model);
      return {
        run: async (feeds) => {
          made.ran.push(name);
          if (fails) throw new CodedError('model-failed', 'The model failed: too many buffers.');
          const [first] = Object.values(feeds);
          const moved = first.data!.reduce((sum, value) => sum + value, 0) / first.data!.length;
          const wave = (i: number) => change(Math.fround(2 + moved + Math.sin(0.7 * i)));
          return Object.fromEntries(
            Object.entries(OUTPUTS[name]).map(([output, dims]) => {
              const length = dims.reduce((product, side) => product * side, 1);
              return [
                output,
                tensor(
                  Float32Array.from({ length }, (_, i) => wave(i)),
                  dims,
                ),
              ];
            }),
          );
        },
        release: async () => void made.released++,
      };
    },
  };
  return made;
}

interface Run {
  gpu: Machine;
  wasm: Machine;
  checks: GpuCheck[];
  known: KnownChecks;
  records: number;
  values: Float32Array;
}

/** Uses a network of a kind on a page whose GPU computes as given; `known` as an earlier visit left it. */
async function use(
  kind: keyof typeof USES,
  gpu = machine(),
  known: KnownChecks = {},
  recorder: RecordOutputs = (model) => outputsOf(model, new LazyRuntime(null, () => machine().open())),
): Promise<Run> {
  const wasm = machine();
  const checks: GpuCheck[] = [];
  const run = { gpu, wasm, checks, known, records: 0 };
  const record: RecordOutputs = (model, signal) => {
    run.records++;
    return recorder(model, signal);
  };
  const checked = new CheckedRuntime(gpu, GPU, known, { wasm, record });
  const values = await USES[kind](checked, (check) => check && checks.push(check));
  return { ...run, values };
}

type Hear = (check?: GpuCheck) => unknown;
const photo = { size: { width: PHOTO.width, height: PHOTO.height }, pixels: () => PHOTO };

const encoded =
  (source: Parameters<EncoderPool['encode']>[0], feature: string) => async (checked: CheckedRuntime, hear: Hear) => {
    const pool = new EncoderPool(GPU, new CpuFeatureMaths(), {}, checked);
    const maps = await pool.encode(source, photo as never, 64, (_, check) => hear(check));
    return maps[feature].values;
  };

const USES = {
  depth: async (checked: CheckedRuntime, hear: Hear) => {
    const network = new DepthNetwork(checked);
    return (await network.depth(`${SITE}/depth/manifest.json`, PHOTO, (_, check) => hear(check))).values;
  },
  vit: encoded({ kind: 'network', manifestUrl: `${SITE}/vit/manifest.json` }, 'features'),
  matcher: encoded({ kind: 'stage', manifestUrl: `${SITE}/matcher/manifest.json`, feature: 'f8' }, 'f8'),
  splats: async (checked: CheckedRuntime, hear: Hear) => {
    const url = `${SITE}/splats/manifest.json`;
    const manifest = await fetchSplatManifest(url);
    const { value: network } = await checked.open(
      probedSplats(url, manifest),
      async (runtime, read) => {
        const made = await SplatNetwork.open(manifest, runtime, modelFilesAt(url), read);
        return { value: made, probe: () => probeSplats(made), release: () => made.release() };
      },
      { onCheck: hear },
    );
    const seen = await network.look(new Float32Array(6 * 8 * 4));
    const cameras = { turn: new Float32Array(18), shift: new Float32Array(6) };
    const depths = { inverse_far: Float32Array.of(0.01, 0.01), inverse_near: Float32Array.of(2, 2) };
    return (await network.splats(seen, { ...cameras, ...depths })).depth;
  },
};

beforeEach(() => {
  vi.stubGlobal('fetch', async (address: string) => {
    const [, id, file] = new URL(address).pathname.split('/');
    return new Response(file === 'manifest.json' ? JSON.stringify(MANIFESTS[id]) : bytesOf(file.replace('.onnx', '')));
  });
});
afterEach(() => vi.unstubAllGlobals());

describe.each(['depth', 'vit', 'matcher', 'splats'] as const)('a network that is no matcher: %s', (kind) => {
  it('runs on the GPU once its results agree with WASM’s, which is found out once', async () => {
    const first = await use(kind);
    expect(first.records).toBe(1);
    expect(first.wasm.ran).toEqual([]);
    expect(first.checks).toMatchObject([{ verdict: 'right', provider: 'webgpu' }]);
    expect(first.checks[0].key).toMatch(/^Acme 9 \/ /);
    const again = await use(kind, machine(), first.known);
    expect(again.records).toBe(0);
    expect(again.gpu.ran.length).toBeLessThan(first.gpu.ran.length);
    expect(again.values).toEqual(first.values);
  });

  it.each<[string, Machine, RegExp]>([
    ['× 1.1', machine((value) => 1.1 * value), /differ from the reference by 10 %/],
    ['× 0', machine(() => 0), /same everywhere/],
    ['NaN', machine(() => Number.NaN), /no numbers/],
    ['an overflow', machine((value) => (value > 2.9 ? Number.POSITIVE_INFINITY : value)), /no numbers/],
    ['a failure', machine(undefined, true), /fails there .*too many buffers/],
  ])('runs on WASM where the GPU gives %s, and says why', async (_, gpu, words) => {
    const right = await use(kind);
    const { checks, known, values, wasm } = await use(kind, gpu);
    expect(values).toEqual(right.values);
    expect(wasm.ran.length).toBeGreaterThan(0);
    expect(checks).toMatchObject([{ verdict: 'wrong', provider: 'wasm' }]);
    expect(checks[0].providerReason).toMatch(
      new RegExp(`“The ${kind}” runs on the CPU: the GPU \\(Acme 9\\) computes this one wrongly, .*`),
    );
    // A network of scenes refuses what is no number by itself, and says so in its own words.
    if (kind !== 'splats' || !words.source.includes('numbers')) expect(checks[0].finding).toMatch(words);
    else expect(checks[0].finding).toMatch(/not numbers/);
    // Known from then on: the GPU is not asked again.
    const later = machine();
    const again = await use(kind, later, known);
    expect(later.ran).toEqual([]);
    expect(again.checks).toMatchObject([{ verdict: 'wrong' }]);
    expect(again.values).toEqual(right.values);
  });

  it('runs on the GPU where WASM cannot tell, if its results are numbers that differ', async () => {
    const unknown = async () => null;
    const { checks } = await use(kind, machine(), {}, unknown);
    expect(checks).toMatchObject([{ verdict: 'unchecked', provider: 'webgpu' }]);
    expect(
      (
        await use(
          kind,
          machine(() => 0),
          {},
          unknown,
        )
      ).checks,
    ).toMatchObject([{ verdict: 'wrong' }]);
  });
});

describe('the check of a network', () => {
  it('takes the noise of half precision', async () => {
    let i = 0;
    const { checks } = await use(
      'depth',
      machine((value) => value * (1 + 2e-3 * Math.sin(++i))),
    );
    expect(checks).toMatchObject([{ verdict: 'right' }]);
  });

  it('is not needed of an encoder whose whole matcher was found right', async () => {
    const whole = Object.values(MANIFESTS.matcher as { passes: { encoder: object; decoder: object }[] })[0];
    expect(whole).toBeDefined();
    const hash = (name: string) => fileOf(name).sha256.slice(0, 12);
    const key = `Acme 9 / matcher / ${hash('encoder')}-${hash('decoder')} / reference`;
    const { records, checks, gpu } = await use('matcher', machine(), { [key]: { verdict: 'right', finding: '' } });
    expect(records).toBe(0);
    expect(checks).toEqual([]);
    expect(gpu.ran).toEqual(['encoder']);
  });

  it('gives a network that failed on both its own error, and a download that broke is no fault of the GPU’s', async () => {
    const wasm = machine(undefined, true);
    const checked = new CheckedRuntime(machine(undefined, true), GPU, {}, { wasm, record: async () => null });
    await expect(USES.depth(checked, () => {})).rejects.toMatchObject({ code: 'model-failed' });
    vi.stubGlobal('fetch', async (address: string) =>
      address.endsWith('.json') ? new Response(JSON.stringify(MANIFESTS.depth)) : new Response(null, { status: 503 }),
    );
    const checks: unknown[] = [];
    const broken = new CheckedRuntime(machine(), GPU, {}, { wasm: machine(), record: async () => null });
    await expect(USES.depth(broken, (check) => check && checks.push(check))).rejects.toMatchObject({
      message: expect.stringContaining('503'),
    });
    expect(checks).toEqual([]);
  });

  it('is not made where everything runs on WASM', async () => {
    const wasm = machine();
    const record = vi.fn();
    const checked = new CheckedRuntime(wasm, null, {}, { record });
    await USES.depth(checked, () => {});
    expect(record).not.toHaveBeenCalled();
    expect(wasm.ran).toEqual(['depth']);
  });
});
