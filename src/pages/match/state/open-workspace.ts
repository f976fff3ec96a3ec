import { spawnLibraryWorker } from '../../models/link/spawn-library-worker.ts';
import { spawnWorker } from '../link/spawn-worker.ts';
import { bindAddress } from './address/address.ts';
import { watchEnvironment } from '../../../platform/page/environment.ts';
import { parseAddress } from './address/url.ts';
import { Workspace } from './workspace.ts';

/** The page's workspace: opens what its address asks for and keeps the address in step. */
export function openWorkspace(win: Window): Workspace {
  const base = new URL('./', win.document.baseURI).href;
  const address = parseAddress(win.location.search);
  const workspace = new Workspace({ spawn: spawnWorker, spawnLibrary: spawnLibraryWorker, base });
  watchEnvironment(workspace.store, win);
  void workspace.open(address).finally(() => bindAddress(workspace.store, win, base));
  return workspace;
}
