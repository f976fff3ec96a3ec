import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { defaultsOf } from '../platform/params/params.ts';
import { SETTINGS_PARAMS } from './params.ts';
import type { MatchSettings, WorkspaceState } from './types.ts';

export type WorkspaceStore = StoreApi<WorkspaceState>;

export const DEFAULT_SETTINGS: MatchSettings = defaultsOf(SETTINGS_PARAMS);

/** What a workspace begins with. */
export const initialWorkspace = (): WorkspaceState => ({
  page: '',
  pageOptions: {},
  photos: { a: { photo: null, opening: null }, b: { photo: null, opening: null } },
  settings: DEFAULT_SETTINGS,
  samples: [],
  models: [],
  library: { isOpen: false, installed: null, networks: [], jobs: [], offered: [], storage: null, error: null },
  fresh: {},
  speeds: {},
  result: null,
  notices: [],
  gpuTries: 0,
  theme: 'auto',
  systemDark: false,
  reducedMotion: false,
});

/** Whether a page's worker has to be another one: sessions of two providers in one exhaust its memory. */
export const needsOtherWorker = (now: WorkspaceState, before: WorkspaceState): boolean =>
  now.settings.provider !== before.settings.provider || now.gpuTries !== before.gpuTries;

/** A store of its own for every workspace, so that two can live on one page. */
export function createWorkspaceStore(initial: Partial<WorkspaceState> = {}): WorkspaceStore {
  return createStore<WorkspaceState>()(() => ({ ...initialWorkspace(), ...initial }));
}
