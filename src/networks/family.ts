import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import type { NetworkKind } from '../models/library-contract.ts';
import type { CatalogEntry } from './catalog-entry.ts';
import type { Branch } from './weights.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from './plan.ts';

/**
 * A family of networks that can be converted: how it is recognised, what is made of it, and what the app says of it. One
 * folder of `networks/` and one line in `networks/index.ts`: detection, conversion, the Models panel, the catalogue of
 * published checkpoints and `npm run convert --as` read that list.
 */
export interface NetworkFamily {
  /** What `--as` and the reports call it: a–z, 0–9 and dashes. Never changes, it stands in kept recipes. */
  readonly name: string;
  /** What it is called in messages: "holds … no TITLE". */
  readonly title: string;
  /** In the panel's choice of networks. */
  readonly label: string;
  /** What the conversion makes. */
  readonly kind: NetworkKind;
  /** Side of the square input unless the caller chooses a size, and what sides are multiples of. */
  readonly side: { readonly byDefault: number; readonly multiple: number };
  /** Those of the converter's choices that mean something here; the panel asks for no others. */
  readonly choices: readonly FamilyChoice[];
  /** Said while one unknown file is there, by families that consist of two. */
  readonly needsBeside?: string;
  /** Published checkpoints, most useful first; empty where none is known. */
  readonly catalog: readonly CatalogEntry[];
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

export type FamilyChoice =
  | 'fineSize'
  | 'heads'
  | 'decoderHeads'
  | 'normalise'
  | 'branch'
  | 'release'
  | 'tokens'
  | 'positionCode'
  | 'keypoints';
