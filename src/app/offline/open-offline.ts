import { Offline } from './offline.ts';
import type { MatchWorkspace } from '../../pages/match/page.ts';

/** The page's service worker; nothing is installed before {@link Offline.start}. */
export function openOffline(win: Window & typeof globalThis, workspace: MatchWorkspace): Offline {
  const base = new URL('./', win.document.baseURI).href;
  const ofPage = () => win.performance.getEntriesByType('resource').map(({ name }) => name);
  // An engine that is gone or busy starting has nothing to tell.
  const ofEngine = () => workspace.link.call('downloads', {}).catch((): string[] => []);
  const downloads = async () => [...ofPage(), ...(await ofEngine())];
  return new Offline({ win, base, downloads });
}

/** Installs the service worker once the page has nothing better to do, and keeps what the first match downloaded. */
export function startOffline(offline: Offline, workspace: MatchWorkspace, win: Window): void {
  const begin = async () => {
    await offline.start();
    await offline.keepDownloads();
    if (workspace.store.getState().result) return;
    const unsubscribe = workspace.store.subscribe(({ result }) => {
      if (!result) return;
      unsubscribe();
      void offline.keepDownloads();
    });
  };
  const whenIdle = () => ('requestIdleCallback' in win ? win.requestIdleCallback(() => void begin()) : void begin());
  if (win.document.readyState === 'complete') whenIdle();
  else win.addEventListener('load', whenIdle, { once: true });
}
