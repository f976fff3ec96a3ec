import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { DEFAULT_VIEW } from '../contract/view.ts';
import { DEFAULT_GEOMETRY } from './geometry/geometry-state.ts';
import type { MatchSettings, WorkspaceState } from '../../../workspace/types.ts';

export type WorkspaceStore = StoreApi<WorkspaceState>;

export const DEFAULT_SETTINGS: MatchSettings = { modelId: null, provider: 'auto', longSide: null, rescue: true };

/** A store of its own for every workspace, so that two can live on one page. */
export function createWorkspaceStore(initial: Partial<WorkspaceState> = {}): WorkspaceStore {
  return createStore<WorkspaceState>()(() => ({
    page: 'match',
    pageOptions: {},
    photos: { a: { photo: null, opening: null }, b: { photo: null, opening: null } },
    view: DEFAULT_VIEW,
    settings: DEFAULT_SETTINGS,
    geometry: DEFAULT_GEOMETRY,
    samples: [],
    models: [],
    library: { isOpen: false, installed: null, networks: [], jobs: [], offered: [], storage: null, error: null },
    engine: { epoch: 0, status: 'starting', info: null },
    job: null,
    result: null,
    probe: null,
    pins: [],
    notices: [],
    theme: 'auto',
    systemDark: false,
    reducedMotion: false,
    ...initial,
  }));
}
