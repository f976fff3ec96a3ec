import { createRoot } from 'react-dom/client';
import { openWorkspace } from '../state/open-workspace.ts';
import type { Workspace } from '../state/workspace.ts';
import { MatchWorkspace } from './match/match-workspace.tsx';
import { WorkspaceContext } from './workspace-context.ts';

/** Fills `root` with the whole app, on what the window's address asks for. */
export function mountApp(root: Element, win: Window): Workspace {
  const workspace = openWorkspace(win);
  createRoot(root).render(
    <WorkspaceContext value={workspace}>
      <MatchWorkspace />
    </WorkspaceContext>,
  );
  return workspace;
}
