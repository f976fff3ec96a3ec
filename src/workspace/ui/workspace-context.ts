import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { WorkspaceState } from '../types.ts';
import type { Workspace } from '../workspace.ts';

export const WorkspaceContext = createContext<Workspace | null>(null);

/** The workspace that this part of the page belongs to. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('useWorkspace needs a WorkspaceContext above it');
  return workspace;
}

/** A part of the workspace's state; the component draws anew when it changes (by identity). */
export function useWorkspaceState<T>(select: (state: WorkspaceState) => T): T {
  return useStore(useWorkspace().store, select);
}
