import type { Scope } from '../../platform/gpu/scope.ts';
import type { Side } from '../../core/geometry.ts';

/** Both [h, w] at the rendered size. */
export interface SideMaps<Values> {
  /** Pixels at the measured long side; negative where nothing is counted. */
  error: Values;
  /** 0…1. */
  certainty: Values;
}

/** What matching found on two views, for their pictures. Those on the GPU belong to whoever holds them. */
export type ScoreMaps =
  | { on: 'cpu'; sides: Record<Side, SideMaps<Float32Array>> }
  | { on: 'gpu'; sides: Record<Side, SideMaps<GPUBuffer>>; scope: Scope };

/** Frees what maps hold; they are not drawn any more. */
export function releaseMaps(maps: ScoreMaps | null): void {
  if (maps?.on === 'gpu') maps.scope.destroy();
}
