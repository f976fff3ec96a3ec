import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { hasParity, imageNetNormalised, loadParity, relativeError } from './parity.test-helper.ts';
import type { Checkpoint } from '../formats/arrays/tensor.ts';
import { MemorySink } from '../core/byte-sink.ts';
import { noise, tensorOf } from '../onnx/run-in-node.test-helper.ts';
import type { ConversionInput, ConversionOptions, ConversionProgress } from './convert.ts';
import { convertModel, planConversion } from './convert.ts';
import { parseManifest } from '../models/manifest.ts';
import { parseNetworkManifest } from '../models/network-manifest.ts';

/** A folder in memory that remembers which files were given up. */
class MemoryFolder {
  readonly files = new Map<string, MemorySink>();
  readonly dropped: string[] = [];

  async open(file: string): Promise<MemorySink> {
    const sink = new MemorySink();
    this.files.set(file, sink);
    const abort = sink.abort.bind(sink);
    sink.abort = async () => {
      this.dropped.push(file);
      await abort();
    };
    return sink;
  }

  bytes(file: string): Uint8Array {
    return this.files.get(file)!.bytes();
  }
}

async function inputOf(parity: string, file: string): Promise<ConversionInput> {
  return { name: file, checkpoint: await loadParity(parity).checkpoint(file) };
}

const VIT_OPTIONS: ConversionOptions = { heads: 3, size: [70, 70] };

