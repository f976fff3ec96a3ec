import { useStore } from 'zustand';
import { useWorkspace as useSharedWorkspace } from '../../../workspace/ui/workspace-context.ts';
import { MatchWorkspace } from '../state/match-workspace.ts';
import type { MatchState } from '../state/types.ts';

/** The workspace of this part of the page, with what the match page adds to it. */
export function useWorkspace(): MatchWorkspace {
  const workspace = useSharedWorkspace();
  if (!(workspace instanceof MatchWorkspace)) throw new Error('The match page needs a MatchWorkspace');
  return workspace;
}

/** A part of its state; the component draws anew when it changes (by identity). */
export function useWorkspaceState<T>(select: (state: MatchState) => T): T {
  return useStore(useWorkspace().store, select);
}
