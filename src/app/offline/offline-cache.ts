/** What the build tells the service worker of itself. */
export interface OfflineOptions {
  /** Absolute address of the app's folder, with a slash at its end. */
  base: string;
  /** Differs for every build. */
  version: string;
  /** The app's own pages, scripts and styles, relative to `base`: kept from the first visit on. */
  files: readonly string[];
  /** Further files of the build with a hash in their names, such as the runtime: kept once they were used. */
  hashed: readonly string[];
  /** Whether pages and workers are told to be cross-origin isolated. */
  isolate: boolean;
}

const APP_PREFIX = 'liftmatch-offline-';
/** Manifests, samples and runtime: what was used, whatever the version. */
const USED = 'liftmatch-offline';
const USED_FOLDERS = ['assets/', 'models/', 'samples/'];
/** A server that has not answered a page's request by then counts as out of reach, milliseconds. */
const PATIENCE = 4000;

/**
 * What a service worker keeps, and how it answers: files with a hash in their names from the cache, everything else of
 * the app's folder from the network and from the cache where there is none. Other origins are none of its business.
 */
export class OfflineCache {
  private readonly appCache: string;
  private readonly immutable: ReadonlySet<string>;

  constructor(
    private readonly options: OfflineOptions,
    private readonly caches: CacheStorage,
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.appCache = APP_PREFIX + options.version;
    const { base, files, hashed } = options;
    this.immutable = new Set([...files, ...hashed].filter(isHashed).map((file) => new URL(file, base).href));
  }

  /** Downloads the app's own files. Rejects if one is missing: half an app is none. */
  async install(): Promise<void> {
    const cache = await this.caches.open(this.appCache);
    // Past the browser's own cache: a page from before must not be kept with scripts from now.
    await cache.addAll(
      this.options.files.map((file) => new Request(this.at(file), { cache: isHashed(file) ? 'default' : 'reload' })),
    );
  }

  /** Removes what only older versions used. */
  async clean(): Promise<void> {
    for (const name of await this.caches.keys())
      if (name.startsWith(APP_PREFIX) && name !== this.appCache) await this.caches.delete(name);
    const used = await this.caches.open(USED);
    for (const { url } of await used.keys())
      if (url.startsWith(this.at('assets/')) && !this.immutable.has(url)) await used.delete(url);
  }

  /** Also keeps these, which were downloaded before the service worker was there. Addresses elsewhere are left out. */
  async keep(urls: readonly string[]): Promise<void> {
    for (const url of urls) {
      const request = new Request(url);
      if (!this.isOurs(request) || (await this.kept(request))) continue;
      const response = await this.fetch(request).catch(() => null);
      if (response) await this.store(request, response);
    }
  }

  /**
   * The answer to a request; null where the browser should ask the network itself.
   * @param extend takes what goes on after the answer, so that the browser does not end the worker before
   */
  answer(request: Request, extend: (work: Promise<void>) => void): Promise<Response> | null {
    if (!this.isOurs(request)) return null;
    return this.find(request, extend).then((response) => this.isolated(request, response));
  }

  private isOurs({ method, url, headers }: Request): boolean {
    return method === 'GET' && url.startsWith(this.options.base) && !headers.has('range');
  }

  private async find(request: Request, extend: (work: Promise<void>) => void): Promise<Response> {
    const download = async () => {
      const response = await this.fetch(request);
      // Beside the answer, not before it: a model's progress is shown while it comes in.
      extend(this.store(request, response.clone()));
      return response;
    };
    if (this.immutable.has(request.url)) return (await this.kept(request)) ?? download();
    try {
      return await (request.mode === 'navigate' ? withinPatience(download()) : download());
    } catch (error) {
      const kept = await this.kept(request);
      if (kept) return kept;
      // A page that is slow and not kept is waited for after all.
      if (error instanceof TooSlow) return this.fetch(request);
      throw error;
    }
  }

  private async store({ url }: Request, response: Response): Promise<void> {
    // Pages are kept by install(), whole and of one version. Photos that lie elsewhere are not the app's to keep.
    const isOfApp = USED_FOLDERS.some((folder) => url.startsWith(this.at(folder)));
    // The engine keeps networks itself, by their hashes (models/fetch-model.ts).
    const isNetwork = url.startsWith(this.at('models/')) && !url.endsWith('.json');
    if (!isOfApp || isNetwork || response.status !== 200 || response.type === 'opaque') return;
    const cache = await this.caches.open(USED);
    // A full disk costs the offline copy only.
    await cache.put(url, response).catch(() => {});
  }

  private async kept(request: Request): Promise<Response | undefined> {
    const { url, mode } = request;
    const app = await this.caches.open(this.appCache);
    if (mode === 'navigate') return app.match(url.replace(/[?#].*$/, ''));
    return (await app.match(url)) ?? (await this.caches.open(USED)).match(url);
  }

  /**
   * With the headers that give the page SharedArrayBuffer, and so the runtime its threads. Frames are left as they are:
   * inside a page that is not isolated they could not be it either.
   */
  private isolated({ destination }: Request, response: Response): Response {
    if (!this.options.isolate || response.type === 'error' || destination === 'iframe') return response;
    const headers = new Headers(response.headers);
    headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
    if (destination === 'document') headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    const { status, statusText } = response;
    const hasBody = status !== 204 && status !== 205 && status !== 304;
    return new Response(hasBody ? response.body : null, { status, statusText, headers });
  }

  private at(file: string): string {
    return new URL(file, this.options.base).href;
  }
}

const isHashed = (file: string) => file.startsWith('assets/');

class TooSlow extends Error {}

function withinPatience(answer: Promise<Response>): Promise<Response> {
  answer.catch(() => {});
  return Promise.race([
    answer,
    new Promise<never>((_, reject) => setTimeout(() => reject(new TooSlow('The server is slow.')), PATIENCE)),
  ]);
}