describe.runIf(hasParity('vit'))('convertModel', () => {
  it('a ViT: the files hash as the manifest says, and run from disk with the recorded result', async () => {
    const folder = new MemoryFolder();
    const { manifest } = await convertModel([await inputOf('vit', 'checkpoint.pth')], folder, {
      ...VIT_OPTIONS,
      id: 'small-vit',
      licence: 'MIT',
    });
    const stored = parseNetworkManifest(
      JSON.parse(new TextDecoder().decode(folder.bytes('manifest.json'))),
      'manifest.json',
    );
    expect(stored).toEqual(manifest);
    expect(stored).toMatchObject({
      kind: 'encoder',
      id: 'small-vit',
      rows: 5,
      columns: 5,
      channels: 48,
      patch: 14,
      outputs: { patchTokens: 'patch_tokens' },
    });
    for (const { file, bytes, sha256 } of [stored.network, ...stored.network.externalData!]) {
      expect(folder.bytes(file).byteLength).toBe(bytes);
      expect(createHash('sha256').update(folder.bytes(file)).digest('hex')).toBe(sha256);
    }

    const directory = await mkdtemp(join(tmpdir(), 'liftmatch-convert-'));
    try {
      for (const file of folder.files.keys()) await writeFile(join(directory, file), folder.bytes(file));
      const session = await ort.InferenceSession.create(join(directory, stored.network.file));
      const parity = loadParity('vit');
      const image = imageNetNormalised(parity.tensor('image_70x70'));
      const { patch_tokens: tokens } = await session.run({ image: new ort.Tensor('float32', image, [1, 3, 70, 70]) });
      expect(relativeError(tokens.data as Float32Array, parity.tensor('patch_tokens_70x70').values)).toBeLessThan(1e-4);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('normalises inside the graph where asked, and the manifest then asks for nothing', async () => {
    const plan = planConversion([await inputOf('vit', 'checkpoint.pth')], { ...VIT_OPTIONS, normaliseInside: true });
    expect(plan.graphs[0].graph.nodes.slice(0, 2).map(({ opType }) => opType)).toEqual(['Sub', 'Div']);
    expect(plan.manifest(new Map())).toMatchObject({ input: { mean: [0, 0, 0], std: [1, 1, 1] } });
  });

  it('reports progress by tensor, up to all bytes', async () => {
    const seen: ConversionProgress[] = [];
    await convertModel([await inputOf('vit', 'checkpoint.pth')], new MemoryFolder(), VIT_OPTIONS, {
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.map(({ tensor }) => tensor)).toContain('blocks.2.mlp.fc2.weight.scaled');
    for (const [i, { bytesWritten }] of seen.slice(1).entries())
      expect(bytesWritten).toBeGreaterThan(seen[i].bytesWritten);
    expect(seen.at(-1)!.bytesWritten).toBe(seen[0].bytesTotal);
  });

  it('stops when aborted, drops the open file and leaves no manifest', async () => {
    const folder = new MemoryFolder();
    const controller = new AbortController();
    const converting = convertModel([await inputOf('vit', 'checkpoint.pth')], folder, VIT_OPTIONS, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(converting).rejects.toMatchObject({ code: 'cancelled' });
    expect(folder.dropped).toEqual(['encoder.data']);
    expect([...folder.files.keys()]).toEqual(['encoder.data']);
  });

  it('depth is recognised by its tensors, and can be asked for its ViT alone', async () => {
    const inputs = [await inputOf('depth', 'checkpoint.pth')];
    expect(planConversion(inputs, VIT_OPTIONS).family.name).toBe('depth-anything');
    expect(planConversion(inputs, { ...VIT_OPTIONS, as: 'vit' }).family.name).toBe('vit');
    expect(planConversion(inputs, { ...VIT_OPTIONS, as: 'encoder' }).family.name).toBe('vit');
    expect(planConversion(inputs, { ...VIT_OPTIONS, as: 'depth' }).family.kind).toBe('depth');
  });

  it('a matcher: two passes, a manifest that the app accepts, one unused tensor', async () => {
    const folder = new MemoryFolder();
    const inputs = [await inputOf('matcher', 'dinov2.pth'), await inputOf('matcher', 'matcher.pth')];
    const { manifest, report } = await convertModel(inputs, folder, {
      heads: 3,
      size: [112, 112],
      fineSize: [224, 224],
    });
    expect(parseManifest(manifest, 'manifest.json')).toMatchObject({
      id: 'matcher',
      passes: [
        {
          input: { defaultLongSide: 112, fixedSize: true, mean: [0, 0, 0] },
          encoder: { file: 'encoder.onnx', outputs: [{ name: 'f16', stride: 14, channels: 32 }, {}, {}, {}, {}] },
        },
        { input: { defaultLongSide: 224 }, decoder: { inputs: { previous_warp: 'previous.warp' } } },
      ],
    });
    expect([...folder.files.keys()].sort()).toEqual(
      ['encoder', 'decoder', 'encoder-fine', 'decoder-fine']
        .flatMap((file) => [`${file}.data`, `${file}.onnx`])
        .concat('manifest.json')
        .sort(),
    );
    expect(report.unused.filter((name) => name.startsWith('dinov2.pth'))).toEqual(['dinov2.pth: mask_token']);
    expect(Object.keys(report.costs)).toEqual(['encoder', 'decoder', 'encoder-fine', 'decoder-fine']);
  });

  it('a matcher alone says which file is missing', async () => {
    const inputs = [await inputOf('matcher', 'matcher.pth')];
    expect(() => planConversion(inputs)).toThrow(expect.objectContaining({ code: 'matcher-without-vit' }));
  });
});

describe('what cannot be converted is refused before anything is written', () => {
  const checkpoint = (names: readonly string[]): Checkpoint => ({
    format: 'safetensors',
    tensors: new Map(names.map((name) => [name, tensorOf(name, [2], noise(2))])),
    notes: [],
  });

  it('an unknown network is named by its tensors', async () => {
    const folder = new MemoryFolder();
    const converting = convertModel(
      [{ name: 'resnet.pth', checkpoint: checkpoint(['layer1.0.conv1.weight']) }],
      folder,
    );
    await expect(converting).rejects.toMatchObject({
      code: 'architecture-unknown',
      message: expect.stringContaining('"layer1.0.conv1.weight"'),
    });
    expect(folder.files.size).toBe(0);
  });

  it.runIf(hasParity('vit'))('the wrong kind, and a size that is no multiple of the patch', async () => {
    const inputs = [await inputOf('vit', 'checkpoint.pth')];
    expect(() => planConversion(inputs, { as: 'depth' })).toThrow(
      expect.objectContaining({ code: 'architecture-other' }),
    );
    expect(() => planConversion(inputs, { heads: 3, size: [70, 75] })).toThrow(
      expect.objectContaining({ code: 'input-size' }),
    );
  });
});
