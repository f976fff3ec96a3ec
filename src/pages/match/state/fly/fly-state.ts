import type { PlainError } from '../../../../core/errors.ts';
import type { Stage } from '../../../../core/match.ts';
import type { FlyInfo } from '../../contract/fly.ts';

/** What the page knows of the scene that both photos make. */
export interface FlyState {
  /** Of the present match; null until one was made. */
  info: FlyInfo | null;
  isMaking: boolean;
  /** What is being done, and the share of it that is done where that is known; told by networks, which take long. */
  doing: { stage: Stage; fraction: number | null } | null;
  /** Why none was made. */
  error: PlainError | null;
}

export const NO_FLY: FlyState = { info: null, isMaking: false, doing: null, error: null };
