import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { initialWorkspace } from '../../../workspace/store.ts';
import { DEFAULT_EXPORT_SETTINGS } from '../params/export.ts';
import { DEFAULT_VIEW } from '../params.ts';
import { NO_FLY } from './fly/fly-state.ts';
import { DEFAULT_GEOMETRY } from './geometry/geometry-state.ts';
import type { MatchState } from './types.ts';

export type MatchStore = StoreApi<MatchState>;

/** A store of its own for every workspace, so that two can live on one page. */
export function createMatchStore(initial: Partial<MatchState> = {}): MatchStore {
  return createStore<MatchState>()(() => ({
    ...initialWorkspace(),
    page: 'match',
    view: DEFAULT_VIEW,
    geometry: DEFAULT_GEOMETRY,
    exports: DEFAULT_EXPORT_SETTINGS,
    masks: { a: null, b: null },
    fly: NO_FLY,
    engine: { epoch: 0, status: 'starting', info: null },
    job: null,
    probe: null,
    pins: [],
    ...initial,
  }));
}
