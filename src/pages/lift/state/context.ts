import type { StoreApi } from 'zustand/vanilla';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { LiftLink } from './link.ts';
import type { LiftState } from './types.ts';

/** What every part of the lift studio works on; a part that needs more of the studio says so itself. */
export interface LiftContext {
  readonly workspace: Workspace;
  readonly store: StoreApi<LiftState>;
  readonly link: LiftLink;
  /** Tells a failed action, once. */
  report(thrown: unknown): void;
}
