import { describe, expect, test } from 'vitest';
import { lonelyPairs } from './lonely.ts';
import { allPairs, inBlocks, likelyPairs, pooledDescriptors, sequencePairs, shardOf } from './pairing.ts';

describe('which photos are matched', () => {
  test('a sequence reaches as far as it is told, and no further than its end', () => {
    expect(sequencePairs(4, 2)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(sequencePairs(1, 3)).toEqual([]);
    expect(allPairs(11)).toHaveLength(55);
  });

  test('likely pairs find the photos of the same place', () => {
    // Three places of four photos, a cell's features being those of its place and noise, which is the same in no two.
    const place = (k: number) => Array.from({ length: 8 }, (_, c) => Math.cos((k + 1) * (c + 1)));
    const photo = (index: number) => {
      const values = Array.from({ length: 50 }, (_, cell) =>
        place(index % 3).map((value, c) => value + 0.7 * Math.sin(12.9 * cell + 78.2 * c + 3.1 * index)),
      );
      return { channels: 8, values: Float32Array.from(values.flat()) };
    };
    const pairs = likelyPairs(pooledDescriptors(Array.from({ length: 12 }, (_, i) => photo(i))), 3);
    expect(pairs).toHaveLength(18);
    expect(pairs.filter(([i, j]) => i % 3 !== j % 3)).toEqual([]);
    expect(pooledDescriptors([])).toEqual([]);
  });

  test('a single photo, and photos that are all the same, give no more than there is', () => {
    const same = { channels: 2, values: Float32Array.of(1, 2, 1, 2) };
    expect(likelyPairs(pooledDescriptors([same]), 10)).toEqual([]);
    expect(likelyPairs(pooledDescriptors([same, same, same]), 10)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
  });

  test('blocks ask for few photos at a time, and shards share out every pair once', () => {
    const pairs = inBlocks(allPairs(40), 10);
    const changes = (list: readonly (readonly [number, number])[], room: number) => {
      // A cache of `room` photos, evicted by least use: how often one is encoded.
      let held: number[] = [];
      let encoded = 0;
      for (const photo of list.flat()) {
        if (!held.includes(photo)) encoded++;
        held = [photo, ...held.filter((other) => other !== photo)].slice(0, room);
      }
      return encoded;
    };
    expect(changes(pairs, 22)).toBeLessThan(changes(allPairs(40), 22) / 4);
    const shards = [1, 2, 3, 4, 5, 6, 7].flatMap((index) => shardOf(pairs, index, 7));
    expect(shards).toEqual(pairs);
    expect(shardOf([1, 2], 3, 3).length + shardOf([1, 2], 1, 3).length + shardOf([1, 2], 2, 3).length).toBe(2);
  });
});

describe('a longer look', () => {
  const looked = (pair: [number, number], isVerified: boolean, promise = 0) => ({ pair, isVerified, promise });

  test('is for the pairs of photos that nothing ties to the others, the most promising first', () => {
    const pairs = [
      looked([0, 1], true),
      looked([1, 2], true),
      looked([0, 2], false, 0.9),
      looked([0, 3], false, 0.1),
      looked([1, 3], false, 0.3),
      looked([2, 3], false, 0.2),
    ];
    expect(lonelyPairs(4, pairs)).toEqual([
      [1, 3],
      [2, 3],
      [0, 3],
    ]);
    expect(lonelyPairs(3, pairs.slice(0, 3))).toEqual([]);
  });

  test('is given to a few pairs of each', () => {
    // Thirty photos of one place, and one of another.
    const tied = Array.from({ length: 29 }, (_, i) => looked([i, i + 1], true));
    const alone = Array.from({ length: 30 }, (_, i) => looked([i, 30], false, i / 30));
    expect(lonelyPairs(31, [...tied, ...alone])).toHaveLength(8);
    expect(lonelyPairs(0, [])).toEqual([]);
    expect(lonelyPairs(2, [looked([0, 1], false)])).toEqual([[0, 1]]);
  });
});
