import type { MatcherOptions, MatchTable, Progress } from '../../public/api.d.ts';
import type { PlainMatchField } from '../compute/field/cpu.ts';
import type { SampleOptions } from '../compute/sample-matches/cpu.ts';
import type { WorkerKind } from '../platform/worker/worker-kind.ts';
import type { MatchParts } from './plain-match.ts';

/** A photo as it is sent to the worker. */
export type SentPhoto =
  | { kind: 'file'; file: Blob; name: string }
  | { kind: 'bitmap'; bitmap: ImageBitmap; name: string };

export interface MatcherInfo {
  model: string;
  provider: string;
  /** Why there, a sentence. */
  providerReason: string;
}

/** Calls of a page to its matcher's worker. */
export interface MatcherApi {
  load(options: { manifestUrl: string; provider: NonNullable<MatcherOptions['provider']> }): MatcherInfo;
  match(options: { a: SentPhoto; b: SentPhoto; longSide: number | null; rescue: boolean }): MatchParts;
  sample(options: { fields: PlainMatchField; options: SampleOptions }): MatchTable;
}

export type MatcherProgress = Progress;

export const MATCHER: WorkerKind = {
  code: 'matcher',
  name: 'matcher’s worker',
  crashRemedy: 'Make another matcher; choose a smaller size if it happens again.',
  deviceLost: {
    code: 'device-lost',
    message: (reason) => `The graphics device was lost (${reason}).`,
    remedy: 'Make another matcher, with provider "wasm" if it happens again.',
  },
};
