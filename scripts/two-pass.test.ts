import { describe, expect, it } from 'vitest';
import { hasParity, loadParity, relativeError } from '../src/networks/parity.test-helper.ts';
import { CpuBackend, type CpuPhoto } from '../src/matching/backend/cpu-backend.ts';
import { FeatureCache } from '../src/matching/feature-cache.ts';
import { Matcher } from '../src/matching/matcher.ts';
import { PairMatcher } from '../src/matching/pair-matcher.ts';
import type { RuntimeTensor } from '../src/platform/runtime/runtime.ts';
import { convertModel } from '../src/networks/convert.ts';
import { parseManifest } from '../src/models/manifest.ts';
import { MemorySink } from '../src/core/byte-sink.ts';
import type { Side, Size } from '../src/core/geometry.ts';
import { NodeRuntime } from './node/ort-node.ts';

/** The recorded case's images at both passes' sizes stand in for what preprocessing would make of a photo. */
class RecordedBackend extends CpuBackend {
  encoded: string[] = [];

  constructor(
    private readonly nodeRuntime: NodeRuntime,
    private readonly parity: ReturnType<typeof loadParity>,
  ) {
    super(nodeRuntime);
  }

  override preprocess(photo: CpuPhoto, size: Size): RuntimeTensor {
    const { values, shape } = this.parity.tensor(`image_${photo.key}_${size.width === 112 ? 'coarse' : 'fine'}`);
    expect([size.height, size.width]).toEqual(shape.slice(2));
    this.encoded.push(`${photo.key} ${size.width}`);
    return this.nodeRuntime.tensor(values.slice(), shape);
  }
}

const photo = (key: string, size: Size): CpuPhoto => ({
  key,
  size,
  pixels: () => {
    throw new Error('the recorded images replace the pixels');
  },
});

/** One half of what the published match() returns: the place in the other photo and the certainty. */
function recordedHalf(
  parity: ReturnType<typeof loadParity>,
  side: Side,
): { warp: Float32Array; certainty: Float32Array } {
  const [height, doubleWidth] = parity.tensor('match_certainty').shape;
  const width = doubleWidth / 2;
  const warps = parity.tensor('match_warp').values;
  const certainties = parity.tensor('match_certainty').values;
  const [warp, certainty] = [new Float32Array(2 * height * width), new Float32Array(height * width)];
  for (let place = 0; place < height * width; place++) {
    const cell = Math.floor(place / width) * doubleWidth + (side === 'b' ? width : 0) + (place % width);
    const other = side === 'a' ? 2 : 0;
    warp[place] = warps[4 * cell + other];
    warp[height * width + place] = warps[4 * cell + other + 1];
    certainty[place] = certainties[cell];
  }
  return { warp, certainty };
}

describe.runIf(hasParity('matcher'))('a converted two-pass matcher in the engine', () => {
  async function load() {
    const parity = loadParity('matcher');
    const files = new Map<string, MemorySink>();
    const sink = { open: async (file: string) => files.set(file, new MemorySink()).get(file)! };
    const inputs = await Promise.all(
      ['matcher.pth', 'dinov2.pth'].map(async (name) => ({ name, checkpoint: await parity.checkpoint(name) })),
    );
    await convertModel(inputs, sink, {
      heads: 3,
      decoderHeads: parity.facts.heads,
      size: [112, 112],
      fineSize: [224, 224],
    });
    const manifest = parseManifest(
      JSON.parse(new TextDecoder().decode(files.get('manifest.json')!.bytes())),
      'manifest.json',
    );
    const runtime = new NodeRuntime();
    const matcher = await Matcher.load(manifest, runtime, async ({ file }) => files.get(file)!.bytes());
    const backend = new RecordedBackend(runtime, parity);
    return { parity, backend, pair: new PairMatcher(matcher, backend, new FeatureCache()) };
  }

  it('gives what the published match() returns in both directions, and caches the features of both passes', async () => {
    const { parity, backend, pair } = await load();
    const photos = { a: photo('a', { width: 640, height: 400 }), b: photo('b', { width: 300, height: 500 }) };
    const plan = { longSide: { a: null, b: 384 }, frame: null };
    const { field, inputSize } = await pair.match(photos, plan);
    expect(inputSize).toEqual({ a: { width: 112, height: 112 }, b: { width: 112, height: 112 } });
    for (const side of ['a', 'b'] as const) {
      const recorded = recordedHalf(parity, side);
      // match() clamps to the photo; the engine keeps what lies outside, at certainty 0.
      const warp = field[side].warp.map((value) => Math.min(1, Math.max(-1, value)));
      expect(field[side].grid).toEqual({ width: 224, height: 224 });
      expect(relativeError(warp, recorded.warp)).toBeLessThan(1e-3);
      expect(relativeError(field[side].certainty, recorded.certainty)).toBeLessThan(1e-3);
    }
    expect(backend.encoded).toEqual(['a 112', 'b 112', 'a 224', 'b 224']);

    const again = await pair.match({ a: photos.b, b: photos.a }, plan);
    expect(again.cached).toEqual({ a: true, b: true });
    expect(backend.encoded).toHaveLength(4);
    expect(relativeError(again.field.a.warp, field.b.warp)).toBe(0);
    expect(relativeError(again.field.b.certainty, field.a.certainty)).toBe(0);
  });
});
