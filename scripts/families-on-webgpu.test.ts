import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planConversion } from '../src/networks/convert.ts';
import { readEloftrConfig } from '../src/networks/eloftr/config.ts';
import { weightsOf } from '../src/networks/eloftr/eloftr.test-helper.ts';
import { buildDecoder, buildEncoder } from '../src/networks/eloftr/matcher.ts';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import {
  largestDifference,
  ownMatches,
  relativeDifference,
  rgb,
} from '../src/networks/semi-dense/semi-dense.test-helper.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import { runInNode } from '../src/onnx/run-in-node.test-helper.ts';
import type { ConversionOptions } from '../src/networks/plan.ts';
import type { MatcherManifest } from '../src/models/manifest.ts';
import { WebGpuOrt } from './node/webgpu-ort.test-helper.ts';

/**
 * Every family's graphs on onnxruntime's WebGPU provider against its CPU provider, on SwiftShader. Its shaders are compiled on
 * the CPU, twenty minutes in all, so that the suite runs one network of each kind of graph alone (converted-on-webgpu,
 * light-on-webgpu) and this is run by hand: `ALL_FAMILIES=1 npx vitest run scripts/families-on-webgpu.test.ts`.
 */
const isAsked = Boolean(process.env.ALL_FAMILIES);
const TIMEOUT = 1_200_000;

const FAMILIES: Record<string, { files: [string, string][]; options: ConversionOptions }> = {
  dinov3: { files: [['dinov3', 'checkpoint.pth']], options: { size: [48, 48] } },
  romav2: { files: [['romav2', 'checkpoint.pt']], options: { size: [64, 64], fineSize: null } },
  eloftr: { files: [['eloftr', 'checkpoint.pth']], options: { size: [64, 64] } },
  loftr: { files: [['loftr', 'checkpoint.pth']], options: { size: [64, 64] } },
  'tiny-roma': { files: [['tiny-roma', 'checkpoint.pth']], options: { size: [96, 96] } },
  xfeat: { files: [['xfeat', 'checkpoint.pth']], options: { size: [96, 96] } },
  'xfeat-sparse': { files: [['xfeat', 'checkpoint.pth']], options: { size: [96, 96], keypoints: 128 } },
  lighterglue: {
    files: [
      ['xfeat', 'lighterglue.pth'],
      ['xfeat', 'checkpoint.pth'],
    ],
    options: { size: [96, 96], keypoints: 128 },
  },
};

/** A smooth texture without repetitions, moved by some pixels. */
function texture(side: number, moved: number): Float32Array {
  return Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, y, x] = [Math.floor(i / side ** 2), Math.floor((i % side ** 2) / side), (i % side) + moved];
    const wave = (a: number, b: number, s: number) => Math.sin((a * x + b * y) / s + c);
    return 0.5 + 0.12 * (wave(1, 0.3, 4.1) + wave(-0.4, 1, 5.7) + wave(0.8, 0.9, 2.3) + wave(0.1, -1.2, 9.9));
  });
}

describe.runIf(isAsked && hasParity('xfeat'))('every family on onnxruntime’s WebGPU provider', () => {
  let webgpu: WebGpuOrt;
  beforeAll(async () => {
    webgpu = await WebGpuOrt.open();
  }, TIMEOUT);
  afterAll(() => webgpu.close());

  it.each(Object.entries(FAMILIES))(
    '%s: as on the CPU',
    async (as, { files, options }) => {
      const inputs = await Promise.all(
        files.map(async ([folder, name]) => ({ name, checkpoint: await loadParity(folder).checkpoint(name) })),
      );
      const plan = planConversion(inputs, { ...options, as });
      const graphs = new Map(plan.graphs.map(({ file, graph }) => [file, graph]));
      const both = async (file: string, feeds: Record<string, Float32Array>) => {
        const graph = graphs.get(file)!;
        const wanted = await runInNode(graph, feeds);
        const session = await webgpu.session(graph);
        const own = await webgpu.run(session, feeds, graph);
        await session.release();
        for (const [name, { values }] of Object.entries(wanted)) {
          const apart = relativeDifference(own[name], values);
          console.log(`${as} ${file} ${name}: ${apart.toExponential(1)}`);
          expect(apart, `${file} ${name}`).toBeLessThan(name === 'precision' ? 1e-2 : 1e-3);
        }
        return wanted;
      };
      const [side] = options.size!;
      if (!graphs.has('decoder')) {
        const [[file, graph]] = graphs;
        return void (await both(file, { [graph.inputs[0].name]: texture(side, 0) }));
      }
      const place = { file: '', bytes: 0, sha256: '' };
      const manifest = plan.manifest(new Map([...graphs.keys()].map((file) => [file, place]))) as MatcherManifest;
      const { encoder, decoder } = manifest.passes[0];
      // The second photo's encoding is the same graph: it is run on the CPU alone.
      const a = await both('encoder', { [encoder.input]: texture(side, 0) });
      const b = await runInNode(graphs.get('encoder')!, { [encoder.input]: texture(side, 5) });
      const sources = { a, b };
      const feeds = Object.entries(decoder.inputs).map(([input, source]) => {
        const [photo, name] = source.split('.') as ['a' | 'b', string];
        return [input, sources[photo][name].values] as const;
      });
      await both('decoder', Object.fromEntries(feeds));
    },
    TIMEOUT,
  );

  it(
    'EfficientLoFTR’s decoder: the recorded matches, index for index',
    async () => {
      const parity = loadParity('eloftr');
      const weights = weightsOf(await parity.checkpoint('checkpoint-deploy.pth'));
      const size = [64, 96] as const;
      // The encoder is convolutions alone, which other networks run here; every new shape is a shader to compile.
      const encoder = new GraphBuilder({ name: 'encoder' });
      buildEncoder(encoder, weights.again(), size);
      const [a, b] = [
        await runInNode(encoder, { image: rgb(parity.tensor('a/image0').values) }),
        await runInNode(encoder, { image: rgb(parity.tensor('a/image1').values) }),
      ];
      const decoder = new GraphBuilder({ name: 'decoder' });
      buildDecoder(decoder, weights.again(), readEloftrConfig(weights), { a: size, b: size });
      const feeds = Object.fromEntries(
        Object.keys(a).flatMap((name) => [
          [`a_${name}`, a[name].values],
          [`b_${name}`, b[name].values],
        ]),
      );
      const { matches } = await webgpu.run(await webgpu.session(decoder), feeds, decoder);
      const own = ownMatches({ shape: [1, 6, 8, 12], type: 'float32', values: matches });
      expect(own.i).toEqual([...parity.tensor('a/i_ids').values]);
      expect(own.a).toEqual([...parity.tensor('a/mkpts0_f').values]);
      expect(largestDifference(own.b, parity.tensor('a/mkpts1_f').values)).toBeLessThan(1e-3);
      expect(largestDifference(own.confidence, parity.tensor('a/mconf').values)).toBeLessThan(1e-4);
    },
    TIMEOUT,
  );
});
