import { useMemo } from 'react';
import { useStore } from 'zustand';
import { PointMatching, type PointsState } from '../../state/points.ts';
import type { MatchWorkspace } from '../../state/match-workspace.ts';

/** Lists stay while the dialog is closed, one set a workspace. */
const known = new WeakMap<MatchWorkspace, PointMatching>();

/** The workspace's lists of points and what is known of them. */
export function usePointMatching(workspace: MatchWorkspace): { points: PointMatching; state: PointsState } {
  const points = useMemo(() => {
    const made = known.get(workspace) ?? new PointMatching(workspace.store, workspace.link);
    known.set(workspace, made);
    return made;
  }, [workspace]);
  return { points, state: useStore(points.store) };
}
