import { describe, expect, it } from 'vitest';
import type { GpuCheck } from '../core/match.ts';
import { GpuChecks } from './gpu-checks.ts';

const check = (key: string, verdict: GpuCheck['verdict']): GpuCheck => ({
  key,
  verdict,
  finding: verdict === 'wrong' ? 'its places differ' : '',
  provider: 'wasm',
  providerReason: 'A sentence that is not kept.',
});

/** A storage that holds one text. */
function storageOf(text: string | null = null) {
  const storage = {
    text,
    getItem: () => storage.text,
    setItem: (_: string, value: string) => {
      storage.text = value;
    },
  };
  return { storage, get: () => storage as unknown as Storage };
}

describe('checks of the GPU', () => {
  it('are there at the next visit, and those that were wrong can be forgotten', () => {
    const { get } = storageOf();
    const checks = new GpuChecks(get);
    checks.remember(check('gpu / m', 'right'));
    checks.remember(check('gpu / n', 'wrong'));
    expect(new GpuChecks(get).known()).toEqual({
      'gpu / m': { verdict: 'right', finding: '' },
      'gpu / n': { verdict: 'wrong', finding: 'its places differ' },
    });
    checks.forgetWrong();
    expect(Object.keys(new GpuChecks(get).known())).toEqual(['gpu / m']);
  });

  it('are as many as fit', () => {
    const { get } = storageOf();
    const checks = new GpuChecks(get);
    for (let i = 0; i < 50; i++) checks.remember(check(`gpu / ${i}`, 'right'));
    const kept = Object.keys(new GpuChecks(get).known());
    expect(kept).toHaveLength(32);
    expect(kept).toContain('gpu / 49');
  });

  it.each([
    'no JSON',
    '[1, 2]',
    'null',
    '{"k": 1}',
    '{"k": {"verdict": "maybe", "finding": ""}}',
    '{"k": {"verdict": "right"}}',
  ])('are made again where the storage holds %s', (text) => {
    expect(new GpuChecks(storageOf(text).get).known()).toEqual({});
  });

  it('last as long as the page where there is no storage, or a forbidden one', () => {
    const forbidden = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    for (const storage of [() => null, forbidden]) {
      const checks = new GpuChecks(storage);
      checks.remember(check('gpu / m', 'wrong'));
      expect(Object.keys(checks.known())).toEqual(['gpu / m']);
    }
  });
});
