import { createRoot } from 'react-dom/client';
import { type MatchWorkspace, openMatchWorkspace } from '../pages/match/page.ts';
import { spawnLibraryWorker } from '../pages/models/page.ts';
import { watchVersion } from '../platform/page/newer-version.ts';
import { WorkspaceContext } from '../workspace/ui/workspace-context.ts';
import { openOffline, startOffline } from './offline/open-offline.ts';
import { PAGES } from './pages.ts';
import { Shell } from './shell.tsx';

/** Fills `root` with the whole app, on what the window's address asks for. */
export function mountApp(root: Element, win: Window & typeof globalThis): MatchWorkspace {
  const workspace = openMatchWorkspace(win, { pages: PAGES, spawnLibrary: spawnLibraryWorker });
  const offline = openOffline(win, workspace);
  // A development server's files change under the page: nothing of them is worth keeping.
  if (import.meta.env.PROD) startOffline(offline, workspace, win);
  if (import.meta.env.PROD) {
    watchVersion(win, () =>
      workspace.notices.add('info', {
        code: 'newer-version',
        message: 'A newer version of LiftMatch has been published.',
        remedy: 'Reload the page when it suits you.',
      }),
    );
  }
  createRoot(root).render(
    <WorkspaceContext value={workspace}>
      <Shell offline={offline} />
    </WorkspaceContext>,
  );
  return workspace;
}
