import type { MatchField } from '../../../../compute/field/gpu.ts';
import type { PlainField, PlainMatchField } from '../../../../compute/field/cpu.ts';
import type { Probe } from '../../../../compute/probe/cpu.ts';
import type { VerdictThresholds } from '../../../../models/manifest.ts';
import type { Point, Side } from '../../../../core/geometry.ts';
import type { PhotoMask } from '../../../../core/mask.ts';
import type { MatchResult } from '../../../../core/match.ts';
import type { Backend, PhotoHandle, Statistics } from '../../../../matching/backend/backend.ts';
import { verdictOf } from '../../../../matching/verdict.ts';

/** A finished match, whichever backend made it: what the stage draws and the probe asks. */
export interface ShownMatch {
  readonly result: MatchResult;
  gpuField(): MatchField | null;
  /** The whole match, where it lies in ordinary memory. */
  readonly plainField?: PlainMatchField;
  probe(side: Side, point: Point): Promise<Probe>;
  readField(side: Side): Promise<PlainField>;
  /** The same match with other masks; takes this one's place. No model runs. */
  remasked(masks: Record<Side, PhotoMask | null>): Promise<ShownMatch>;
  /** The same match with A and B exchanged; takes this one's place. */
  swapped(): ShownMatch;
  dispose(): void;
}

/** What is known of a match besides its field and verdict. */
export type MatchFacts = Omit<MatchResult, 'verdict' | 'gridSize'>;

/** Binds a field to the backend that understands it. */
export function shownMatch<Photo extends PhotoHandle, Field>(
  backend: Backend<Photo, Field>,
  field: Field,
  statistics: Statistics,
  thresholds: VerdictThresholds,
  facts: MatchFacts,
): ShownMatch {
  return {
    result: {
      ...facts,
      gridSize: backend.gridSizes(field),
      verdict: verdictOf(statistics, thresholds, { ...facts.rescue, isMasked: backend.isMasked(field) }),
    },
    gpuField: () => backend.onGpu(field),
    probe: (side, point) => backend.probe(field, side, point),
    readField: (side) => backend.readField(field, side),
    remasked: async (masks) => {
      backend.remask(field, masks);
      return shownMatch(backend, field, await backend.statistics(field, thresholds), thresholds, facts);
    },
    swapped: () => shownMatch(backend, backend.swapped(field), swapSides(statistics), thresholds, swappedFacts(facts)),
    dispose: () => backend.dispose(field),
  };
}

/** The same facts with A and B exchanged. */
export const swappedFacts = (facts: MatchFacts): MatchFacts => ({
  ...facts,
  inputSize: swapSides(facts.inputSize),
  cached: swapSides(facts.cached),
  rescue: { ...facts.rescue, rotation: -facts.rescue.rotation, scale: 1 / facts.rescue.scale },
});

export const swapSides = <T>({ a, b }: Record<Side, T>): Record<Side, T> => ({ a: b, b: a });
