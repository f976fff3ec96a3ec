import { acceptSharedMemory } from './node/webgpu-ort.test-helper.ts';
import * as ort from 'onnxruntime-web/webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildDecoder,
  buildEncoder,
  buildFineDecoder,
  buildFineEncoder,
  coarseMatch,
  patchFeatures,
  project,
} from '../src/networks/roma/matcher.ts';
import type { LoadedMatcher } from '../src/networks/roma/matcher.test-helper.ts';
import { loadMatcher } from '../src/networks/roma/matcher.test-helper.ts';
import type { ParityCase } from '../src/networks/parity.test-helper.ts';
import { hasParity, imageNetNormalised, loadParity, relativeError } from '../src/networks/parity.test-helper.ts';
import { planConversion } from '../src/networks/convert.ts';
import { TestGpu } from '../src/platform/gpu/testing/dawn.ts';
import { encodeModel } from '../src/onnx/encode.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import { collectData } from '../src/onnx/run-in-node.test-helper.ts';
import { elementCount } from '../src/onnx/value.ts';

/** SwiftShader compiles every operator's shader on the CPU: minutes where the machine is busy. */
const TIMEOUT = 300_000;

/** A session made so refuses a graph with an operator that would run on the CPU. */
const ON_GPU_ALONE = { session: { disable_cpu_ep_fallback: '1' } };

describe.runIf(hasParity('matcher'))('converted networks on onnxruntime’s WebGPU provider', () => {
  let gpu: TestGpu;
  let parity: ParityCase;
  let matcher: LoadedMatcher;

  beforeAll(async () => {
    gpu = await TestGpu.open();
    // What the runtime expects of a browser, on Dawn in Node.
    Object.defineProperty(globalThis, 'navigator', {
      value: { gpu: gpu.instance, userAgent: 'node' },
      configurable: true,
    });
    acceptSharedMemory(gpu.device.queue);
    ort.env.wasm.numThreads = 1;
    parity = loadParity('matcher');
    // One solver block: every further size would be one more set of shaders.
    matcher = await loadMatcher(parity);
    matcher = { ...matcher, config: { ...matcher.config, gp: { blockSize: 64 } } };
  }, TIMEOUT);

  afterAll(() => gpu.close());

  async function open(g: GraphBuilder): Promise<ort.InferenceSession> {
    const model = await encodeModel(g, 'weights.data');
    const externalData = [...(await collectData(model))].map(([path, data]) => ({ path, data }));
    const executionProviders = [{ name: 'webgpu', device: gpu.device } as never];
    return ort.InferenceSession.create(model.graph, {
      executionProviders,
      externalData,
      extra: ON_GPU_ALONE,
      logSeverityLevel: 4,
    });
  }

  async function run(
    session: ort.InferenceSession,
    feeds: Record<string, Float32Array>,
    g: GraphBuilder,
  ): Promise<Record<string, Float32Array>> {
    const tensors = g.inputs.map(({ name, shape }) => [name, new ort.Tensor('float32', feeds[name], shape)] as const);
    const outputs = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  it(
    'no operator of the matcher’s four graphs falls back to the CPU',
    async () => {
      const { config, weights } = matcher;
      const builds: ((g: GraphBuilder) => void)[] = [
        (g) => buildEncoder(g, weights(), config, [112, 112]),
        (g) => buildDecoder(g, weights(), config, [112, 112]),
        (g) => buildFineEncoder(g, weights(), config, [224, 224]),
        (g) => buildFineDecoder(g, weights(), config, [112, 112], [224, 224]),
      ];
      for (const build of builds) {
        const g = new GraphBuilder({ name: 'placed' });
        build(g);
        await (await open(g)).release();
      }
      // The check itself works: onnxruntime has no Round on the GPU.
      const g = new GraphBuilder({ name: 'misplaced' });
      const x = g.input('x', 'float32', [4]);
      g.output('y', g.node('Round', [x], x));
      await expect(open(g)).rejects.toThrow(/fallback to CPU EP/);
    },
    TIMEOUT,
  );

  it(
    'ViT and coarse decoder agree with the recorded outputs to 1e-4',
    async () => {
      const { config, weights } = matcher;
      const encoder = new GraphBuilder({ name: 'vit' });
      const { shape } = parity.tensor('image_a_coarse');
      const tokens = patchFeatures(encoder, weights().vit, config, encoder.input('image', 'float32', shape));
      encoder.output('features_16', tokens);
      encoder.output('f16', project(encoder, weights().matcher, config, 16, tokens));
      const encoderSession = await open(encoder);
      const a = await run(encoderSession, { image: parity.tensor('image_a_coarse').values }, encoder);
      const b = await run(encoderSession, { image: parity.tensor('image_b_coarse').values }, encoder);
      expect(relativeError(a.features_16, firstHalf(parity, 'features_16'))).toBeLessThan(1e-4);

      const decoder = new GraphBuilder({ name: 'coarse' });
      const input = (name: string) => decoder.input(name, 'float32', [1, 32, 8, 8]);
      const pair = { a: input('a'), b: input('b') };
      const { logit } = coarseMatch(decoder, weights().matcher.at('decoder'), config, pair, (name, value) => {
        if (name === 'coarse_logits') decoder.output(name, value);
      });
      decoder.output('coarse_certainty', logit);
      const out = await run(await open(decoder), { a: a.f16, b: b.f16 }, decoder);
      const classes = elementCount(parity.tensor('coarse_logits').shape) / 2 / 64;
      const asMap = out.coarse_logits.map((_, i) => out.coarse_logits[(i % 64) * classes + Math.floor(i / 64)]);
      expect(relativeError(asMap, firstHalf(parity, 'coarse_logits'))).toBeLessThan(1e-4);
      expect(relativeError(out.coarse_certainty, firstHalf(parity, 'coarse_certainty'))).toBeLessThan(1e-4);
    },
    TIMEOUT,
  );

  it.runIf(hasParity('dinov3') && hasParity('romav2'))(
    'DINOv3 agrees with the recorded outputs to 1e-5; nothing of it or of RoMa v2 falls back to the CPU',
    async () => {
      const dinov3 = loadParity('dinov3');
      const image = dinov3.tensor('image_48x80');
      const input = { name: 'dinov3.pth', checkpoint: await dinov3.checkpoint('checkpoint.pth') };
      const [{ graph }] = planConversion([input], { size: [48, 80] }).graphs;
      const out = await run(await open(graph), { image: imageNetNormalised(image) }, graph);
      // Rotary positions are an operator of their own, which no other network here has.
      expect(graph.nodes.some(({ opType }) => opType === 'RotaryEmbedding')).toBe(true);
      expect(relativeError(out.patch_tokens, dinov3.tensor('patch_tokens_48x80').values)).toBeLessThan(1e-5);
      const romav2 = { name: 'romav2.pt', checkpoint: await loadParity('romav2').checkpoint('checkpoint.pt') };
      for (const planned of planConversion([romav2], { size: [64, 64], fineSize: [96, 96] }).graphs)
        await (await open(planned.graph)).release();
    },
    TIMEOUT,
  );
});

/** The direction from A to B of a tensor recorded for both. */
function firstHalf(parity: ParityCase, name: string): Float32Array {
  const { values } = parity.tensor(name);
  return values.subarray(0, values.length / 2);
}
