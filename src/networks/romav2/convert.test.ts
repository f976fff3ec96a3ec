import { describe, expect, it } from 'vitest';
import { MemorySink } from '../../core/byte-sink.ts';
import { parseManifest } from '../../models/manifest.ts';
import { convertModel, planConversion } from '../convert.ts';
import { hasParity, loadParity } from '../parity.test-helper.ts';

describe.runIf(hasParity('romav2'))('converting a RoMa v2', () => {
  const input = async () => ({
    name: 'romav2.0.1.pt',
    checkpoint: await loadParity('romav2').checkpoint('checkpoint.pt'),
  });

  it('one file gives encoder and decoder, and a manifest with the covariance’s output', async () => {
    const files: string[] = [];
    const folder = { open: async (file: string) => (files.push(file), new MemorySink()) };
    const { manifest, report } = await convertModel([await input()], folder, { size: [64, 64] });
    expect(files.sort()).toEqual(['decoder.data', 'decoder.onnx', 'encoder.data', 'encoder.onnx', 'manifest.json']);
    expect(parseManifest(manifest, 'manifest.json')).toMatchObject({
      passes: [
        {
          input: { sizing: 'square', defaultLongSide: 64, fixedSize: true, mean: [0.485, 0.456, 0.406] },
          encoder: { outputs: [{ name: 'm16', stride: 16, channels: 192 }, { name: 'f16' }, { name: 'f4' }, {}, {}] },
          decoder: {
            inputs: { am16: 'a.m16', b16: 'b.f16', a4: 'a.f4' },
            outputs: { warp: 'warp', certaintyLogit: 'certainty_logit', precision: 'precision' },
          },
        },
      ],
    });
    // The descriptor's blocks after the last tap serve nobody.
    expect(report.unused.every((name) => /f\.(mask_token|blocks\.3\.)/.test(name))).toBe(true);
  });

  it('a second pass where it is asked for', async () => {
    const plan = planConversion([await input()], { size: [80, 80], fineSize: [128, 128] });
    expect(plan.graphs.map(({ file }) => file)).toEqual(['encoder', 'decoder', 'encoder-fine', 'decoder-fine']);
    expect(plan.manifest(new Map())).toMatchObject({
      passes: [
        {},
        { decoder: { inputs: { previous_warp: 'previous.warp', previous_logit: 'previous.certainty_logit' } } },
      ],
    });
  });

  it('the release that no file tells: 2.0.1 with a warning, the other when said, without one', async () => {
    const byDefault = planConversion([await input()], { size: [64, 64] });
    expect(byDefault.facts[0]).toContain('2.0.1');
    expect(byDefault.warnings?.join()).toMatch(/release is “2\.0\.0”/);
    const said = planConversion([await input()], { size: [64, 64], release: '2.0.0' });
    expect(said.facts[0]).toContain('2.0.0');
    expect(said.warnings).toEqual([]);
    const samples = (plan: typeof said) =>
      plan.graphs[1].graph.nodes.filter(({ opType }) => opType === 'GridSample').length;
    expect(samples(said)).toBeGreaterThan(samples(byDefault));
  });

  it('its descriptor does not win, but can be had', async () => {
    expect(planConversion([await input()], { size: [64, 64] }).family.name).toBe('romav2');
    const encoder = planConversion([await input()], { size: [64, 64], as: 'dinov3' });
    expect(encoder.facts[0]).toMatch(/^DINOv3 .*192 channels, 4 blocks/);
  });

  it('a size that is not square, and one that is no multiple of the patch', async () => {
    for (const size of [
      [64, 80],
      [72, 72],
    ] as const) {
      const inputs = [await input()];
      expect(() => planConversion(inputs, { size })).toThrow(expect.objectContaining({ code: 'input-size' }));
    }
  });
});
