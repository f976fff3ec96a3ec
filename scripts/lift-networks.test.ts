import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import type { GpuCheck } from '../src/core/match.ts';
import { CheckedRuntime } from '../src/matching/reference-check/checked-runtime.ts';
import type { Gpu } from '../src/platform/gpu/device.ts';
import { DepthSources } from '../src/pages/lift/worker/depth/depth-sources.ts';
import { LazyRuntime } from '../src/platform/runtime/lazy-runtime.ts';
import { LiftNetworks } from '../src/pages/lift/worker/depth/networks.ts';
import { makePhoto } from '../src/pages/match/testing/stage.ts';
import { convertModel } from '../src/networks/convert.ts';
import { FakeDirectory } from '../src/platform/storage/fake-opfs.ts';
import { KeptNetworks } from '../src/models/kept-networks.ts';
import { NETWORK_SCHEMA } from '../src/models/network-manifest.ts';
import { encodeModel } from '../src/onnx/encode.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import * as op from '../src/onnx/ops.ts';
import { folderSink } from './node/folder-sink.ts';
import { NodeRuntime } from './node/ort-node.ts';

const MANIFEST_URL = 'https://models.test/depth/manifest.json';
const PHOTO = makePhoto({ width: 60, height: 44 }, 3);

/** Of one visit to the page; what is kept lies in `kept`, and without it nothing can be kept. */
const newNetworks = (kept?: FakeDirectory) =>
  new LiftNetworks(
    new LazyRuntime(null, async () => new NodeRuntime()),
    kept && (async () => new KeptNetworks(kept.handle)),
  );

async function onnxOf(g: GraphBuilder): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from((await encodeModel(g, 'none.data')).graph);
}

/** The reddest places are sky. */
async function skyNetwork(): Promise<Blob> {
  const g = new GraphBuilder({ name: 'sky' });
  const image = g.input('input', 'float32', [1, 3, 32, 48]);
  g.output('map', op.sigmoid(g, op.slice(g, image, 1, 0, 1)));
  return new Blob([await onnxOf(g)]);
}

/** Paints holes, and everything else wrongly, in the colour of the mask. */
async function inpaintingNetwork(): Promise<Blob> {
  const g = new GraphBuilder({ name: 'inpainting' });
  const image = g.input('image', 'float32', [1, 3, 24, 32]);
  const mask = g.input('mask', 'float32', [1, 1, 24, 32]);
  g.output('filled', op.add(g, op.mul(g, image, g.constant(0, 'float32')), mask));
  return new Blob([await onnxOf(g)]);
}

/** The blue channel as relative inverse depth. */
async function depthFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const g = new GraphBuilder({ name: 'depth' });
  const image = g.input('image', 'float32', [1, 3, 28, 42]);
  g.output('depth', op.reshape(g, op.slice(g, image, 1, 2, 3), [1, 28, 42]));
  const bytes = await onnxOf(g);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const input = { name: 'image', width: 42, height: 28, mean: [0, 0, 0], std: [1, 1, 1] };
  const network = { file: 'depth.onnx', bytes: bytes.length, sha256 };
  const facts = { kind: 'depth', id: 'blue', name: 'Blue', licence: 'MIT', source: 'made up', patch: 14 };
  const outputs = { depth: 'depth' };
  const manifest = { schema: NETWORK_SCHEMA, ...facts, input, network, outputs, rows: 2, columns: 3, channels: 3 };
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  return new Map([
    ['manifest.json', Uint8Array.from(text)],
    ['depth.onnx', bytes],
  ]);
}

/** Serves files beside the manifest; counts what was asked for. */
function serve(read: (name: string) => Uint8Array<ArrayBuffer> | undefined) {
  const fetched = vi.fn(async (url: string) => {
    const bytes = read(url.split('/').pop()!);
    return bytes ? new Response(bytes) : new Response(null, { status: 404 });
  });
  vi.stubGlobal('fetch', fetched);
  return fetched;
}
afterEach(() => vi.unstubAllGlobals());

