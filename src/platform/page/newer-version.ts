/** Address of the script that a page starts with: its name changes with every build. */
const entryOf = (html: Document): string | null =>
  html.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src') ?? null;

/**
 * Whether the site now serves another build than the one that runs: asked when a part is missing and when a tab that was
 * left for long is looked at again. False where that cannot be told.
 */
export async function hasNewerVersion(fetcher: typeof fetch = fetch): Promise<boolean> {
  const running = entryOf(document);
  if (!running) return false;
  try {
    const url = new URL(document.baseURI);
    url.search = '';
    url.hash = '';
    const answer = await fetcher(url, { cache: 'no-store' });
    if (!answer.ok || !answer.headers.get('content-type')?.includes('text/html')) return false;
    const published = entryOf(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    return published !== null && published !== running;
  } catch {
    // No network: nothing can be said, and nothing needs to be.
    return false;
  }
}

/** A tab is asked about at most this often, milliseconds. */
const ASKED_EVERY = 30 * 60_000;

/** Calls `onNewer` once when the tab is looked at again and the site serves another build by then. */
export function watchVersion(win: Window, onNewer: () => void, isNewer = hasNewerVersion): () => void {
  let asked = Date.now();
  const look = async () => {
    if (win.document.visibilityState !== 'visible' || Date.now() - asked < ASKED_EVERY) return;
    asked = Date.now();
    if (!(await isNewer())) return;
    stop();
    onNewer();
  };
  const listener = () => void look();
  const stop = () => win.document.removeEventListener('visibilitychange', listener);
  win.document.addEventListener('visibilitychange', listener);
  return stop;
}
