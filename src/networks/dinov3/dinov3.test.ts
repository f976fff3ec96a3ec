import { describe, expect, it } from 'vitest';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, imageNetNormalised, loadParity, relativeError } from '../parity.test-helper.ts';
import { Weights } from '../weights.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { PrecisionName } from '../../onnx/precision.ts';
import { PRECISIONS } from '../../onnx/precision.ts';
import { collectData, runInNode, tensorOf } from '../../onnx/run-in-node.test-helper.ts';
import { runInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { dinov3Layers } from './graph.ts';
import { exactPeriods, ropeGrid, toFloat } from './rope.ts';
import { canonicalDinov3, findDinov3, readDinov3Config } from './state-dict.ts';

type Tensors = ReadonlyMap<string, CheckpointTensor>;

const TOLERANCE = 1e-5;
const CASES = ['dinov3', 'dinov3-hf', 'dinov3-timm', 'dinov3-swiglu'];
const AVAILABLE = CASES.filter(hasParity).length === CASES.length;

/** Every file of the four cases, and what its recorded outputs are called. */
const FILES = [
  ['dinov3', 'checkpoint.pth', '', ['64x64', '48x80', '112x96']],
  ['dinov3-hf', 'model.safetensors', '', ['64x64', '48x80', '112x96']],
  ['dinov3-timm', 'model-qkvb.safetensors', '', ['64x64', '48x80', '112x96']],
  ['dinov3-timm', 'model.safetensors', 'plain_', ['64x64', '48x80', '112x96']],
  ['dinov3-swiglu', 'checkpoint.pth', '', ['64x64', '48x80']],
  ['dinov3-swiglu', 'model-hf.safetensors', 'exact_', ['64x64', '48x80']],
  ['dinov3-swiglu', 'model-timm.safetensors', 'exact_', ['64x64', '48x80']],
] as const;

function build(tensors: Tensors, shape: readonly number[], precision: PrecisionName = 'fp32') {
  const { naming, prefix } = findDinov3(tensors)[0];
  const weights = Weights.of(tensors, prefix);
  const config = readDinov3Config(weights, naming);
  const g = new GraphBuilder({ name: 'dinov3', precision: PRECISIONS[precision] });
  const layers = Array.from({ length: config.depth }, (_, i) => i);
  const outputs = dinov3Layers(
    g,
    canonicalDinov3(weights, naming, config),
    config,
    g.input('image', 'float32', shape),
    layers,
  );
  for (const [i, { patchTokens }] of outputs.slice(0, -1).entries()) g.output(`layer_${i}_patch_tokens`, patchTokens);
  const { patchTokens, clsToken, registerTokens } = outputs[outputs.length - 1];
  g.output('patch_tokens', patchTokens);
  g.output('cls_token', clsToken);
  g.output('storage_tokens', registerTokens);
  return { g, config, naming, weights };
}

async function tokensOf(parity: ParityCase, tensors: Tensors, size: string): Promise<Float32Array> {
  const image = parity.tensor(`image_${size}`);
  const { g } = build(tensors, image.shape);
  return (await runInNode(g, { image: imageNetNormalised(image) })).patch_tokens.values;
}

/** All bytes of the model that a file becomes. */
async function bytesOf(tensors: Tensors): Promise<Buffer> {
  const model = await encodeModel(build(tensors, [1, 3, 48, 80]).g, 'weights.data');
  return Buffer.concat([model.graph, ...(await collectData(model)).values()]);
}

const without = (tensors: Tensors, ...names: string[]): Tensors =>
  new Map([...tensors].filter(([name]) => !names.some((end) => name.endsWith(end))));

describe.runIf(AVAILABLE)('DINOv3 from a published checkpoint’s state dict', () => {
  const load = async (name: string, file: string) => {
    const parity = loadParity(name);
    return { parity, tensors: (await parity.checkpoint(file)).tensors };
  };

  it.each(FILES.flatMap(([name, file, prefix, sizes]) => sizes.map((size) => [name, file, size, prefix] as const)))(
    '%s/%s at %s: every recorded tensor within 1e-5',
    async (name, file, size, prefix) => {
      const { parity, tensors } = await load(name, file);
      const image = parity.tensor(`image_${size}`);
      const { g } = build(tensors, image.shape);
      const out = await runInNode(g, { image: imageNetNormalised(image) });
      const recorded = parity.names.filter((tensor) => {
        const [output] = tensor.slice(prefix.length).split(`_${size}`);
        return tensor === `${prefix}${output}_${size}` && output in out;
      });
      expect(recorded.length).toBeGreaterThanOrEqual(2);
      for (const tensor of recorded) {
        const { values } = out[tensor.slice(prefix.length, -size.length - 1)];
        expect(relativeError(values, parity.tensor(tensor).values), tensor).toBeLessThan(TOLERANCE);
      }
    },
  );

  it('reads sizes, heads and the kind of feed-forward from shapes', async () => {
    const shape = [1, 3, 64, 64];
    const official = await load('dinov3-swiglu', 'checkpoint.pth');
    const { config, weights } = build(official.tensors, shape);
    expect(config).toEqual({
      embedDim: 128,
      heads: 2,
      patch: 16,
      registers: 4,
      depth: 3,
      feedForward: 'swiglu',
      hiddenDim: 512,
      layerScale: true,
      ownPeriods: true,
    });
    expect(weights.unused()).toEqual(['mask_token', 'local_cls_norm.weight', 'local_cls_norm.bias']);
    const plain = await load('dinov3-timm', 'model.safetensors');
    expect(build(plain.tensors, shape).config).toMatchObject({ feedForward: 'mlp', ownPeriods: false, heads: 2 });
    expect(build(plain.tensors, shape).weights.unused()).toEqual([]);
  });

  it('takes a wrapped network, and the names that transformers 5 has in memory', async () => {
    const { parity, tensors } = await load('dinov3-hf', 'model.safetensors');
    const renamed = new Map(
      [...tensors].map(([name, tensor]) => [`net.${name.replace(/^layer\./, 'model.layer.')}`, tensor]),
    );
    expect(await tokensOf(parity, renamed, '48x80')).toEqual(await tokensOf(parity, tensors, '48x80'));
  });

  it.each(['dinov3', 'dinov3-swiglu'])(
    '%s: the same weights under three namings become the same bytes',
    async (name) => {
      const official = (await load(name, 'checkpoint.pth')).tensors;
      const [hf, timm] =
        name === 'dinov3'
          ? [await load('dinov3-hf', 'model.safetensors'), await load('dinov3-timm', 'model-qkvb.safetensors')]
          : [await load(name, 'model-hf.safetensors'), await load(name, 'model-timm.safetensors')];
      const bytes = await bytesOf(hf.tensors);
      expect((await bytesOf(timm.tensors)).equals(bytes)).toBe(true);
      // Meta's files hold rounded periods, and with them are another network.
      expect((await bytesOf(without(official, 'rope_embed.periods'))).equals(bytes)).toBe(true);
      expect((await bytesOf(official)).equals(bytes)).toBe(false);
    },
  );

  it.each<[PrecisionName, number]>([
    ['fp16', 0.999],
    ['q8', 0.99],
    ['q4', 0.9],
  ])('in %s: cosine at least %f', async (precision, least) => {
    for (const [name, file, prefix] of FILES) {
      const { parity, tensors } = await load(name, file);
      const image = parity.tensor('image_48x80');
      const { g } = build(tensors, image.shape, precision);
      const out = await runInNode(g, { image: imageNetNormalised(image) });
      for (const output of ['patch_tokens', 'cls_token'])
        expect(cosine(out[output].values, parity.tensor(`${prefix}${output}_48x80`).values), file).toBeGreaterThan(
          least,
        );
    }
  });

  it('runs on the WASM provider that the page uses', async () => {
    const { parity, tensors } = await load('dinov3', 'checkpoint.pth');
    const image = parity.tensor('image_48x80');
    const out = await runInWasm(build(tensors, image.shape).g, { image: imageNetNormalised(image) });
    expect(relativeError(out.patch_tokens.values, parity.tensor('patch_tokens_48x80').values)).toBeLessThan(TOLERANCE);
  });

  describe('what would go wrong unnoticed', () => {
    it('the file’s rounded periods count: computed ones are off by 7e-4 and more', async () => {
      const { parity, tensors } = await load('dinov3', 'checkpoint.pth');
      for (const size of ['64x64', '48x80', '112x96']) {
        const exact = await tokensOf(parity, without(tensors, 'rope_embed.periods'), size);
        expect(relativeError(exact, parity.tensor(`patch_tokens_${size}`).values)).toBeGreaterThan(5e-4);
      }
    });

    it('the keys’ bias is masked, and a NaN under the mask does no harm', async () => {
      const { parity, tensors } = await load('dinov3', 'checkpoint.pth');
      const expected = parity.tensor('patch_tokens_48x80').values;
      const unmasked = await tokensOf(parity, without(tensors, 'bias_mask'), '48x80');
      expect(relativeError(unmasked, expected)).toBeGreaterThan(1e-2);
      const poisoned = new Map(tensors);
      for (const [name, tensor] of tensors) {
        if (!name.endsWith('attn.qkv.bias')) continue;
        const values = await tensor.readFloat32();
        poisoned.set(name, tensorOf(name, tensor.shape, values.fill(NaN, values.length / 3, (2 * values.length) / 3)));
      }
      expect(relativeError(await tokensOf(parity, poisoned, '48x80'), expected)).toBeLessThan(TOLERANCE);
    });

    it('class and register tokens are not turned, rows come before columns', async () => {
      const parity = loadParity('dinov3');
      const { tensors } = await parity.checkpoint('checkpoint.pth');
      const periods = await tensors.get('rope_embed.periods')!.readFloat32();
      const tables = ropeGrid([3, 5], periods, toFloat, 5);
      for (const kind of ['cos', 'sin'] as const) {
        expect([...new Set(tables[kind].subarray(0, 5 * 32))]).toEqual([kind === 'cos' ? 1 : 0]);
        const recorded = parity.tensor(`rope_${kind}_48x80`).values;
        // Recorded over the head's 64 channels, which are the 32 angles twice.
        const half = Float32Array.from({ length: 15 * 32 }, (_, i) => recorded[Math.floor(i / 32) * 64 + (i % 32)]);
        expect(relativeError(tables[kind].slice(5 * 32), half)).toBeLessThan(1e-6);
      }
    });
  });
});

describe('findDinov3', () => {
  const names = (...list: string[]): Tensors => new Map(list.map((name) => [name, tensorOf(name, [1], [0])]));

  it('takes no DINOv2 for a DINOv3, whoever named it', () => {
    const dinov2 = names('patch_embed.proj.weight', 'cls_token', 'register_tokens', 'pos_embed', 'norm.weight');
    const timm = names(
      'patch_embed.proj.weight',
      'cls_token',
      'reg_token',
      'pos_embed',
      'norm.weight',
      'blocks.0.ls1.gamma',
    );
    const evaClip = names(
      'patch_embed.proj.weight',
      'cls_token',
      'reg_token',
      'pos_embed',
      'norm.weight',
      'blocks.0.gamma_1',
    );
    for (const tensors of [dinov2, timm, evaClip]) expect(findDinov3(tensors)).toEqual([]);
  });

  it('asks for the heads where neither periods nor 64 channels a head tell them', () => {
    const tensors = new Map([
      ['patch_embed.proj.weight', tensorOf('patch_embed.proj.weight', [100, 3, 16, 16], new Float32Array(76800))],
      ['storage_tokens', tensorOf('storage_tokens', [1, 4, 100], new Float32Array(400))],
    ]);
    expect(() => readDinov3Config(Weights.of(tensors), 'official')).toThrow(
      expect.objectContaining({ code: 'vit-heads' }),
    );
  });

  it('periods are 100^(j / 16), largest last', () => {
    expect([...exactPeriods(16)].map((value) => Math.round(value * 100) / 100).slice(0, 3)).toEqual([1, 1.33, 1.78]);
  });
});
