import { beforeEach, describe, expect, test } from 'vitest';
import { OfflineCache, type OfflineOptions } from './offline-cache.ts';

const BASE = 'https://host.example/project/';
const OPTIONS: OfflineOptions = {
  base: BASE,
  version: 'one',
  files: ['./', 'index.html', 'assets/index-1.js', 'models/index.json'],
  hashed: ['assets/runtime-1.wasm'],
  isolate: false,
};

/** As much of CacheStorage as the worker uses. */
class FakeCaches {
  readonly stores = new Map<string, Map<string, Response>>();

  async open(name: string) {
    const store = this.stores.get(name) ?? new Map<string, Response>();
    this.stores.set(name, store);
    return {
      match: async (url: string) => store.get(url)?.clone(),
      put: async (url: string, response: Response) => void store.set(url, new Response(await response.arrayBuffer())),
      delete: async (url: string) => store.delete(url),
      keys: async () => [...store.keys()].map((url) => ({ url })),
      addAll: async (requests: Request[]) => {
        for (const request of requests) {
          const response = await network(request);
          if (!response.ok) throw new TypeError(`${request.url} is missing`);
          store.set(request.url, response);
        }
      },
    };
  }

  async keys() {
    return [...this.stores.keys()];
  }

  async delete(name: string) {
    return this.stores.delete(name);
  }
}

let online = true;
let asked: string[] = [];
async function network(request: Request | string | URL): Promise<Response> {
  const url = typeof request === 'object' && 'url' in request ? request.url : String(request);
  asked.push(url.replace(BASE, ''));
  if (!online) throw new TypeError('Failed to fetch');
  return new Response(`${url} ${asked.length}`, { status: url.includes('missing') ? 404 : 200 });
}

let caches: FakeCaches;
const make = (options: Partial<OfflineOptions> = {}) =>
  new OfflineCache({ ...OPTIONS, ...options }, caches as unknown as CacheStorage, network as typeof fetch);

/** Node's Request cannot be a navigation; the worker reads no more than this of one. */
const request = (path: string, fields: Partial<Request> = {}) =>
  ({
    url: new URL(path, BASE).href,
    method: 'GET',
    headers: new Headers(),
    mode: 'cors',
    destination: '',
    ...fields,
  }) as Request;
const page = (path: string, destination: RequestDestination = 'document') =>
  request(path, { mode: 'navigate', destination });

/** Answers and waits for what goes on behind. */
async function ask(cache: OfflineCache, asking: Request): Promise<Response | null> {
  const behind: Promise<void>[] = [];
  const response = await cache.answer(asking, (work) => void behind.push(work));
  await Promise.all(behind);
  return response;
}

beforeEach(() => {
  caches = new FakeCaches();
  online = true;
  asked = [];
});

describe('without a network', () => {
  test('the app’s pages, scripts and lists open once it is installed', async () => {
    const cache = make();
    await cache.install();
    online = false;
    for (const wanted of [
      page('./?sample=x#y'),
      page('index.html'),
      request('assets/index-1.js'),
      request('models/index.json'),
    ])
      expect((await ask(cache, wanted))?.status, wanted.url).toBe(200);
    await expect(ask(cache, request('models/embedded/encoder.onnx'))).rejects.toThrow('Failed to fetch');
  });

  test('so do models, samples and the runtime that were used', async () => {
    const cache = make();
    const used = ['models/m/manifest.json', 'samples/s/a.jpg', 'assets/runtime-1.wasm'];
    for (const path of used) await ask(cache, request(path));
    online = false;
    for (const path of used) expect((await ask(cache, request(path)))?.status).toBe(200);
  });

  test('networks are left to the engine, which keeps them by their hashes', async () => {
    const cache = make();
    await ask(cache, request('models/m/encoder.onnx'));
    expect(caches.stores.get('liftmatch-offline')?.size ?? 0).toBe(0);
  });

  test('what was downloaded before the worker was there is kept on demand, photos elsewhere are not', async () => {
    const cache = make();
    await cache.keep([
      `${BASE}models/m/manifest.json`,
      'https://elsewhere.example/photo.jpg',
      `${BASE}photo.jpg`,
      `${BASE}models/missing.json`,
    ]);
    expect([...caches.stores.get('liftmatch-offline')!.keys()]).toEqual([`${BASE}models/m/manifest.json`]);
  });

  test('a missing file of the app fails the installation', async () => {
    await expect(make({ files: ['./', 'assets/missing.js'] }).install()).rejects.toThrow('missing');
  });
});

describe('with a network', () => {
  test('files with a hash are asked for once, others every time', async () => {
    const cache = make();
    for (const path of ['assets/runtime-1.wasm', 'models/m/manifest.json']) {
      await ask(cache, request(path));
      await ask(cache, request(path));
    }
    expect(asked).toEqual(['assets/runtime-1.wasm', 'models/m/manifest.json', 'models/m/manifest.json']);
  });

  test('other origins, other methods and parts of files are left to the browser', () => {
    const cache = make();
    for (const wanted of [
      request('https://elsewhere.example/x.jpg'),
      request('models/m', { method: 'POST' }),
      request('models/m', { headers: new Headers({ range: 'bytes=0-9' }) }),
      request('https://host.example/other-project/'),
    ])
      expect(cache.answer(wanted, () => {})).toBeNull();
  });

  test('a new version removes the old one’s files, not the models', async () => {
    const old = make();
    await old.install();
    await ask(old, request('assets/runtime-1.wasm'));
    await ask(old, request('models/m/manifest.json'));
    const next = make({ version: 'two', hashed: ['assets/runtime-2.wasm'] });
    await next.install();
    await next.clean();
    expect(await caches.keys()).not.toContain('liftmatch-offline-one');
    expect([...caches.stores.get('liftmatch-offline')!.keys()]).toEqual([`${BASE}models/m/manifest.json`]);
  });
});

describe('cross-origin isolation', () => {
  const OPENER = 'cross-origin-opener-policy';
  const EMBEDDER = 'cross-origin-embedder-policy';

  test('is off unless it was chosen', async () => {
    expect((await ask(make(), page('./')))?.headers.get(OPENER)).toBeNull();
  });

  test('gives pages and workers the headers, frames none', async () => {
    const cache = make({ isolate: true });
    const headers = async (wanted: Request) => (await ask(cache, wanted))!.headers;
    expect((await headers(page('./'))).get(OPENER)).toBe('same-origin');
    expect((await headers(page('./'))).get(EMBEDDER)).toBe('require-corp');
    expect((await headers(request('assets/index-1.js', { destination: 'worker' }))).get(EMBEDDER)).toBe('require-corp');
    const framed = await headers(page('embed.html', 'iframe'));
    expect([framed.get(OPENER), framed.get(EMBEDDER)]).toEqual([null, null]);
  });
});
