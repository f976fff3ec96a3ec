import { describe, expect, it } from 'vitest';
import { FeatureCache } from './feature-cache.ts';
import type { Features } from './matcher.ts';
import { Mutex } from '../platform/runtime/runtime.ts';

/** Features of `floats` numbers that note in `disposed` when they are freed. */
function features(name: string, floats: number, disposed: string[]): Features {
  return { f: { dims: [floats], data: new Float32Array(floats), buffer: null, dispose: () => disposed.push(name) } };
}

describe('FeatureCache', () => {
  it('makes features once, and shares a run under way', async () => {
    const cache = new FeatureCache();
    let runs = 0;
    const make = async () => (runs++, features('a', 1, []));
    const [first, second] = await Promise.all([cache.get('a', make), cache.get('a', make)]);
    expect(first).toBe(second);
    expect(await cache.get('a', make)).toBe(first);
    expect(runs).toBe(1);
  });

  it('forgets a run that failed, so that the next ask tries again', async () => {
    const cache = new FeatureCache();
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cache.has('a')).toBe(false);
    await expect(cache.get('a', async () => features('a', 1, []))).resolves.toBeDefined();
  });

  it('evicts by least use under its budget', async () => {
    const disposed: string[] = [];
    const cache = new FeatureCache(10 * 4);
    for (const name of ['a', 'b']) await cache.get(name, async () => features(name, 4, disposed));
    await cache.get('a', async () => features('never', 4, disposed));
    await cache.get('c', async () => features('c', 4, disposed));
    cache.trim();
    await Promise.resolve();
    expect(disposed).toEqual(['b']);
    expect(cache.has('a') && cache.has('c')).toBe(true);
  });

  it('frees what belongs to a photo that was closed', async () => {
    const disposed: string[] = [];
    const cache = new FeatureCache();
    for (const key of ['photo-1/x', 'photo-10/x']) await cache.get(key, async () => features(key, 4, disposed));
    cache.forget('photo-1/');
    await Promise.resolve();
    expect(disposed).toEqual(['photo-1/x']);
  });
});

describe('Mutex', () => {
  it('runs one job at a time, in order, and goes on after a failure', async () => {
    const mutex = new Mutex();
    const log: string[] = [];
    const job = (name: string, fails = false) =>
      mutex.run(async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([job('a'), job('b', true), job('c')]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
