import { describe, expect, it } from 'vitest';
import { parseNetworkManifest } from '../../models/network-manifest.ts';
import { MemorySink } from '../../core/byte-sink.ts';
import { convertModel, planConversion } from '../convert.ts';
import { planDamaged } from '../damaged-state-dicts.test-helper.ts';
import { hasParity, loadParity } from '../parity.test-helper.ts';

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

    it('another size, satellite statistics, and a size that is no multiple of 16', async () => {
      const inputs = [await inputOf('dinov3-swiglu', 'model-hf.safetensors')];
      const plan = planConversion(inputs, { size: [48, 80], normalise: 'satellite' });
      expect(plan.manifest(new Map())).toMatchObject({ rows: 3, columns: 5, input: { mean: [0.43, 0.411, 0.296] } });
      expect(plan.facts[0]).toContain('SwiGLU of 512');
      expect(() => planConversion(inputs, { size: [518, 518] })).toThrow(
        expect.objectContaining({ code: 'input-size' }),
      );
    });

    it.each([
      ['dinov3', 'checkpoint.pth'],
      ['dinov3-timm', 'model.safetensors'],
      ['dinov3-swiglu', 'model-hf.safetensors'],
    ])('500 damaged copies of %s/%s: each refused with a coded error', async (name, file) => {
      const { tensors } = (await inputOf(name, file)).checkpoint;
      const { refused, wrong } = planDamaged(
        [...tensors.values()].map((tensor) => [tensor.name, tensor.shape]),
        { size: [32, 48] },
      );
      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan(250);
    });
  },
);
