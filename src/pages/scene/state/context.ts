import type { StoreApi } from 'zustand/vanilla';
import type { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { OpenProgress, SceneApi } from '../contract/api.ts';
import type { SceneState } from './types.ts';

/** What every part of the scene page works on. */
export interface SceneContext {
  readonly workspace: Workspace;
  readonly store: StoreApi<SceneState>;
  readonly link: WorkerLink<SceneApi, OpenProgress>;
  /** Tells a failed action, once. */
  report(thrown: unknown): void;
}
