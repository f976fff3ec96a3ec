import type { DenseField, MatchResult, MatchTable } from '../../core/match.ts';
import type { MatchMetadata } from './match-metadata.ts';

export const METADATA: MatchMetadata = {
  photos: {
    a: { name: 'left\n1.jpg', size: { width: 640, height: 480 } },
    b: { name: 'right 1.jpg', size: { width: 320, height: 200 } },
  },
  model: 'Test model',
  verdict: 'These photos match well.',
};

/** Two matches. */
export const TABLE: MatchTable = {
  count: 2,
  rows: Float32Array.of(0.5, 0.5, 10.25, 20.125, 0.9876, 639.5, 479.5, 319.5, 199.5, 0.31),
};

/** A field with a value of its own at every place, none of them round. */
export function field(width: number, height: number, start: number): DenseField {
  const values = (count: number, scale: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(start + i) * scale);
  const points = width * height;
  return {
    grid: { width, height },
    warp: values(2 * points, 0.99),
    certainty: values(points, 0.5).map((value) => value + 0.5),
    cycle: values(points, 3).map(Math.abs),
  };
}

export const RESULT: MatchResult = {
  modelId: 'm',
  modelName: 'Test model',
  provider: 'wasm',
  inputSize: { a: { width: 160, height: 128 }, b: { width: 160, height: 96 } },
  gridSize: { a: { width: 5, height: 4 }, b: { width: 3, height: 2 } },
  timings: { 'encode-a': 12.5, decode: 3 },
  cached: { a: false, b: false },
  rescue: { tried: true, rotation: 90, scale: 2 },
  verdict: {
    kind: 'partial',
    sentence: 'These photos match in part.',
    overlap: { a: 0.25, b: 0.5 },
    meanCertainty: { a: 0.3, b: 0.4 },
    medianCycle: { a: 1.5, b: null },
  },
};
