import { watchEnvironment } from '../../../platform/page/environment.ts';
import type { Page } from '../../../workspace/ui/page.ts';
import type { WorkspaceOptions } from '../../../workspace/workspace.ts';
import { spawnEngine } from '../link/engine.ts';
import { bindAddress } from './address/address.ts';
import { parseAddress } from './address/url.ts';
import { MatchWorkspace } from './match-workspace.ts';

interface AppParts extends Pick<WorkspaceOptions, 'spawnLibrary'> {
  /** The pages that a link may name. */
  pages: readonly Pick<Page, 'name' | 'pausesMatching'>[];
}

/** The page's workspace: opens what its address asks for and keeps the address in step. */
export function openMatchWorkspace(win: Window, { pages, spawnLibrary }: AppParts): MatchWorkspace {
  const base = new URL('./', win.document.baseURI).href;
  const names = pages.map(({ name }) => name);
  const address = parseAddress(win.location.search, names);
  const pausedBy = pages.filter((page) => page.pausesMatching).map(({ name }) => name);
  const workspace = new MatchWorkspace({
    spawn: spawnEngine,
    spawnLibrary,
    base,
    pausedBy,
    storage: () => win.localStorage,
    tabStorage: () => win.sessionStorage,
  });
  watchEnvironment(workspace.store, win);
  if ((address.page ?? 'match') === 'match') workspace.link.preload();
  void workspace.open(address).finally(() => bindAddress(workspace.store, win, base));
  // Whoever touches the page will want more than the picture that came with it.
  const touched = new AbortController();
  for (const kind of ['pointerdown', 'keydown', 'dragenter', 'paste']) {
    win.addEventListener(
      kind,
      () => {
        touched.abort();
        workspace.matching.prefetch();
      },
      { signal: touched.signal, capture: true, passive: true },
    );
  }
  return workspace;
}
