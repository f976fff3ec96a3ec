import { createStore, type StoreApi } from 'zustand/vanilla';

export interface OfflineState {
  /**
   * `unsupported`: a frame, a development server, an insecure page or a browser without service workers; `absent`: the
   * person removed it, or it could not be installed.
   */
  status: 'unsupported' | 'starting' | 'ready' | 'absent';
  /** Whether the page has threads: by its server, by the service worker, or not. */
  isolation: 'by-server' | 'on' | 'off';
  /** Bytes that the browser keeps for this site; null where it does not tell. */
  bytes: number | null;
  /** Why it is absent, where that was not the person's wish. */
  problem: string | null;
}

interface OfflineOptions {
  win: Window & typeof globalThis;
  /** Absolute address of the app's folder. */
  base: string;
  /** Addresses that were downloaded so far, by workers too. */
  downloads: () => Promise<string[]>;
}

const OFF_KEY = 'liftmatch-offline';

/**
 * The service worker as the page sees it (offline/service-worker.ts): it keeps app, runtime and the site's models that
 * were used, and can switch cross-origin isolation on for servers that do not send the headers.
 */
export class Offline {
  readonly store: StoreApi<OfflineState>;

  constructor(private readonly options: OfflineOptions) {
    const { win } = options;
    const isPossible = win.isSecureContext && 'serviceWorker' in win.navigator && win.parent === win;
    this.store = createStore<OfflineState>()(() => ({
      status: isPossible ? 'starting' : 'unsupported',
      isolation: win.crossOriginIsolated ? 'by-server' : 'off',
      bytes: null,
      problem: null,
    }));
  }

  /** Installs the service worker, or the newer one, unless the person removed it. Never rejects. */
  async start(): Promise<void> {
    const { win, base } = this.options;
    if (this.store.getState().status === 'unsupported') return;
    if (readOff(win)) {
      this.store.setState({ status: 'absent' });
      return;
    }
    const present = await win.navigator.serviceWorker.getRegistration(base);
    const isIsolating = (present?.active ?? present?.waiting)?.scriptURL.includes('?isolate') ?? false;
    if (isIsolating) this.store.setState({ isolation: 'on' });
    await this.install(isIsolating);
  }

  /** Keeps what was downloaded before the service worker was there. Does nothing without one. */
  async keepDownloads(): Promise<void> {
    const { win, downloads } = this.options;
    if (this.store.getState().status !== 'ready') return;
    const { active: worker } = await win.navigator.serviceWorker.ready;
    if (!worker) return;
    const urls = [...new Set(await downloads())];
    await answered(worker, { type: 'keep', urls });
    await this.measure();
  }

  /** Switches threads on or off, and loads the page anew. */
  async setIsolation(on: boolean): Promise<void> {
    const { win, base } = this.options;
    writeOff(win, false);
    await this.install(on);
    if (this.store.getState().status !== 'ready') return;
    const registration = await win.navigator.serviceWorker.getRegistration(base);
    // A worker that waits for other pages to close would let the reload go to the old one.
    registration?.waiting?.postMessage({ type: 'take-over' });
    const wanted = scriptOf(base, on);
    while (registration && registration.active?.scriptURL !== wanted) {
      await new Promise((resolve) =>
        win.navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
    win.location.reload();
  }

  /** Removes the service worker and what it keeps; it stays away until {@link allow}. Models stay. */
  async remove(): Promise<void> {
    const { win, base } = this.options;
    writeOff(win, true);
    const registration = await win.navigator.serviceWorker.getRegistration(base);
    if (registration?.active) await answered(registration.active, { type: 'stop' });
    await registration?.unregister();
    for (const name of await win.caches.keys()) if (name.startsWith('liftmatch-offline')) await win.caches.delete(name);
    this.store.setState({ status: 'absent', isolation: win.crossOriginIsolated ? 'on' : 'off', problem: null });
    await this.measure();
  }

  /** Installs it again after {@link remove}. */
  async allow(): Promise<void> {
    writeOff(this.options.win, false);
    this.store.setState({ status: 'starting' });
    await this.install(false);
    await this.keepDownloads();
  }

  private async install(isolate: boolean): Promise<void> {
    const { win, base } = this.options;
    try {
      const container = win.navigator.serviceWorker;
      const registration = await container.register(scriptOf(base, isolate), { scope: base, updateViaCache: 'none' });
      await settled(registration.installing);
      if (!registration.active && !registration.waiting) throw new Error('The browser could not keep the app’s files.');
      this.store.setState({ status: 'ready', problem: null });
      await this.measure();
    } catch (error) {
      this.store.setState({ status: 'absent', problem: error instanceof Error ? error.message : String(error) });
    }
  }

  private async measure(): Promise<void> {
    const estimate = await this.options.win.navigator.storage?.estimate?.().catch(() => null);
    this.store.setState({ bytes: estimate?.usage ?? null });
  }
}

const scriptOf = (base: string, isolate: boolean) =>
  new URL(`service-worker.js${isolate ? '?isolate=1' : ''}`, base).href;

/** Resolves when the worker has done what the message asks for. */
async function answered(worker: ServiceWorker, message: object): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = resolve));
  worker.postMessage(message, [port2]);
  await answer;
  port1.close();
}

/** Waits until a worker is installed and, where nothing stands in its way, active; or has failed. */
function settled(worker: ServiceWorker | null): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!worker || !['parsed', 'installing', 'activating'].includes(worker.state)) {
        // Activation follows at once where no older worker is in charge.
        if (worker?.state === 'installed') setTimeout(resolve, 100);
        else resolve();
        worker?.removeEventListener('statechange', look);
      }
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

function readOff(win: Window): boolean {
  try {
    return win.localStorage.getItem(OFF_KEY) === 'off';
  } catch {
    // Storage is forbidden: so are service workers.
    return true;
  }
}

function writeOff(win: Window, off: boolean): void {
  try {
    if (off) win.localStorage.setItem(OFF_KEY, 'off');
    else win.localStorage.removeItem(OFF_KEY);
  } catch {
    // See readOff.
  }
}
