import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskOf, type PhotoMask } from '../../core/mask.ts';
import { type MadeField, makeFields, randomNumbers } from '../../pages/match/testing/fields.ts';
import { Scope } from '../../platform/gpu/scope.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import type { Decoded } from '../matcher.ts';
import { CpuBackend } from './cpu-backend.ts';
import { GpuBackend } from './gpu-backend.ts';

const GRIDS = { a: { width: 41, height: 27 }, b: { width: 31, height: 37 } };
const THRESHOLDS = { certainty: 0.3, cycleShare: 0.015, none: 0.06, good: 0.3 };

let gpu: TestGpu;
let scope: Scope;
beforeAll(async () => {
  gpu = await TestGpu.open();
  scope = new Scope(gpu.device, 'test');
});
afterAll(() => gpu.close());

function halves(width: number, height: number, seed: number): PhotoMask {
  const random = randomNumbers(seed);
  const columns = Array.from({ length: width }, () => random() < 0.5);
  return maskOf(
    { width, height },
    Uint8Array.from({ length: width * height }, (_, i) => (columns[i % width] ? 1 : 0)),
  );
}

/** The decoder's output as either backend takes it. */
function decoded({ grid, warp, logit }: MadeField, onGpu: boolean): Decoded {
  const tensor = (data: Float32Array, channels: number): RuntimeTensor =>
    ({
      dims: [1, channels, grid.height, grid.width],
      ...(onGpu ? { buffer: gpu.upload('decoded', data) } : { data }),
      dispose: () => {},
    }) as unknown as RuntimeTensor;
  return { warp: tensor(warp, 2), logit: tensor(logit, 1), precision: null, outputs: {} };
}

describe('a masked match', () => {
  it('is the same on both backends, masked when it is made or later', async () => {
    const fields = makeFields(GRIDS);
    const masks = { a: halves(40, 30, 3), b: halves(25, 35, 4) };
    const photo = (side: 'a' | 'b', mask: PhotoMask | null) => ({ key: side, size: fields[side].photo, mask });
    const photos = { a: photo('a', masks.a), b: photo('b', null) } as never;
    const both = (onGpu: boolean) => ({ a: decoded(fields.a, onGpu), b: decoded(fields.b, onGpu) });
    const cpu = new CpuBackend(null);
    const card = new GpuBackend({ device: gpu.device } as never, null as never, scope);
    const plain = cpu.finish(both(false), photos, null);
    const drawn = card.finish(both(true), photos, null);
    const rounds = [null, { a: null, b: masks.b }, masks, { a: null, b: null }] as const;
    const means: number[] = [];
    for (const round of rounds) {
      if (round) {
        cpu.remask(plain, round);
        card.remask(drawn, round);
      }
      expect(card.isMasked(drawn)).toBe(cpu.isMasked(plain));
      for (const side of ['a', 'b'] as const) {
        const [wanted, read] = [await cpu.readField(plain, side), await card.readField(drawn, side)];
        read.certainty.forEach((value, i) => expect(Math.abs(value - wanted.certainty[i])).toBeLessThan(1e-6));
        expect(read.mask).toEqual(wanted.mask);
        expect(read.unmasked?.length).toBe(wanted.unmasked?.length);
        expect(read.unmasked?.[400] ?? 0).toBeCloseTo(wanted.unmasked?.[400] ?? 0, 6);
        for (const x of [-0.9, -0.3, 0.21, 0.8]) {
          const [one, other] = [
            await cpu.probe(plain, side, { x, y: 0.1 }),
            await card.probe(drawn, side, { x, y: 0.1 }),
          ];
          expect(other.certainty).toBeCloseTo(one.certainty, 5);
        }
      }
      const [wanted, told] = [await cpu.statistics(plain, THRESHOLDS), await card.statistics(drawn, THRESHOLDS)];
      expect(told.a.meanCertainty).toBeCloseTo(wanted.a.meanCertainty, 4);
      expect(told.b.consistentShare).toBeCloseTo(wanted.b.consistentShare, 4);
      means.push((await cpu.readField(plain, 'a')).certainty.reduce((sum, value) => sum + value, 0));
    }
    // Both masks leave least, none leaves all.
    expect(Math.min(...means)).toBe(means[2]);
    expect(Math.max(...means)).toBe(means[3]);
    card.dispose(drawn);
  });
});
