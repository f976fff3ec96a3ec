import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import type { ArchitectureKind } from './detect.ts';
import type { Branch } from './weights.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from './plan.ts';

/** A kind of network that can be converted: how it is recognised and what is made of it. */
export interface NetworkFamily {
  /** What it is called in messages. */
  readonly title: string;
  /** What the conversion makes. */
  readonly kind: ArchitectureKind;
  /**
   * Prefixes under which such a network sits in a state dict, the one to take first; none where there is none.
   *
   * @param branch which of a student and a teacher goes first, where there are both
   */
  locate(tensors: ReadonlyMap<string, CheckpointTensor>, branch?: Branch): readonly string[];
  /**
   * Builds its graphs from shapes alone.
   *
   * @param found every network of every file, for families that need two
   */
  plan(network: LocatedNetwork, options: ConversionOptions, found: readonly LocatedNetwork[]): ConversionPlan;
}
