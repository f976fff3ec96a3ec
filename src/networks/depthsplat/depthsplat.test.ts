import { describe, expect, it } from 'vitest';
import type { ParityCase } from '../parity.test-helper.ts';
import { cosine, hasParity, loadParity } from '../parity.test-helper.ts';
import type { Outputs } from '../semi-dense/semi-dense.test-helper.ts';
import { openInWasm } from '../../onnx/run-in-wasm.test-helper.ts';
import { openCase, sliced } from './depthsplat.test-helper.ts';

/** Recorded values that are no stage of the network: inputs, truth of the made-up scene, and what follows the network. */
const NOT_OURS =
  /^(image|intrinsics|extrinsics|near|far|true_z|means|covariances|scales|rotations|harmonics|opacities|sh_rotation_|plane_)/;

interface Recorded {
  readonly slice?: string;
  readonly error64: number;
  readonly rms: number;
}

/** Largest difference of every recorded stage, as a share of what case.json allows (1e-4 of its rms, or 5 × error64). */
function differences(parity: ParityCase, out: Outputs, suffix = ''): Record<string, number> {
  const { tensors } = parity.facts as unknown as { tensors: Record<string, Recorded> };
  const stages = parity.names.filter(
    (name) => name.endsWith('_target_k') === (suffix !== '') && (name === 'image_normalised' || !NOT_OURS.test(name)),
  );
  return Object.fromEntries(
    stages.flatMap((stage) => {
      const name = stage.slice(0, stage.length - suffix.length);
      // The class token's place is before the blocks, where our builder adds positions apart.
      if (name === 'vit_tokens_in') return [];
      const ours = out[OUR_NAMES[name] ?? name];
      expect(ours, stage).toBeDefined();
      const { slice, error64, rms } = tensors[stage];
      const values = slice ? sliced(ours, slice) : ours.values;
      const expected = parity.tensor(stage).values;
      expect(values.length, stage).toBe(expected.length);
      const largest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
      return [[stage, largest / Math.max(5 * error64, 1e-4 * rms)]];
    }),
  );
}

const OUR_NAMES: Record<string, string> = {
  gaussian_channels: 'gaussians',
  features_channels: 'feature_upsampler_path_1',
  features_pixels: 'feature_upsampler_path_1',
};

const exceeded = (shares: Record<string, number>): [string, number][] =>
  Object.entries(shares).filter(([, share]) => !(share <= 1));

const has = hasParity('depthsplat-small') && hasParity('depthsplat-base-2-2-4-vits');

describe.runIf(has)('DepthSplat against upstream, every recorded stage', () => {
  it('one scale at a quarter; equal poses; each photo with its own focal length', async () => {
    const small = loadParity('depthsplat-small');
    const opened = await openCase('depthsplat-small', small, 'fp32', true);
    const stages = differences(small, await opened.run(small));
    expect(Object.keys(stages).length).toBeGreaterThan(35);
    expect(exceeded(stages)).toEqual([]);
    const same = loadParity('depthsplat-small-same-pose');
    expect(exceeded(differences(same, await opened.run(same)))).toEqual([]);
    // Upstream projects with the wrong photo's K; fed so, we give what it gives, and with the right one what it should.
    const twoK = loadParity('depthsplat-small-two-k');
    expect(exceeded(differences(twoK, await opened.run(twoK, 'reference')))).toEqual([]);
    const right = differences(twoK, await opened.run(twoK, 'target'), '_target_k');
    expect(Object.keys(right)).toContain('cost_volume_0_target_k');
    expect(exceeded(right)).toEqual([]);
    await opened.close();
  });

  it.each(['small-tall', 'small-1-8-8', 'base-2-2-4-vits', 'base-2-4-8-vits'])('%s', async (name) => {
    const parity = loadParity(`depthsplat-${name}`);
    const opened = await openCase(`depthsplat-${name}`, parity, 'fp32', true);
    const stages = differences(parity, await opened.run(parity));
    await opened.close();
    expect(Object.keys(stages).length).toBeGreaterThan(name === 'small-tall' ? 10 : 35);
    expect(exceeded(stages)).toEqual([]);
  });

  it('the same on the WASM provider that the page uses', async () => {
    const parity = loadParity('depthsplat-small');
    const opened = await openCase('depthsplat-small', parity, 'fp32', true, openInWasm);
    const stages = differences(parity, await opened.run(parity));
    await opened.close();
    expect(Object.keys(stages).length).toBeGreaterThan(35);
    expect(exceeded(stages)).toEqual([]);
  });

  it.each(['small', 'base-2-2-4-vits'])('%s in half precision: cosine at least 0.999', async (name) => {
    const parity = loadParity(`depthsplat-${name}`);
    const opened = await openCase(`depthsplat-${name}`, parity, 'fp16', false);
    const out = await opened.run(parity);
    await opened.close();
    const channels = sliced(out.gaussians, '[:, :, ::2, ::2]');
    expect(cosine(channels, parity.tensor('gaussian_channels').values)).toBeGreaterThanOrEqual(0.999);
    expect(cosine(out.depth.values, parity.tensor('depth').values)).toBeGreaterThanOrEqual(0.999);
    expect(cosine(out.mv_0.values, parity.tensor('mv').values)).toBeGreaterThanOrEqual(0.999);
  });
});
