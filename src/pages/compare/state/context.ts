import type { StoreApi } from 'zustand/vanilla';
import type { Workspace } from '../../../workspace/workspace.ts';
import type { CompareLink } from './link.ts';
import type { CompareState } from './types.ts';

/** What every part of the comparison works on; a part that needs more of it says so itself. */
export interface CompareContext {
  readonly workspace: Workspace;
  readonly store: StoreApi<CompareState>;
  readonly link: CompareLink;
}
