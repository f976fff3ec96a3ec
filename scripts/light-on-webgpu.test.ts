import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planConversion } from '../src/networks/convert.ts';
import { costVolume } from '../src/networks/depthsplat/cost-volume.ts';
import { camerasOf } from '../src/networks/depthsplat/depthsplat.test-helper.ts';
import { depthsplatShapes } from '../src/networks/depthsplat/published-shapes.ts';
import { hasParity, loadParity } from '../src/networks/parity.test-helper.ts';
import { firstLargest } from '../src/networks/semi-dense/coarse-match.ts';
import { largestDifference } from '../src/networks/semi-dense/semi-dense.test-helper.ts';
import { strongest } from '../src/networks/xfeat/keypoints.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import { noise, runInNode, tensorOf } from '../src/onnx/run-in-node.test-helper.ts';
import { elementCount } from '../src/onnx/value.ts';
import { WebGpuOrt } from './node/webgpu-ort.test-helper.ts';

/** SwiftShader compiles every operator's shader on the CPU: minutes where the machine is busy. */
const TIMEOUT = 300_000;

const FAMILIES = ['eloftr', 'loftr', 'xfeat', 'tiny-roma'] as const;

describe.runIf([...FAMILIES, 'depthsplat-small-two-k'].every(hasParity))(
  'light matchers and DepthSplat on onnxruntime’s WebGPU provider',
  () => {
    let webgpu: WebGpuOrt;
    beforeAll(async () => {
      webgpu = await WebGpuOrt.open();
    }, TIMEOUT);
    afterAll(() => webgpu.close());

    it.each(FAMILIES)(
      '%s: no operator falls back to the CPU',
      async (family) => {
        const input = { name: 'checkpoint.pth', checkpoint: await loadParity(family).checkpoint('checkpoint.pth') };
        for (const { graph } of planConversion([input], { size: [160, 160] }).graphs)
          await (await webgpu.session(graph)).release();
      },
      TIMEOUT,
    );

    it(
      'LighterGlue: no operator of either graph falls back to the CPU; the decoder as on the processor',
      async () => {
        const parity = loadParity('xfeat');
        const inputs = [
          { name: 'lighterglue.pth', checkpoint: await parity.checkpoint('lighterglue.pth') },
          { name: 'checkpoint.pth', checkpoint: await parity.checkpoint('checkpoint.pth') },
        ];
        const { graphs } = planConversion(inputs, { size: [64, 64], keypoints: 64 });
        const [encoder, decoder] = graphs.map(({ graph }) => graph);
        await (await webgpu.session(encoder)).release();
        // The upper left square of a recorded photo; the encoder's convolutions run on the processor, as above.
        const square = (name: string): Float32Array => {
          const { shape, values } = parity.tensor(`a/${name}`);
          return Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => {
            const [c, y, x] = [Math.floor(i / 4096), Math.floor((i % 4096) / 64), i % 64];
            return values[(c * shape[2] + y) * shape[3] + x];
          });
        };
        const photos = [
          await runInNode(encoder, { image: square('image0') }),
          await runInNode(encoder, { image: square('image1') }),
        ];
        const feeds = Object.fromEntries(
          photos.flatMap((out, i) => Object.entries(out).map(([name, { values }]) => [`${'ab'[i]}_${name}`, values])),
        );
        const [own, wanted] = [
          await webgpu.run(await webgpu.session(decoder), feeds, decoder),
          await runInNode(decoder, feeds),
        ];
        expect(largestDifference(own.matches, wanted.matches.values)).toBeLessThan(1e-3);
        expect(largestDifference(own.warp, wanted.warp.values)).toBeLessThan(1e-3);
      },
      TIMEOUT,
    );

    it(
      'the strongest key points are found without an index of 64 bits',
      async () => {
        const values = noise(24 * 40, 5).map((value) => Math.max(0, value));
        const g = new GraphBuilder({ name: 'strongest' });
        const found = strongest(g, g.input('map', 'float32', [24, 40]), [24, 40], 50);
        for (const [name, value] of Object.entries(found)) g.output(name, value);
        const out = await webgpu.run(await webgpu.session(g), { map: values }, g);
        const limit = [...values].sort((p, q) => q - p)[50];
        const wanted = [...values.keys()].filter((i) => values[i] > limit);
        expect([...out.y].map((y, k) => 40 * y + out.x[k])).toEqual(wanted);
        expect([...out.score]).toEqual(wanted.map((i) => values[i]));
        expect([...out.isThere]).toEqual(new Array(50).fill(1));
      },
      TIMEOUT,
    );

    it(
      'the best cell is the first of the largest, either way',
      async () => {
        const values = noise(24 * 256, 3).map((value) => Math.round(8 * value));
        const g = new GraphBuilder({ name: 'largest' });
        const x = g.input('x', 'float32', [24, 256]);
        for (const axis of [0, 1] as const) g.output(`index${axis}`, firstLargest(g, x, axis).index);
        const out = await webgpu.run(await webgpu.session(g), { x: values }, g);
        const rows = Array.from({ length: 24 }, (_, r) => [...values.subarray(256 * r, 256 * (r + 1))]);
        expect([...out.index1]).toEqual(rows.map((row) => row.indexOf(Math.max(...row))));
        const columns = Array.from({ length: 256 }, (_, c) => rows.map((row) => row[c]));
        expect([...out.index0]).toEqual(columns.map((column) => column.indexOf(Math.max(...column))));
      },
      TIMEOUT,
    );

    it(
      'DepthSplat: no operator falls back to the CPU',
      async () => {
        // Two scales have every operator that one has; a narrow ViT has those of a wide one.
        const shapes = depthsplatShapes({ scales: 2, lowest: 4, vit: 'S', embedDim: 64, depth: 4, positions: 17 });
        const tensors = new Map(
          shapes.map(([name, shape]) => [name, tensorOf(name, shape, new Float32Array(elementCount(shape)))] as const),
        );
        const input = { name: 'x-ca7b6795.pth', checkpoint: { format: 'safetensors' as const, tensors, notes: [] } };
        for (const { graph } of planConversion([input], { size: [64, 64] }).graphs)
          await (await webgpu.session(graph)).release();
      },
      TIMEOUT,
    );

    it(
      'DepthSplat’s sweep: the costs of the recorded plane',
      async () => {
        const parity = loadParity('depthsplat-small-two-k');
        const features = parity.tensor('plane_features');
        const [far, near] = [1 / 100, 1 / 0.5];
        const steps = Array.from({ length: 256 }, (_, i) => far + ((i % 128) / 127) * (near - far));
        const g = new GraphBuilder({ name: 'sweep' });
        const cameras = { turn: g.input('turn', 'float32', [2, 3, 3]), shift: g.input('shift', 'float32', [2, 3, 1]) };
        const tried = g.constant(steps, 'float32', [2, 128, 1, 1]);
        const given = g.input('features', 'float32', features.shape);
        g.output('cost', costVolume(g, given, tried, 4, cameras, 'products'));
        const { turn, shift } = camerasOf(parity, 'target');
        const { cost } = await webgpu.run(await webgpu.session(g), { features: features.values, turn, shift }, g);
        const recorded = parity.tensor('plane_cost_target_k').values;
        const largest = recorded.reduce((most, value, i) => Math.max(most, Math.abs(value - cost[i])), 0);
        const rms = Math.sqrt(recorded.reduce((sum, value) => sum + value ** 2, 0) / recorded.length);
        expect(largest / rms).toBeLessThan(1e-3);
      },
      TIMEOUT,
    );
  },
);
