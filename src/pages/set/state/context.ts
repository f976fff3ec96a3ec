import type { StoreApi } from 'zustand/vanilla';
import type { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { SetApi, SetProgress } from '../contract/api.ts';
import type { SetState } from './types.ts';

/** What every part of the set page works on. */
export interface SetContext {
  readonly workspace: Workspace;
  readonly store: StoreApi<SetState>;
  readonly link: WorkerLink<SetApi, SetProgress>;
  /** Tells a failed action, once. */
  report(thrown: unknown): void;
}
