import { describe, expect, it } from 'vitest';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { parseSplatManifest } from '../../models/splat-manifest.ts';
import { countCost } from '../../onnx/cost.ts';
import { byteLength } from '../../onnx/value.ts';
import { describePlan, planConversion } from '../convert.ts';
import { ON_GPU } from '../gpu-operators.test-helper.ts';
import { hasParity } from '../parity.test-helper.ts';
import type { ConversionOptions } from '../plan.ts';
import type { NamedShape } from '../published-shapes.ts';
import { shapesOnly } from '../synthetic-weights.test-helper.ts';
import { caseShapes } from './depthsplat.test-helper.ts';
import type { Variant } from './published-shapes.ts';
import { depthsplatShapes, predictorShapes } from './published-shapes.ts';
import { RELEASES } from './releases.ts';

const MIB = 2 ** 20;
const SMALL: Variant = { scales: 1, lowest: 4, vit: 'S' };
const LIGHTNING = (shapes: readonly NamedShape[]) =>
  shapes.map(([name, shape]): NamedShape => [`encoder.${name}`, shape]);

function plan(shapes: readonly NamedShape[], name = 'file.pth', options: ConversionOptions = {}) {
  const checkpoint = { format: 'safetensors' as const, tensors: shapesOnly(shapes), notes: [] };
  return planConversion([{ name, checkpoint }], options);
}

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('shapes of the published files', () => {
  it.runIf(hasParity('depthsplat-small')).each<[string, Variant]>([
    ['small', SMALL],
    ['small-1-8-8', { ...SMALL, lowest: 8 }],
    ['base-2-2-4-vits', { scales: 2, lowest: 4, vit: 'S' }],
    ['base-2-4-8-vits', { scales: 2, lowest: 8, vit: 'S' }],
  ])('%s as recorded', (name, variant) => {
    const byName = (shapes: readonly NamedShape[]) => new Map(shapes.map(([key, shape]) => [key, shape.join()]));
    expect(byName(depthsplatShapes(variant))).toEqual(byName(caseShapes(`depthsplat-${name}`)));
  });

  it.each<[string, Variant, number, number]>([
    ['small', SMALL, 567, 38_346_416],
    ['small, fine', { ...SMALL, lowest: 8 }, 567, 38_404_880],
    ['base', { scales: 2, lowest: 4, vit: 'B' }, 751, 120_747_896],
    ['base, wide', { scales: 2, lowest: 8, vit: 'B' }, 751, 120_877_016],
    ['large', { scales: 2, lowest: 4, vit: 'L' }, 919, 354_337_760],
  ])('%s: tensors and parameters as published', (_, variant, tensors, parameters) => {
    const shapes = depthsplatShapes(variant);
    expect(shapes).toHaveLength(tensors);
    expect(shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(parameters);
  });
});

describe('a DepthSplat as published', () => {
  const FILES: [string, Variant, string, number?][] = [
    ['depthsplat-gs-small-re10k-256x256-view2-cfeab6b1.pth', SMALL, 'one scale', 308],
    ['depthsplat-gs-base-re10k-256x256-view2-ca7b6795.pth', { scales: 2, lowest: 4, vit: 'B' }, 'two scales', 646],
    ['depthsplat-gs-large-re10k-256x256-view2-e0f0f27a.pth', { scales: 2, lowest: 4, vit: 'L' }, 'two scales', 1109],
    ['depthsplat-gs-base-re10k-256x448-view2-fea94f65.pth', { scales: 2, lowest: 8, vit: 'B' }, 'two scales', 623],
    ['depthsplat-gs-small-re10kdl3dv-448x768-randview4-10-c08188db.pth', { ...SMALL, lowest: 8 }, 'one scale', 946],
    ['depthsplat-gs-base-re10kdl3dv-448x768-randview2-6-f8ddd845.pth', { scales: 2, lowest: 8, vit: 'B' }, 'two', 2074],
    ['depthsplat-depth-small-352x640-randview2-8-e807bd82.pth', { ...SMALL, lowest: 8, gaussians: false }, 'one scale'],
  ];

  it.each(FILES)('%s: fits the GPU, takes every tensor, costs what was counted', (name, variant, said, gflop) => {
    const shapes = variant.gaussians === false ? predictorShapes(variant) : LIGHTNING(depthsplatShapes(variant));
    const tensors = { format: 'safetensors' as const, tensors: shapesOnly(shapes), notes: [] };
    const planned = planConversion([{ name, checkpoint: tensors }]);
    const report = describePlan(planned, [{ name, checkpoint: tensors }]);
    expect(planned.family.name).toBe('depthsplat');
    expect(report.facts[0]).toContain(said);
    expect(report.warnings).toEqual([]);
    expect(report.unused).toEqual([]);
    for (const { file, graph } of planned.graphs) {
      const { largestTemporary } = countCost(graph);
      expect(largestTemporary.bytes / MIB, `${file}: ${largestTemporary.node}`).toBeLessThanOrEqual(128);
      for (const value of [...graph.inputs, ...graph.initializers.map((initializer) => initializer.value)])
        expect(byteLength(value) / MIB, `${file}: ${value.name}`).toBeLessThanOrEqual(128);
      expect(graph.nodes.map(({ opType }) => opType).filter((opType) => !ON_GPU.has(opType))).toEqual([]);
    }
    const counted = Object.values(report.costs).reduce((sum, { total }) => sum + total.flops, 0) / 1e9;
    // Ours counts what samples and adds as well.
    if (gflop) expect(counted / gflop, `${counted} GFLOP`).toBeGreaterThan(0.97);
    if (gflop) expect(counted / gflop, `${counted} GFLOP`).toBeLessThan(1.12);
  });

  it('has the same heads in half precision, and a size of one’s own', () => {
    const { graphs } = plan(depthsplatShapes(SMALL), 'x-cfeab6b1.pth', { precision: 'fp16', size: [256, 320] });
    expect(graphs[1].graph.outputs.map(({ value }) => value.shape)).toEqual([
      [2, 256, 320],
      [2, 1, 256, 320],
      [2, 37, 256, 320],
    ]);
    expect(codeOf(() => plan(depthsplatShapes(SMALL), 'x.pth', { size: [250, 256] }))).toBe('input-size');
    // Each full-size map of Large at 448×768 would be 176 MB.
    const large = depthsplatShapes({ scales: 2, lowest: 4, vit: 'L' });
    expect(codeOf(() => plan(large, 'x.pth', { size: [448, 768] }))).toBe('input-size');
  });

  it('tells releases by the hash in the name: warns where there is none, refuses March 2025', () => {
    const shapes = LIGHTNING(depthsplatShapes(SMALL));
    expect(plan(shapes, 'renamed.pth').warnings?.[0]).toContain('April 2025 is assumed');
    // A word of eight letters is not a hash, nor is a longer number's part.
    expect(plan(shapes, 'facade00-0cfeab6b12.pth').warnings).toHaveLength(1);
    for (const old of ['20f39ed8', 'f40abc4f'])
      expect(codeOf(() => plan(shapes, `depthsplat-gs-small-re10k-256x256-view2-${old}.pth`))).toBe(
        'depthsplat-superseded',
      );
    expect(Object.keys(RELEASES)).toHaveLength(9);
  });

  it('writes a manifest that its reader takes, and the reader names what is wrong', () => {
    const file = { file: 'features.onnx', bytes: 1, sha256: 'a'.repeat(64) };
    const files = new Map(['features', 'splats'].map((name) => [name, { ...file, file: `${name}.onnx` }]));
    const { manifest } = plan(LIGHTNING(depthsplatShapes({ ...SMALL, lowest: 8 })), 'x-c08188db.pth');
    const made = manifest(files);
    expect(parseSplatManifest(JSON.parse(JSON.stringify(made)), 'here')).toEqual(made);
    expect(made).toMatchObject({
      near: 0.5,
      far: 200,
      gaussians: { scaleMax: 0.1 },
      input: { width: 768, height: 448 },
    });
    expect(() => parseSplatManifest({ ...made, near: 300 }, 'here')).toThrow('near');
    expect(() => parseSplatManifest({ ...made, splats: { ...file, file: '../x' } }, 'here')).toThrow('splats.file');
    const { manifest: alone } = plan(predictorShapes({ ...SMALL, lowest: 8 }), 'x-e807bd82.pth');
    expect(alone(files)).toMatchObject({ gaussians: null });
  });
});

describe('DepthSplats in other files', () => {
  const TINY = { embedDim: 64, depth: 4, positions: 17 } as const;

  it('a state dict inside other names is found, and another network is not taken for one', () => {
    const shapes = depthsplatShapes({ ...SMALL, ...TINY }).map(([name, shape]): NamedShape => [`a.b.${name}`, shape]);
    expect(plan(shapes, 'x.pth', { size: [64, 64] }).family.name).toBe('depthsplat');
    const without = new Map(
      [...shapesOnly(predictorShapes({ ...SMALL, ...TINY }))].filter(([name]) => !name.startsWith('regressor.')),
    ) as ReadonlyMap<string, CheckpointTensor>;
    const checkpoint = { format: 'safetensors' as const, tensors: without, notes: [] };
    expect(planConversion([{ name: 'x', checkpoint }], { size: [56, 56] }).family.name).not.toBe('depthsplat');
  });
});
