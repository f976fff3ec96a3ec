import { spawnEngine } from '../../link/engine.ts';
import { watchEnvironment } from '../../../../platform/page/environment.ts';
import { MatchWorkspace } from '../match-workspace.ts';

/**
 * A workspace for a page that is not the app's own: it keeps nothing in the browser's storage or the page's address,
 * and starts no worker before a stage is shown.
 * @param base absolute address of the app's folder
 */
export function openEmbedWorkspace(win: Window, base: string): { workspace: MatchWorkspace; dispose: () => void } {
  const workspace = new MatchWorkspace({ spawn: spawnEngine, base });
  const unwatch = watchEnvironment(workspace.store, win, { remember: false });
  return {
    workspace,
    dispose: () => {
      unwatch();
      workspace.dispose();
    },
  };
}
