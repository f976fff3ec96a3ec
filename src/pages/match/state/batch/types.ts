import type { PlainError } from '../../../../core/errors.ts';
import type { ExportName } from '../../../../exports/index.ts';
import type { MatchResult, Progress } from '../../../../core/match.ts';
import type { BatchFile, Pairing } from './pairing.ts';

/** One pair and what became of it. */
export interface BatchPair {
  a: BatchFile;
  b: BatchFile;
  state: 'waiting' | 'running' | 'done' | 'failed';
  result: MatchResult | null;
  /** Wall time with its files. */
  seconds: number | null;
  error: PlainError | null;
  /** Files of it that could not be made, and why. */
  remarks: string[];
  /** Where its files lie in the archive. */
  folder: string;
}

export interface BatchState {
  photos: BatchFile[];
  /** Files that may tell the photos’ cameras. */
  calibrations: File[];
  pairing: Pairing;
  /** Text of the list, for `pairing: 'list'`. */
  list: string;
  formats: ExportName[];
  pairs: BatchPair[];
  /** `saving`: the archive is being ended. */
  status: 'idle' | 'running' | 'pausing' | 'paused' | 'saving' | 'finished';
  /** Of the pair that runs. */
  progress: Progress | null;
  /** Why there are no pairs, or why the run ended. */
  error: PlainError | null;
}
