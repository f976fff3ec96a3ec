import type { PlainError } from '../../../core/errors.ts';
import { defaultsOf } from '../../../platform/params/params.ts';
import type {
  BesideFacts,
  PairOfIds,
  SetFacts,
  SetInfo,
  SetPairFacts,
  SetPhotoFacts,
  SetProgress,
  TrackPlace,
} from '../contract/api.ts';
import { SET_PARAMS, type SetValues } from '../params.ts';

export interface ShownPhoto extends SetPhotoFacts {
  /** Object URL of the thumbnail. */
  url: string;
}

export type PairState =
  | { state: 'waiting' }
  | { state: 'done'; facts: SetPairFacts }
  | { state: 'failed'; error: PlainError };

export interface ShownTrack {
  places: (TrackPlace & { url: string })[];
}

/** `pausing`: the pair at hand is still matched. */
export type RunStatus = 'idle' | 'running' | 'pausing' | 'paused';

export interface SetState {
  values: SetValues;
  info: SetInfo | null;
  /** In the order of the set. */
  photos: ShownPhoto[];
  /** Calibrations and masks; null until the worker has told. */
  beside: BesideFacts | null;
  /** Files that are being opened: how many of how many. */
  adding: { done: number; total: number } | null;
  /** What was left out of the files that were given last, and why. */
  refused: { name: string; error: PlainError }[];
  /** The pairs that the rule means; null while likely ones have not been found. */
  planned: PairOfIds[] | null;
  /** By {@link pairName}. */
  pairs: Readonly<Record<string, PairState>>;
  status: RunStatus;
  /** The pair at hand, or what else the worker does. */
  current: { pair: PairOfIds | null; progress: SetProgress | null } | null;
  /** Of the set as it was put together last; null where photos or pairs have changed since. */
  facts: SetFacts | null;
  chosen: PairOfIds | null;
  /** The photo whose keypoints are shown. */
  looked: string | null;
  track: ShownTrack | null;
  /** A format that is being written. */
  saving: string | null;
}

export const pairName = ({ a, b }: PairOfIds): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

export const initialSet = (): SetState => ({
  values: defaultsOf(SET_PARAMS),
  info: null,
  photos: [],
  beside: null,
  adding: null,
  refused: [],
  planned: [],
  pairs: {},
  status: 'idle',
  current: null,
  facts: null,
  chosen: null,
  looked: null,
  track: null,
  saving: null,
});

/** With more photos all-with-all takes hours; likely pairs find most of what it finds. */
const ALL_UP_TO = 20;

/** What `auto` means for so many photos. */
export const ruleOf = ({ values, photos }: Pick<SetState, 'values' | 'photos'>): 'sequence' | 'all' | 'likely' =>
  values.pairs === 'auto' ? (photos.length <= ALL_UP_TO ? 'all' : 'likely') : values.pairs;