describe('depth', () => {
  test('an installed network gives the photo’s disparity at its own size, once a photo', async () => {
    const files = await depthFiles();
    const fetched = serve((name) => files.get(name));
    const sources = new DepthSources(newNetworks());
    const photo = { key: 'photo', pixels: () => PHOTO };
    const source = { kind: 'network', manifestUrl: MANIFEST_URL, name: 'Blue' } as const;
    const progress: (number | null)[] = [];
    const first = await sources.open(source, photo, { onNetwork: (fraction) => progress.push(fraction) });
    expect(first.info).toMatchObject({ kind: 'network', name: 'Blue', size: { width: 42, height: 28 } });
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(null);
    const centre = first.map.values[14 * 42 + 21];
    expect(centre).toBeCloseTo(PHOTO.data[4 * (22 * 60 + 30) + 2] / 255, 1);
    const asked = fetched.mock.calls.length;
    expect(await sources.open(source, photo, { onNetwork: () => {} })).toBe(first);
    await sources.open(source, { ...photo, key: 'other' }, { onNetwork: () => {} });
    expect(fetched.mock.calls.length).toBe(asked);
  });

  test.runIf(hasParity('depth'))('a converted Depth Anything runs from its manifest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liftmatch-depth-'));
    try {
      const parity = loadParity('depth');
      const inputs = [{ name: 'checkpoint.pth', checkpoint: await parity.checkpoint('checkpoint.pth') }];
      await convertModel(inputs, folderSink(folder), { heads: parity.facts.num_heads, size: [56, 70] });
      serve((name) => Uint8Array.from(readFileSync(join(folder, name))));
      const map = await newNetworks().depth(MANIFEST_URL, PHOTO, () => {});
      expect(map.size).toEqual({ width: 70, height: 56 });
      expect(map.values.length).toBe(70 * 56);
      expect(map.values.every((value) => value >= 0)).toBe(true);
      expect(new Set(map.values).size).toBeGreaterThan(100);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('sky', () => {
  test('a dropped network runs at the size of its file, on ImageNet colours', async () => {
    const networks = newNetworks();
    await expect(networks.skyMap(PHOTO)).rejects.toMatchObject({ code: 'sky-model-missing' });
    await networks.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
    const { size, values } = await networks.skyMap(PHOTO);
    expect(size).toEqual({ width: 48, height: 32 });
    const red = PHOTO.data[4 * (22 * 60 + 30)] / 255;
    expect(values[16 * 48 + 24]).toBeCloseTo(1 / (1 + Math.exp(-(red - 0.485) / 0.229)), 0);
  });

  test('a network of another kind is refused with what it takes, and the last one stays', async () => {
    const networks = newNetworks();
    await networks.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
    const foreign = networks.add({ purpose: 'sky', file: await inpaintingNetwork(), name: 'lama.onnx' });
    await expect(foreign).rejects.toMatchObject({
      code: 'network-unsuitable',
      message: expect.stringContaining('image [1, 3, 24, 32] and mask [1, 1, 24, 32]'),
    });
    expect(await networks.skyKey()).toMatch(/sky\.onnx$/);
    expect((await networks.skyMap(PHOTO)).size.width).toBe(48);
  });
});

describe('inpainting', () => {
  test('only holes are painted, at the size of the picture', async () => {
    const networks = newNetworks();
    const holes = new Uint8Array(60 * 44);
    for (let y = 10; y < 30; y++) holes.fill(1, y * 60 + 20, y * 60 + 45);
    await expect(networks.inpaint(PHOTO, holes)).rejects.toMatchObject({ code: 'inpainting-model-missing' });
    await networks.add({ purpose: 'inpainting', file: await inpaintingNetwork(), name: 'white.onnx' });
    const filled = await networks.inpaint(PHOTO, holes);
    filled.forEach((value, at) => expect(value).toBe(holes[at >> 2] ? 255 : PHOTO.data[at]));
  });

  test('a network of another kind is refused with what would do', async () => {
    const foreign = newNetworks().add({ purpose: 'inpainting', file: await skyNetwork(), name: 'sky.onnx' });
    await expect(foreign).rejects.toMatchObject({
      code: 'network-unsuitable',
      remedy: expect.stringContaining('mask [1, 1, height, width]'),
    });
    const noModel = newNetworks().add({ purpose: 'sky', file: new Blob(['text']), name: 'text.onnx' });
    await expect(noModel).rejects.toBeInstanceOf(Error);
  });
});

describe('on a GPU that lies', () => {
  /** A runtime whose outputs are so many times the right ones. */
  class OffBy extends NodeRuntime {
    constructor(private readonly factor: number) {
      super();
    }

    override async createSession(...given: Parameters<NodeRuntime['createSession']>) {
      const session = await super.createSession(...given);
      const run = async (feeds: Parameters<typeof session.run>[0]) => {
        const outputs = Object.entries(await session.run(feeds));
        return Object.fromEntries(
          outputs.map(([name, { data, dims }]) => [
            name,
            this.tensor(
              data!.map((value) => value * this.factor),
              dims,
            ),
          ]),
        );
      };
      return { ...session, inputs: session.inputs, outputs: session.outputs, run };
    }
  }

  const holes = new Uint8Array(60 * 44).fill(1);
  const uses = {
    sky: async (networks: LiftNetworks) => {
      await networks.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
      return (await networks.skyMap(PHOTO)).values;
    },
    inpainting: async (networks: LiftNetworks) => {
      await networks.add({ purpose: 'inpainting', file: await inpaintingNetwork(), name: 'white.onnx' });
      return networks.inpaint(PHOTO, holes);
    },
  };

  test.each(
    (['sky', 'inpainting'] as const).flatMap((purpose) =>
      [1, 1.1, 0, Number.NaN].map((factor) => [purpose, factor] as const),
    ),
  )('a %s network whose results are × %f there runs on WASM, unless they are right', async (purpose, factor) => {
    const lazy = (runtime: NodeRuntime) => new LazyRuntime(null, async () => runtime);
    const told: GpuCheck[] = [];
    const gpu = { info: { description: 'Acme 9' } } as unknown as Gpu;
    const onGpu = lazy(new OffBy(factor));
    const checked = new CheckedRuntime(onGpu, gpu, {}, { wasm: lazy(new NodeRuntime()) });
    const networks = new LiftNetworks(onGpu, undefined, checked, (check) => void told.push(check));
    const values = await uses[purpose](networks);
    expect(values).toEqual(await uses[purpose](newNetworks()));
    expect(told).toMatchObject([{ verdict: factor === 1 ? 'right' : 'wrong' }]);
  });
});

describe('networks that are kept', () => {
  test('run at the next visit without their files, and another one takes their place', async () => {
    const kept = new FakeDirectory();
    const first = newNetworks(kept);
    const added = await first.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
    expect(added).toEqual({ name: 'sky.onnx', bytes: (await skyNetwork()).size, notKept: null });
    await first.add({ purpose: 'inpainting', file: await inpaintingNetwork(), name: 'white.onnx' });
    const { values } = await first.skyMap(PHOTO);

    const second = newNetworks(kept);
    expect(await second.skyKey()).toMatch(/sky\.onnx$/);
    expect((await second.skyMap(PHOTO)).values).toEqual(values);
    const filled = await second.inpaint(PHOTO, new Uint8Array(60 * 44).fill(1));
    expect(filled.every((value) => value === 255)).toBe(true);
    // What is refused is not kept.
    await expect(
      second.add({ purpose: 'sky', file: await inpaintingNetwork(), name: 'lama.onnx' }),
    ).rejects.toMatchObject({ code: 'network-unsuitable' });
    expect(await newNetworks(kept).skyKey()).toMatch(/sky\.onnx$/);
    await second.add({ purpose: 'sky', file: await skyNetwork(), name: 'next.onnx' });
    expect(await second.skyKey()).not.toBe(await newNetworks(kept).skyKey());
    expect(await newNetworks(kept).skyKey()).toMatch(/next\.onnx$/);
  });

  test('once removed and closed, there is none', async () => {
    const kept = new FakeDirectory();
    const networks = newNetworks(kept);
    await networks.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
    await networks.close('sky');
    expect((await networks.skyMap(PHOTO)).size.width).toBe(48);
    await new KeptNetworks(kept.handle).remove('sky');
    await networks.close('sky');
    await expect(networks.skyKey()).rejects.toMatchObject({ code: 'sky-model-missing' });
  });

  test('without room or without a storage they work for this visit, and why is told', async () => {
    const full = new FakeDirectory();
    full.quota = 10;
    for (const [kept, code] of [
      [full, 'storage-full'],
      [undefined, 'storage-missing'],
    ] as const) {
      const networks = newNetworks(kept);
      const added = await networks.add({ purpose: 'sky', file: await skyNetwork(), name: 'sky.onnx' });
      expect(added).toMatchObject({ name: 'sky.onnx', notKept: { code } });
      expect((await networks.skyMap(PHOTO)).size.width).toBe(48);
      await networks.close('sky');
      await expect(networks.skyKey()).rejects.toMatchObject({ code: 'sky-model-missing' });
    }
  });

  test('a kept file that was damaged, or that the runtime refuses, is told', async () => {
    const kept = new FakeDirectory();
    await newNetworks(kept).add({ purpose: 'inpainting', file: await inpaintingNetwork(), name: 'white.onnx' });
    const folder = await (await kept.getDirectoryHandle('networks')).getDirectoryHandle('inpainting');
    const file = [...folder.children.values()].find(({ name }) => name.endsWith('.onnx'));
    (file as unknown as { content: Uint8Array }).content[40] ^= 255;
    await expect(newNetworks(kept).inpaint(PHOTO, new Uint8Array(60 * 44))).rejects.toMatchObject({
      code: 'inpainting-model-unusable',
      message: expect.stringContaining('white.onnx'),
    });
    await new KeptNetworks(kept.handle).keep('sky', 'text.onnx', new TextEncoder().encode('text'));
    await expect(newNetworks(kept).skyKey()).rejects.toMatchObject({ code: 'sky-model-unusable' });
  });

  test('a file that is too large is refused before it is read', async () => {
    const file = { size: 2 ** 31, arrayBuffer: () => Promise.reject(new Error('was read')) } as unknown as Blob;
    const added = newNetworks().add({ purpose: 'sky', file, name: 'huge.onnx' });
    await expect(added).rejects.toMatchObject({ code: 'network-too-large' });
  });
});
