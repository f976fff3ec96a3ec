import { describe, expect, it, vi } from 'vitest';
import type { LibraryWorkerLike } from './library-worker.ts';
import { CodedError, toPlainError } from '../../core/errors.ts';
import type {
  InstalledModel,
  InstallProgress,
  LibraryListing,
  ModelLibraryApi,
  ModelRecipe,
} from '../../models/library-contract.ts';
import { entryOfInstalled, Library } from './library.ts';
import { createWorkspaceStore } from '../store.ts';

type Method = keyof ModelLibraryApi;

/** A worker whose calls the test answers itself. */
class FakeLibraryWorker implements LibraryWorkerLike {
  readonly calls: { id: number; method: Method; argument: unknown }[] = [];
  readonly cancelled: number[] = [];
  listing: LibraryListing = { installed: [], partial: [], networks: [], storage: null };
  onmessage: LibraryWorkerLike['onmessage'] = null;
  onerror: LibraryWorkerLike['onerror'] = null;
  onmessageerror: LibraryWorkerLike['onmessageerror'] = null;
  terminate = vi.fn();

  constructor() {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage: LibraryWorkerLike['postMessage'] = (message) => {
    if (message.type === 'cancel') return void this.cancelled.push(message.id);
    this.calls.push(message);
    if (message.method === 'list') this.answer(message.id, this.listing);
    if (/^(discard|remove|removeNetwork)$/.test(message.method)) this.answer(message.id, undefined);
  };

  answer(id: number, value: unknown): void {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'result', id, value } }));
  }

  last(method: Method) {
    return this.calls.filter((call) => call.method === method).at(-1)!;
  }

  progress(progress: Partial<InstallProgress>): void {
    const full: InstallProgress = {
      phase: 'download',
      item: 'm.pth',
      loaded: 0,
      total: null,
      bytesPerSecond: null,
      ...progress,
    };
    this.onmessage?.({ data: { type: 'progress', id: this.last('install').id, progress: full } });
  }

  fail(error: CodedError): void {
    this.onmessage?.({ data: { type: 'failure', id: this.calls.at(-1)!.id, error: toPlainError(error) } });
  }
}

const RECIPE: ModelRecipe = {
  id: 'm',
  name: 'M',
  licence: 'MIT',
  source: '',
  files: [{ name: 'm.pth', url: 'https://host.test/m.pth', bytes: null, sha256: null }],
  choices: {},
};

