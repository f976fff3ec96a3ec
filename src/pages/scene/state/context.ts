import type { StoreApi } from 'zustand/vanilla';
import type { WorkerLink } from '../../../platform/worker/worker-link.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { SceneProgress, SceneApi } from '../contract/api.ts';
import type { SceneValues } from '../params.ts';
import type { SceneState } from './types.ts';

/** What every part of the scene page works on. */
export interface SceneContext {
  readonly workspace: Workspace;
  readonly store: StoreApi<SceneState>;
  readonly link: WorkerLink<SceneApi, SceneProgress>;
  /** Changes settings. */
  set(patch: Partial<SceneValues>): void;
  /** Tells a failed action, once. */
  report(thrown: unknown): void;
}
