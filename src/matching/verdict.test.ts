import { describe, expect, it } from 'vitest';
import type { Statistics } from './backend/backend.ts';
import { chooseProvider } from '../platform/runtime/provider.ts';
import { swappedVerdict, verdictOf } from './verdict.ts';

const THRESHOLDS = { certainty: 0.3, cycleShare: 0.015, none: 0.06, good: 0.3 };
const statistics = (a: number, b: number): Statistics => {
  const side = (consistentShare: number) => ({
    meanCertainty: consistentShare,
    certainShare: consistentShare,
    consistentShare,
    medianCycle: 1,
  });
  return { a: side(a), b: side(b) };
};

describe('verdictOf', () => {
  it('tells good, partial and no common scene by the larger overlap', () => {
    expect(verdictOf(statistics(0.8, 0.7), THRESHOLDS).kind).toBe('good');
    // A close-up: little of A, all of B.
    expect(verdictOf(statistics(0.05, 0.9), THRESHOLDS).kind).toBe('good');
    expect(verdictOf(statistics(0.2, 0.1), THRESHOLDS).kind).toBe('partial');
    expect(verdictOf(statistics(0.05, 0.02), THRESHOLDS).kind).toBe('none');
  });

  it('never says good of a match that may be one window off, and tells a mirror image', () => {
    expect(verdictOf(statistics(0.8, 0.7), THRESHOLDS, { repeats: true })).toMatchObject({
      kind: 'partial',
      sentence: expect.stringContaining('repeats itself'),
    });
    const mirrored = verdictOf(statistics(0.8, 0.7), THRESHOLDS, { isMirrored: true });
    expect(mirrored).toMatchObject({ kind: 'good', isMirrored: true, sentence: expect.stringContaining('mirrored') });
    expect(swappedVerdict(mirrored)).toMatchObject({ isMirrored: true, sentence: expect.stringContaining('mirrored') });
    expect(verdictOf(statistics(0, 0), THRESHOLDS, { isMirrored: true, repeats: true })).not.toHaveProperty('repeats');
  });

  it('does not praise less than half', () => {
    expect(verdictOf(statistics(0.29, 0.31), THRESHOLDS).sentence).toBe(
      'These photos match: at least 29 % of A is seen in B, and 31 % of B in A.',
    );
  });

  it('says it in one plain sentence with both shares', () => {
    expect(verdictOf(statistics(0.804, 0.702), THRESHOLDS).sentence).toBe(
      'These photos match well: 80 % of A is seen in B, and 70 % of B in A.',
    );
    expect(verdictOf(statistics(0, 0), THRESHOLDS).sentence).toBe('These photos show no common scene.');
  });
});

describe('chooseProvider', () => {
  const real = { isFallback: false, name: 'a GPU' };
  const emulated = { isFallback: true, name: 'SwiftShader' };

  it('takes the GPU, but not an emulated one unless asked', () => {
    expect(chooseProvider('auto', real, '').provider).toBe('webgpu');
    expect(chooseProvider('auto', emulated, '').provider).toBe('wasm');
    expect(chooseProvider('webgpu', emulated, '').provider).toBe('webgpu');
    expect(chooseProvider('wasm', real, '').provider).toBe('wasm');
  });

  it('gives the reason where WebGPU was asked for and is missing', () => {
    const { provider, reason } = chooseProvider('webgpu', null, 'This browser has no WebGPU.');
    expect(provider).toBe('wasm');
    expect(reason).toContain('was asked for');
    expect(reason).toContain('This browser has no WebGPU.');
  });
});
