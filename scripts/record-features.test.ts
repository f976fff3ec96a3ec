import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EncoderInfo } from '../src/pages/compare/contract.ts';
import { COMPARE_PARAMS } from '../src/pages/compare/params.ts';
import { RecordedFeatures } from '../src/pages/compare/worker/recorded-features.ts';
import { preprocess } from '../src/compute/preprocess/cpu.ts';
import { inputSize } from '../src/models/input-size.ts';
import { weightsOf } from '../src/models/manifest.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { NodeRuntime } from './node/ort-node.ts';
import { FilePhoto } from './node/photo.ts';
import { RECORDED_FEATURES } from './node/record-features.ts';
import { sampleList } from './node/record-sample.ts';
import { ROOT } from './node/tools.mjs';

const SAMPLES = join(ROOT, 'public', 'samples');
const sample = sampleList().find(({ features }) => features)!;
const file = readFileSync(join(SAMPLES, sample.features!));
const longSide = COMPARE_PARAMS.longSide.default;
const stage = (feature: string): EncoderInfo =>
  ({ id: `embedded/${feature}`, source: { kind: 'stage', manifestUrl: 'm', feature } }) as EncoderInfo;
const served = (bytes: Uint8Array) => (async () => new Response(Uint8Array.from(bytes))) as unknown as typeof fetch;

describe('features that come with a sample (else: npx tsx scripts/record-features.ts)', () => {
  it('are those of the model that ships with the app, to 8 bits', async () => {
    const runtime = new NodeRuntime();
    const { matcher } = await loadMatcher(modelIds()[0], runtime);
    const { input } = matcher.manifest.passes[0];
    const recorded = new RecordedFeatures(served(file), async () => weightsOf(matcher.manifest));
    const photo = await FilePhoto.open(join(SAMPLES, sample.b));
    const size = inputSize(photo.size, input, longSide);
    const normalisation = { scale: 1, mean: input.mean, std: input.std };
    const image = preprocess(photo.pixels(), { size, normalisation });
    const features = await matcher.encode(0, runtime.tensor(image, [1, 3, size.height, size.width]));
    for (const name of RECORDED_FEATURES) {
      const map = (await recorded.read({ url: 'u', side: 'b' }, { encoder: stage(name), longSide }))!;
      const [, channels, height, width] = features[name].dims;
      expect(map).toMatchObject({ grid: { width, height }, channels });
      const [own, planes] = [map.values, features[name].data!];
      const cosines = Array.from({ length: width * height }, (_, i) => {
        let [dot, left, right] = [0, 0, 0];
        for (let c = 0; c < channels; c++) {
          const [p, q] = [own[i * channels + c], planes[c * width * height + i]];
          dot += p * q;
          left += p * p;
          right += q * q;
        }
        return dot / Math.sqrt(left * right);
      });
      expect(Math.min(...cosines), name).toBeGreaterThan(0.995);
    }
    await matcher.release();
  });

  it('are taken for their own weights, size and feature alone, and never fail', async () => {
    const weights = new TextDecoder().decode(new Uint8Array(await recordedWeights()));
    const place = { url: 'u', side: 'a' } as const;
    const of = (bytes: Uint8Array, known = weights) => new RecordedFeatures(served(bytes), async () => known);
    const wanted = { encoder: stage('f16'), longSide };
    expect(await of(file).read(place, wanted)).not.toBeNull();
    expect(await of(file, 'others').read(place, wanted)).toBeNull();
    expect(await of(file).read(null, wanted)).toBeNull();
    expect(await of(file).read(place, { ...wanted, longSide: longSide + 32 })).toBeNull();
    expect(await of(file).read(place, { ...wanted, encoder: stage('l4') })).toBeNull();
    const classical = { id: 'classical', source: { kind: 'classical' } } as EncoderInfo;
    expect(await of(file).read(place, { ...wanted, encoder: classical })).toBeNull();
    expect(await of(file.subarray(0, 1000)).read(place, wanted)).toBeNull();
    const gone = (async () => new Response('', { status: 404 })) as unknown as typeof fetch;
    expect(await new RecordedFeatures(gone, async () => weights).read(place, wanted)).toBeNull();
  });
});

async function recordedWeights(): Promise<ArrayBuffer> {
  const { openNpz } = await import('../src/formats/arrays/npz.ts');
  const { bytesSource } = await import('../src/formats/byte-source.ts');
  const { bytes } = await (await openNpz(bytesSource(file))).read('weights');
  return bytes.buffer;
}
