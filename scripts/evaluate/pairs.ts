import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Matrix3 } from '../../src/shared/matrix3.ts';

interface Named {
  name: string;
  /** Part of the name before the first dash: figures are also given per scene. */
  scene: string;
  a: string;
  b: string;
}

/** A pair with what is known of it. `none`: related, without a truth. `unrelated`: no common scene. */
export type EvaluationPair = Named &
  (
    | { kind: 'homography'; H: Matrix3 }
    | { kind: 'pose'; K0: Matrix3; K1: Matrix3; T: number[] }
    | { kind: 'none' }
    | { kind: 'unrelated' }
  );

/** Reads a list of pairs; file names are relative to it. Matrices may be flat or nested. */
export function readPairs(path: string): EvaluationPair[] {
  const list: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(list)) throw new Error(`${path} must hold a list of pairs.`);
  return list.map((entry, i) => {
    const { name = `pair-${i}`, kind, a, b } = entry;
    if (typeof a !== 'string' || typeof b !== 'string') throw new Error(`${path}: pair ${name} has no "a" and "b".`);
    const base = { name, scene: String(name).split('-')[0], a: resolve(dirname(path), a), b: resolve(dirname(path), b) };
    const flat = (key: string, length: number): number[] => {
      const values = [entry[key]].flat(3) as number[];
      if (values.length !== length || !values.every(Number.isFinite)) throw new Error(`${path}: pair ${name} needs ${key} with ${length} numbers.`);
      return values;
    };
    switch (kind) {
      case 'homography':
        return { ...base, kind, H: flat('H', 9) as unknown as Matrix3 };
      case 'pose': {
        const T = [entry.T].flat(3) as number[];
        return {
          ...base,
          kind,
          K0: flat('K0', 9) as unknown as Matrix3,
          K1: flat('K1', 9) as unknown as Matrix3,
          T: T.length === 16 ? T.slice(0, 12) : flat('T', 12),
        };
      }
      case 'none':
      case 'unrelated':
        return { ...base, kind };
      default:
        throw new Error(`${path}: pair ${name} has the unknown kind "${kind}".`);
    }
  });
}
