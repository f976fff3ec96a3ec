import { createRoot } from 'react-dom/client';
import { openOffline, startOffline } from './offline/open-offline.ts';
import { openWorkspace } from '../pages/match/state/open-workspace.ts';
import type { Workspace } from '../pages/match/state/workspace.ts';
import { MatchWorkspace } from './shell.tsx';
import { WorkspaceContext } from '../pages/match/ui/workspace-context.ts';

/** Fills `root` with the whole app, on what the window's address asks for. */
export function mountApp(root: Element, win: Window & typeof globalThis): Workspace {
  const workspace = openWorkspace(win);
  const offline = openOffline(win, workspace);
  // A development server's files change under the page: nothing of them is worth keeping.
  if (import.meta.env.PROD) startOffline(offline, workspace, win);
  createRoot(root).render(
    <WorkspaceContext value={workspace}>
      <MatchWorkspace offline={offline} />
    </WorkspaceContext>,
  );
  return workspace;
}