const MODEL: InstalledModel = {
  id: 'm',
  name: 'M',
  licence: 'MIT',
  source: 's',
  description: '',
  kind: 'matcher',
  input: { multiple: 14, defaultLongSide: 560, minLongSide: 560, maxLongSide: 560 },
  bytes: 100,
  installedAt: 1,
  manifestUrl: 'opfs:installed/m/manifest.json?1',
  checkpoints: [],
  facts: [],
  unused: [],
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

function open() {
  const store = createWorkspaceStore();
  const workers: FakeLibraryWorker[] = [];
  const spawn = () => {
    workers.push(new FakeLibraryWorker());
    return workers[workers.length - 1];
  };
  const persist = vi.fn(async () => true);
  const onReady = vi.fn();
  const library = new Library(store, { spawn, persist, onReady });
  return { library, workers, persist, onReady, state: () => store.getState().library };
}

describe('Library', () => {
  it('starts no worker before it is needed, then one', async () => {
    const { library, workers, state } = open();
    expect(workers).toHaveLength(0);
    library.open();
    await settled();
    await library.refresh();
    expect(workers).toHaveLength(1);
    expect(state()).toMatchObject({ isOpen: true, installed: [], jobs: [] });
  });

  it('follows an installation to its end', async () => {
    const { library, workers, persist, onReady, state } = open();
    const done = library.install(RECIPE);
    await settled();
    expect(persist).toHaveBeenCalledOnce();
    workers[0].progress({ loaded: 50, total: 100, bytesPerSecond: 10 });
    expect(state().jobs).toMatchObject([
      { id: 'm', status: 'running', phase: 'download', loaded: 50, total: 100, bytesPerSecond: 10 },
    ]);
    workers[0].listing = { installed: [MODEL], partial: [], networks: [], storage: { usage: 1, quota: 2 } };
    workers[0].answer(workers[0].last('install').id, MODEL);
    await done;
    expect(state()).toMatchObject({ jobs: [], installed: [MODEL], storage: { usage: 1, quota: 2 } });
    expect(onReady).toHaveBeenCalledWith(MODEL);
  });

  it('pauses, tells the worker, and goes on with the same recipe', async () => {
    const { library, workers, state } = open();
    void library.install(RECIPE);
    await settled();
    workers[0].progress({ loaded: 50, total: 100 });
    library.pause('m');
    await settled();
    expect(workers[0].cancelled).toEqual([workers[0].last('install').id]);
    expect(state().jobs).toMatchObject([{ status: 'paused', loaded: 50, total: 100 }]);
    library.resume('m');
    await settled();
    expect(state().jobs).toMatchObject([{ status: 'running', loaded: 50 }]);
    expect(workers[0].last('install').argument).toEqual({ recipe: RECIPE });
  });

  it('cancels: the job goes, and what had been downloaded', async () => {
    const { library, workers, state } = open();
    void library.install(RECIPE);
    await settled();
    await library.cancel('m');
    expect(state().jobs).toEqual([]);
    expect(workers[0].last('discard').argument).toEqual({ id: 'm' });
  });

  it('shows the downloads of an earlier visit as paused, once', async () => {
    const { library, workers, state } = open();
    library.open();
    workers[0].listing = {
      installed: [],
      partial: [{ recipe: RECIPE, loaded: 30, total: 100 }],
      networks: [],
      storage: null,
    };
    await settled();
    await library.refresh();
    expect(state().jobs).toMatchObject([{ id: 'm', status: 'paused', loaded: 30, total: 100, recipe: RECIPE }]);
  });

  it('keeps a failed download with its reason, to be resumed', async () => {
    const { library, workers, state } = open();
    void library.install(RECIPE);
    await settled();
    workers[0].fail(new CodedError('download-broke', 'Broke off.', 'Resume.'));
    await settled();
    expect(state().jobs).toMatchObject([
      { status: 'failed', error: { code: 'download-broke', remedy: 'Resume.' }, recipe: RECIPE },
    ]);
  });

  it('outlives its worker: jobs fail with the reason, the next wish starts another one', async () => {
    const { library, workers, state } = open();
    void library.install(RECIPE);
    await settled();
    workers[0].onerror?.({ message: 'out of memory' });
    await settled();
    expect(state().jobs).toMatchObject([{ status: 'failed', error: { code: 'library-crashed' } }]);
    library.resume('m');
    await settled();
    expect(workers).toHaveLength(2);
    expect(state().jobs).toMatchObject([{ status: 'running', error: null }]);
  });

  it('gathers dropped checkpoints for the person’s choices, and installs ready models at once', async () => {
    const { library, workers, state } = open();
    const file = (name: string) => new File(['x'], name);
    library.offer([file('matcher.pth')]);
    library.offer([file('vit.pth'), file('matcher.pth')]);
    expect(state().isOpen).toBe(true);
    expect(state().offered.map(({ name }) => name)).toEqual(['vit.pth', 'matcher.pth']);
    const offered = state().offered;
    void library.convert(RECIPE, offered);
    await settled();
    expect(state().offered).toEqual([]);
    expect(workers[0].last('convert').argument).toEqual({ recipe: RECIPE, files: offered });

    library.offer([file('encoder.onnx'), file('manifest.json')]);
    await settled();
    expect(workers[0].last('add')).toBeDefined();
    expect(state().jobs.map(({ id }) => id)).toEqual(['m', 'encoder.onnx']);
  });
});

describe('entryOfInstalled', () => {
  it('marks matchers of this device, and offers nothing else for a match', () => {
    expect(entryOfInstalled(MODEL)).toMatchObject({
      id: 'local:m',
      manifestUrl: MODEL.manifestUrl,
      defaultLongSide: 560,
    });
    expect(entryOfInstalled({ ...MODEL, kind: 'encoder', input: null })).toBeNull();
  });
});
