import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ortNode from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { openCheckpoint } from '../src/formats/checkpoints/checkpoint.ts';
import { sweepInputs } from '../src/gaussians/depthsplat/cameras.ts';
import { parseSplatManifest, type SplatManifest } from '../src/models/splat-manifest.ts';
import { SplatNetwork } from '../src/models/splat-network.ts';
import { convertModel } from '../src/networks/convert.ts';
import type { Runtime, RuntimeTensor } from '../src/platform/runtime/runtime.ts';
import { readArguments, usage } from './node/arguments.ts';
import { openFileSource } from './node/file-source.ts';
import { folderSink } from './node/folder-sink.ts';
import { NodeRuntime } from './node/ort-node.ts';
import { profiled } from './node/profiled-session.ts';
import { runCommand } from './node/run-command.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';

const HELP = `Converts a DepthSplat, runs random photos through it, and prints the time of every stage beside its static cost;
then the engine's time (feeds, run, outputs read) against that of the bare sessions.

  npx tsx scripts/profile-splats.ts FILE.pth --out DIR [--size N|HxW] [--dtype fp32|fp16] [--runs 2] [--wasm]

--wasm takes onnxruntime-web's WASM provider for the second part, on two threads.`;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments({ options: ['size', 'dtype', 'out', 'runs'], flags: ['wasm', 'help'] }, argv);
  const [path] = args.positionals;
  if (path === undefined || args.has('help')) return console.log(HELP);
  const out = args.text('out');
  if (out === undefined) throw usage('--out DIR is missing.');
  const size = args.text('size')?.split('x').map(Number);
  const source = await openFileSource(path);
  const checkpoint = await openCheckpoint(source, path);
  const { manifest, report } = await convertModel([{ name: basename(path), checkpoint }], folderSink(out), {
    as: 'depthsplat',
    size: size && [size[0], size[1] ?? size[0]],
    precision: args.choice('dtype', ['fp32', 'fp16']),
  });
  await source.close();
  const splats = parseSplatManifest(JSON.parse(JSON.stringify(manifest)), out);
  const feeds = feedsOf(splats);
  const look = await profiled(out, splats.features, report.costs);
  const tensor = (values: Float32Array, dims: readonly number[]) => new ortNode.Tensor('float32', values, dims);
  const image = tensor(feeds.image, feeds.imageShape);
  const [features] = await look([{ image }]);
  const cameras = Object.entries(feeds.cameras).map(
    ([name, { values, shape }]) => [name, tensor(values, shape)] as const,
  );
  const make = await profiled(out, splats.splats, report.costs);
  const given = splats.gaussians ? { image, ...features } : features;
  await make([{ ...given, ...Object.fromEntries(cameras) }]);
  console.log(`Peak memory ${(process.resourceUsage().maxRSS / 1e3).toFixed(0)} MB.`);
  await compare(out, splats, args.count('runs') ?? 2, args.has('wasm'));
}

function feedsOf({ input: { width, height } }: SplatManifest) {
  const random = new RandomWeights(1);
  const image = new Float32Array(6 * width * height).map((_, i) => (i % 251) / 250);
  random.fill('image', [6, 3]);
  const lens = { width, height, fx: width, fy: width, cx: width / 2, cy: height / 2 };
  const a = { ...lens, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1] as const, translation: [0, 0, 0] as const };
  const sweep = sweepInputs([a, { ...a, translation: [-0.3, 0, 0] }], 0.5, 100);
  const shapes = { turn: [2, 3, 3], shift: [2, 3, 1], inverse_far: [2, 1, 1, 1], inverse_near: [2, 1, 1, 1] } as const;
  const cameras = Object.fromEntries(
    (Object.keys(shapes) as (keyof typeof shapes)[]).map((name) => [
      name,
      { values: sweep[name], shape: shapes[name] },
    ]),
  );
  return { image, imageShape: [2, 3, height, width], cameras, sweep };
}

/** Medians of a whole scene by the engine and by sessions alone, of wall clock and of the process's own time. */
async function compare(folder: string, manifest: SplatManifest, runs: number, onWasm: boolean): Promise<void> {
  const runtime = onWasm ? wasmRuntime() : new NodeRuntime();
  const bytes = (file: string): Uint8Array => readFileSync(join(folder, file));
  const network = await SplatNetwork.open(
    manifest,
    runtime,
    async ({ file }) => bytes(file),
    async (x) => x.data!,
  );
  const feeds = feedsOf(manifest);
  const [first, second] = await Promise.all(
    [manifest.features, manifest.splats].map(({ file, externalData }) =>
      runtime.createSession(
        bytes(file),
        (externalData ?? []).map(({ file: path }) => ({ path, data: bytes(path) })),
      ),
    ),
  );
  const engine = async (): Promise<void> => {
    const seen = await network.look(feeds.image);
    await network.splats(seen, feeds.sweep);
    seen.dispose();
  };
  const bare = async (): Promise<void> => {
    const image = runtime.tensor(feeds.image, feeds.imageShape);
    const features = await first.run({ image });
    const cameras = Object.entries(feeds.cameras).map(
      ([name, { values, shape }]) => [name, runtime.tensor(values.slice(), shape)] as const,
    );
    await second.run({ ...(manifest.gaussians && { image }), ...features, ...Object.fromEntries(cameras) });
  };
  const times: Record<'engine' | 'bare', { wall: number[]; cpu: number[] }> = {
    engine: { wall: [], cpu: [] },
    bare: { wall: [], cpu: [] },
  };
  // One of each to warm up, then in turn.
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, go] of [
      ['engine', engine],
      ['bare', bare],
    ] as const) {
      const [wall, cpu] = [performance.now(), process.cpuUsage()];
      await go();
      const { user, system } = process.cpuUsage(cpu);
      if (run === 0) continue;
      times[name].wall.push(performance.now() - wall);
      times[name].cpu.push((user + system) / 1000);
    }
  }
  for (const [name, { wall, cpu }] of Object.entries(times))
    console.log(
      `${name}: ${seconds(median(wall))} s, ${seconds(median(cpu))} s of processor (${onWasm ? 'wasm' : 'native'})`,
    );
  console.log(
    `Ratio to the bare sessions: ${(median(times.engine.cpu) / median(times.bare.cpu)).toFixed(3)} of processor time`,
  );
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** onnxruntime-web's WASM provider behind the engine's Runtime. */
function wasmRuntime(): Runtime {
  ortWeb.env.wasm.numThreads = 2;
  const wrapped = (tensor: ortWeb.Tensor): RuntimeTensor & { readonly tensor: ortWeb.Tensor } => ({
    tensor,
    dims: tensor.dims,
    data: tensor.data as Float32Array,
    buffer: null,
    dispose: () => tensor.dispose(),
  });
  return {
    provider: 'wasm',
    async createSession(model, externalData) {
      const session = await ortWeb.InferenceSession.create(model, { executionProviders: ['wasm'], externalData });
      return {
        async run(feeds) {
          const inputs = Object.entries(feeds).map(
            ([name, one]) => [name, (one as ReturnType<typeof wrapped>).tensor] as const,
          );
          const outputs = await session.run(Object.fromEntries(inputs));
          return Object.fromEntries(Object.entries(outputs).map(([name, one]) => [name, wrapped(one)]));
        },
        release: () => session.release(),
      };
    },
    tensor: (data, dims) => wrapped(new ortWeb.Tensor('float32', data, dims)),
    tensorOnGpu(): never {
      throw new Error('WASM has no GPU buffers.');
    },
  };
}

runCommand(import.meta.url, main);
