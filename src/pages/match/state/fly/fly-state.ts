import type { PlainError } from '../../../../core/errors.ts';
import type { FlyInfo } from '../../contract/fly.ts';

/** What the page knows of the scene that both photos make. */
export interface FlyState {
  /** Of the present match; null until one was made. */
  info: FlyInfo | null;
  isMaking: boolean;
  /** Why none was made. */
  error: PlainError | null;
}

export const NO_FLY: FlyState = { info: null, isMaking: false, error: null };
