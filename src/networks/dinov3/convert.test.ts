import { describe, expect, it } from 'vitest';
import { parseNetworkManifest } from '../../models/network-manifest.ts';
import { MemorySink } from '../../core/byte-sink.ts';
import { noise, runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { convertModel, planConversion } from '../convert.ts';
import { shapesOnly } from '../synthetic-weights.test-helper.ts';
import { DINOV3_SIZES, dinov3Shapes } from './published-shapes.ts';
import { hasParity, loadParity, relativeError } from '../parity.test-helper.ts';

const inputOf = async (name: string, file: string) => ({
  name: file,
  checkpoint: await loadParity(name).checkpoint(file),
});

describe.runIf(hasParity('dinov3') && hasParity('dinov3-timm') && hasParity('dinov3-swiglu'))(
  'converting a DINOv3',
  () => {
    it('a manifest that the Compare page accepts: patches of 16, the size by default a multiple', async () => {
      const sinks = new Map<string, MemorySink>();
      const folder = {
        open: async (file: string) => {
          sinks.set(file, new MemorySink());
          return sinks.get(file)!;
        },
      };
      const { manifest, report } = await convertModel([await inputOf('dinov3-timm', 'model.safetensors')], folder);
      expect(parseNetworkManifest(manifest, 'manifest.json')).toMatchObject({
        kind: 'encoder',
        input: { width: 512, height: 512, mean: [0.485, 0.456, 0.406] },
        patch: 16,
        rows: 32,
        columns: 32,
        channels: 128,
      });
      expect(report.facts[0]).toContain('in the names of timm');
      expect(report.unused).toEqual([]);
      expect(report.warnings).toEqual([]);
    });

    it.each([
      ['dinov3', 'checkpoint.pth', 1e-5],
      ['vit-3dpov', 'checkpoint.pth', 1e-6],
    ])('%s: raw tokens are those that the final norm makes the usual ones of', async (name, file, epsilon) => {
      const inputs = [await inputOf(name, file)];
      const run = async (tokens: 'normed' | 'raw') => {
        const side = name === 'dinov3' ? 64 : 70;
        const plan = planConversion(inputs, { size: [side, side], tokens });
        const out = await runInNode(plan.graphs[0].graph, { image: noise(3 * side * side, 5) });
        return { values: out.patch_tokens.values, facts: plan.facts };
      };
      const [normed, raw] = [await run('normed'), await run('raw')];
      expect(raw.facts).toContain('Tokens before the final norm');
      const { tensors } = inputs[0].checkpoint;
      const prefix = name === 'dinov3' ? '' : 'feature_extractor.model.';
      const [gain, shift] = await Promise.all(
        ['weight', 'bias'].map((kind) => tensors.get(`${prefix}norm.${kind}`)!.readFloat32()),
      );
      const channels = gain.length;
      const expected = raw.values.map((value, i) => {
        const token = raw.values.subarray(i - (i % channels), i - (i % channels) + channels);
        const mean = token.reduce((sum, entry) => sum + entry, 0) / channels;
        const variance = token.reduce((sum, entry) => sum + (entry - mean) ** 2, 0) / channels;
        return ((value - mean) / Math.sqrt(variance + epsilon)) * gain[i % channels] + shift[i % channels];
      });
      expect(relativeError(normed.values, expected)).toBeLessThan(1e-5);
      expect(relativeError(raw.values, normed.values)).toBeGreaterThan(0.1);
    });

    it('another size, satellite statistics, and a size that is no multiple of 16', async () => {
      const inputs = [await inputOf('dinov3-swiglu', 'model-hf.safetensors')];
      const plan = planConversion(inputs, { size: [48, 80], normalise: 'satellite' });
      expect(plan.manifest(new Map())).toMatchObject({ rows: 3, columns: 5, input: { mean: [0.43, 0.411, 0.296] } });
      expect(plan.facts[0]).toContain('SwiGLU of 512');
      expect(() => planConversion(inputs, { size: [518, 518] })).toThrow(
        expect.objectContaining({ code: 'input-size' }),
      );
    });
  },
);

it('a ViT-L is taken for that of photos, or of satellite pictures where it is marked, with a warning; a word goes before both', () => {
  const plan = (marked: boolean, normalise?: 'imagenet' | 'satellite') => {
    const shapes = [...dinov3Shapes(DINOV3_SIZES.L), ...(marked ? [['local_cls_norm.weight', [1024]] as const] : [])];
    const checkpoint = { format: 'safetensors' as const, tensors: shapesOnly(shapes), notes: [] };
    const { manifest, warnings } = planConversion([{ name: 'model.pth', checkpoint }], { size: [32, 32], normalise });
    return { mean: (manifest(new Map()) as { input: { mean: number[] } }).input.mean[0], warnings };
  };
  expect(plan(false)).toEqual({ mean: 0.485, warnings: [expect.stringContaining('--normalise satellite')] });
  expect(plan(true)).toEqual({ mean: 0.43, warnings: [expect.stringContaining('--normalise imagenet')] });
  expect(plan(true, 'imagenet')).toEqual({ mean: 0.485, warnings: [] });
  expect(plan(false, 'satellite')).toEqual({ mean: 0.43, warnings: [] });
});
