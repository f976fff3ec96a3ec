import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countCost } from '../onnx/cost.ts';
import type { PrecisionName } from '../onnx/precision.ts';
import { byteLength } from '../onnx/value.ts';
import { planConversion } from './convert.ts';
import { DINOV3_SIZES, dinov3Shapes, timmDinov3Shapes } from './dinov3/published-shapes.ts';
import { ON_GPU } from './gpu-operators.test-helper.ts';
import type { ConversionOptions, ConversionPlan } from './plan.ts';
import type { NamedShape } from './published-shapes.ts';
import { shapesOnly } from './synthetic-weights.test-helper.ts';
import { isBfloat16, romav2Shapes } from './romav2/published-shapes.ts';

const MIB = 2 ** 20;
const KEYS = fileURLToPath(new URL('../../../shared/design/networks/keys-romav2.txt', import.meta.url));

function planOf(shapes: readonly NamedShape[], options: ConversionOptions): ConversionPlan {
  const checkpoint = { format: 'safetensors' as const, tensors: shapesOnly(shapes), notes: [] };
  return planConversion([{ name: 'published.pt', checkpoint }], options);
}

/** No buffer above what every WebGPU device can bind, no operator that would run on the CPU. */
function expectFitsGpu({ graphs }: ConversionPlan): void {
  for (const { file, graph } of graphs) {
    const { largestTemporary } = countCost(graph);
    expect(largestTemporary.bytes / MIB, `${file}: ${largestTemporary.node}`).toBeLessThanOrEqual(128);
    for (const { value } of graph.initializers)
      expect(byteLength(value) / MIB, `${file}: ${value.name}`).toBeLessThanOrEqual(128);
    for (const input of graph.inputs) expect(byteLength(input) / MIB, input.name).toBeLessThanOrEqual(128);
    expect(graph.nodes.map(({ opType }) => opType).filter((opType) => !ON_GPU.has(opType))).toEqual([]);
    // Integers would send an operator to the CPU in the middle of the graph.
    expect(graph.nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => dtype === 'int64')).toEqual([]);
  }
}

const flopsOf = ({ graphs }: ConversionPlan): number[] => graphs.map(({ graph }) => countCost(graph).total.flops / 1e9);

describe('RoMa v2 at its published size', () => {
  it.runIf(existsSync(KEYS))('has the names, shapes and order of the file', () => {
    const lines = readFileSync(KEYS, 'utf8').split('\n');
    const listed = lines.filter((line) => line !== '' && !line.startsWith('#'));
    const dtypeOf = (name: string): string => {
      if (isBfloat16(name)) return 'bfloat16';
      return name.endsWith('num_batches_tracked') || name === 'matcher.scale' ? 'int64' : 'float32';
    };
    expect(romav2Shapes().map(([name, shape]) => `${name} ${dtypeOf(name)} [${shape.join(', ')}]`)).toEqual(listed);
  });

  it.each<[string, number, PrecisionName]>([
    ['turbo', 320, 'fp32'],
    ['fast', 512, 'fp32'],
    ['base', 640, 'fp32'],
    ['base', 640, 'fp16'],
    ['base', 640, 'q8'],
  ])('%s, %i px in %s: every buffer within 128 MiB, only operators of the GPU', (_, side, precision) => {
    expectFitsGpu(planOf(romav2Shapes(), { size: [side, side], precision }));
  });

  it('base costs what the notes counted, of both photos and one direction', () => {
    const [encoder, decoder] = flopsOf(planOf(romav2Shapes(), { size: [640, 640] }));
    expect((2 * encoder + decoder) / 3563).toBeGreaterThan(0.97);
    expect((2 * encoder + decoder) / 3563).toBeLessThan(1.05);
  });

  it('takes all of the file but the descriptor’s last six blocks', () => {
    const { weights } = planOf(romav2Shapes(), { size: [320, 320] });
    const unused = weights[0].unused();
    expect(unused.filter((name) => !/^f\.blocks\.(18|19|2[0-3])\./.test(name))).toEqual(['f.mask_token']);
  });
});

describe('DINOv3 at its published sizes', () => {
  const GFLOP = { S: 64, 'S+': 78, B: 215, L: 727, 'H+': 1902 };
  const MILLIONS = { S: 21.6, 'S+': 28.7, B: 85.7, L: 303.1, 'H+': 840.6 };

  it.each(Object.entries(DINOV3_SIZES))(
    '%s at 512 px: fits the GPU, parameters and cost as published',
    (name, size) => {
      const size512: ConversionOptions = { size: [512, 512] };
      const official = planOf(dinov3Shapes(size), size512);
      expectFitsGpu(official);
      expectFitsGpu(planOf(timmDinov3Shapes(size), { ...size512, precision: 'fp16' }));
      expect(official.facts[0]).toContain(`DINOv3 ViT-${name}/16`);
      const key = name as keyof typeof GFLOP;
      expect(flopsOf(official)[0] / GFLOP[key]).toBeCloseTo(1, 1);
      const elements = timmDinov3Shapes(size).reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
      expect(elements / 1e6).toBeCloseTo(MILLIONS[key], 0);
    },
  );
});
