import { basename, dirname } from 'node:path';
import { seededRandom } from '../../src/geometry/random.ts';
import type { EvaluationPair } from './pairs.ts';

/**
 * Up to `count` pairs of photos from different scenes of the list, each unordered pair once. The same list and seed
 * give the same pairs, and a larger count only adds to them.
 */
export function unrelatedPairs(pairs: readonly EvaluationPair[], count: number, seed = 1): EvaluationPair[] {
  const sceneOf = new Map<string, string>();
  // Photos of a pair that is unrelated itself belong to no scene that is known.
  for (const { kind, scene, a, b } of pairs)
    if (kind !== 'unrelated') for (const file of [a, b]) sceneOf.set(file, scene);
  // Beside several lists they are one of their own.
  const list = pairs.some((pair) => pair.list) ? 'different scenes' : undefined;
  const files = [...sceneOf.keys()];
  const all: [string, string][] = [];
  for (const [i, a] of files.entries()) {
    for (const b of files.slice(i + 1)) if (sceneOf.get(a) !== sceneOf.get(b)) all.push([a, b]);
  }
  shuffle(all, seededRandom(seed));
  return all.slice(0, count).map(([a, b]) => {
    return {
      kind: 'unrelated',
      name: `${nameOf(a)} + ${nameOf(b)}`,
      scene: 'unrelated',
      ...(list && { list }),
      a,
      b,
      ...NOTHING_KNOWN,
    };
  });
}

const NOTHING_KNOWN = { cameras: null, points: null };

const nameOf = (file: string) => `${basename(dirname(file))}/${basename(file)}`;

function shuffle<T>(items: T[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
