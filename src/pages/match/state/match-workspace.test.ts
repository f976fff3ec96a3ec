import { afterEach, describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../../core/errors.ts';
import type { GpuCheck, Progress } from '../../../core/match.ts';
import { GPU_WRONG } from '../../../core/match.ts';
import { parseAddress } from './address/url.ts';
import { fakeCanvas, FakeEngine, MODEL, RESULT, settle } from './fake-engine.ts';
import { MatchWorkspace } from './match-workspace.ts';

const BASE = 'https://site.test/app/';
let open: MatchWorkspace | null = null;
afterEach(() => open?.dispose());

function make(fetcher?: typeof fetch) {
  const engine = new FakeEngine();
  const workspace = new MatchWorkspace({
    spawn: engine.spawn,
    base: BASE,
    initial: { models: [MODEL] },
    fetcher,
    pausedBy: ['lift'],
  });
  open = workspace;
  const state = () => workspace.store.getState();
  // What the stage does: a new canvas for every epoch.
  let epoch = -1;
  const mount = () => {
    if (state().engine.epoch === epoch) return;
    epoch = state().engine.epoch;
    workspace.link.attach(fakeCanvas());
  };
  workspace.store.subscribe(mount);
  mount();
  return { engine, workspace, state };
}

async function matched(fetcher?: typeof fetch) {
  const made = make(fetcher);
  await made.workspace.photos.take({
    files: [new File(['a'], 'a.jpg'), new File(['b'], 'b.jpg')],
    folders: [],
    text: '',
  });
  await settle();
  return made;
}

describe('photos', () => {
  it('match by themselves once both are there, and once only', async () => {
    const { engine, workspace, state } = make();
    await workspace.photos.openFile('a', new Blob(['a']), 'a.jpg');
    await settle();
    expect(engine.count('match')).toBe(0);
    await workspace.photos.openFile('b', new Blob(['b']), 'b.jpg');
    await settle();
    expect(engine.count('match')).toBe(1);
    expect(state().result).toEqual(RESULT);
    expect(state().job).toBeNull();
  });

  it('wait on the lift page, and match once another page is shown', async () => {
    const { engine, workspace, state } = make();
    workspace.showPage('lift');
    await workspace.photos.openFile('a', new Blob(['a']), 'a.jpg');
    await workspace.photos.openFile('b', new Blob(['b']), 'b.jpg');
    await settle();
    expect(engine.count('match')).toBe(0);
    workspace.showPage('compare');
    await settle();
    workspace.showPage('match');
    await settle();
    expect(engine.count('match')).toBe(1);
    expect(state().result).toEqual(RESULT);
  });

  it('go to the first empty slot, then to A, or to the slot they were dropped on', async () => {
    const { workspace, state } = make();
    const drop = (name: string, target?: 'a' | 'b') =>
      workspace.photos.take({ files: [new File(['x'], name)], folders: [], text: '' }, target);
    const names = () => [state().photos.a.photo?.name, state().photos.b.photo?.name];
    await drop('1.jpg');
    await drop('2.jpg');
    expect(names()).toEqual(['1.jpg', '2.jpg']);
    await drop('3.jpg');
    expect(names()).toEqual(['3.jpg', '2.jpg']);
    await drop('4.jpg', 'b');
    expect(names()).toEqual(['3.jpg', '4.jpg']);
  });

  it('that are refused leave photo and result in place and run nothing', async () => {
    const { engine, workspace, state } = await matched();
    const before = state();
    await workspace.photos.openFile('a', new Blob(['x']), 'bad.jpg');
    await settle();
    expect(state().photos).toEqual(before.photos);
    expect(state().result).toBe(before.result);
    expect(state().notices).toMatchObject([{ code: 'photo-bad', remedy: 'Choose another.' }]);
    expect(engine.count('match')).toBe(1);
  });

  it('that are refused let the match go on that they interrupted', async () => {
    const { engine, workspace, state } = await matched();
    engine.handlers.match = () => new Promise(() => undefined);
    workspace.updateSettings({ longSide: 256 });
    await settle();
    expect(state().job).not.toBeNull();
    await workspace.photos.openFile('a', new Blob(['x']), 'bad.jpg');
    await settle();
    expect(engine.count('match')).toBe(3);
    expect(state().job).not.toBeNull();
  });

  it('replaced while a match runs abort it', async () => {
    const { engine, workspace, state } = await matched();
    engine.handlers.match = () => new Promise(() => undefined);
    await workspace.photos.openFile('a', new Blob(['c']), 'c.jpg');
    await settle();
    const running = engine.calls.at(-1);
    engine.handlers.match = () => RESULT;
    await workspace.photos.openFile('b', new Blob(['d']), 'd.jpg');
    await settle();
    expect(engine.worker.sent).toContainEqual({ type: 'cancel', id: running?.id });
    expect(state().result).toEqual(RESULT);
    expect(state().notices).toEqual([]);
  });

  it('are told of what is known so far, and Stop keeps the best', async () => {
    const { engine, workspace, state } = await matched();
    let finish = () => {};
    engine.handlers.match = () => new Promise((resolve) => (finish = () => resolve(RESULT)));
    workspace.matching.request();
    await settle();
    const { id } = engine.calls.at(-1)!;
    const tell = (progress: Progress) => engine.worker.reply({ type: 'progress', id, progress });
    tell({ stage: 'decode', fraction: null });
    expect(state().job).toMatchObject({ stage: 'decode', soFar: null });
    const soFar = { ...RESULT.verdict, kind: 'none' as const };
    tell({ stage: 'rescue', fraction: 0, soFar });
    tell({ stage: 'rescue', fraction: 0.4, look: { rotation: 90 } });
    expect(state().job).toMatchObject({ soFar, progress: { fraction: 0.4, look: { rotation: 90 } } });
    engine.handlers.stopSearch = () => finish();
    workspace.matching.stop();
    await settle();
    expect(engine.worker.sent).not.toContainEqual({ type: 'cancel', id });
    expect(state()).toMatchObject({ job: null, result: RESULT, notices: [] });
  });

  it('chosen one after the other for a slot end with the last one', async () => {
    const { workspace, state } = make();
    void workspace.photos.openFile('a', new Blob(['1']), '1.jpg');
    void workspace.photos.openFile('a', new Blob(['2']), '2.jpg');
    await workspace.photos.openFile('a', new Blob(['3']), '3.jpg');
    await settle();
    expect(state().photos.a).toMatchObject({ opening: null, photo: { name: '3.jpg' } });
  });

  it('swap with their result and their pins, without a model run', async () => {
    const { engine, workspace, state } = await matched();
    workspace.probing.pin({ side: 'a', x: 10, y: 20 });
    await settle();
    await workspace.photos.swap();
    expect([state().photos.a.photo?.name, state().photos.b.photo?.name]).toEqual(['b.jpg', 'a.jpg']);
    expect(state().pins).toMatchObject([
      { side: 'b', x: 10, y: 20, result: { from: { side: 'b' }, to: { side: 'a', x: 11 } } },
    ]);
    expect(engine.count('match')).toBe(1);
  });

  it('from an address that cannot be read give a notice with the host', async () => {
    const fetcher = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')));
    const { workspace, state } = await matched(fetcher);
    await workspace.photos.openAddress('b', 'https://photos.example/x.jpg');
    expect(state().notices).toMatchObject([{ code: 'photo-unreachable' }]);
    expect(state().notices[0].message).toContain('photos.example');
    expect(state().photos.b).toMatchObject({ opening: null, photo: { name: 'b.jpg' } });
    await workspace.photos.openAddress('b', 'javascript:alert(1)');
    expect(state().notices.at(-1)?.code).toBe('photo-address');
    expect(fetcher).toHaveBeenCalledTimes(1);
  });
});

describe('matching', () => {
  it('runs anew when size or model change, not when the view does', async () => {
    const { engine, workspace } = await matched();
    workspace.updateView({ view: 'flow', threshold: 0.5 });
    await settle();
    expect(engine.count('match')).toBe(1);
    workspace.updateSettings({ longSide: 256 });
    await settle();
    expect(engine.count('match')).toBe(2);
    expect(engine.calls.findLast((call) => call.method === 'match')?.argument).toMatchObject({ longSide: 256 });
  });

  it('tells a failure and keeps the previous result', async () => {
    const { engine, workspace, state } = await matched();
    engine.handlers.match = () => {
      throw new Error('out of memory');
    };
    workspace.updateSettings({ longSide: 2048 });
    await settle();
    expect(state()).toMatchObject({ job: null, result: RESULT, notices: [{ message: 'out of memory' }] });
  });
});

describe('the engine', () => {
  it('that crashes is replaced, with a new canvas, the photos and the match', async () => {
    const { engine, state } = await matched();
    engine.worker.onerror?.({ message: 'boom' });
    await settle();
    expect(engine.workers).toHaveLength(2);
    expect(state().engine).toMatchObject({ epoch: 1, status: 'ready' });
    expect(state().notices).toMatchObject([{ code: 'engine-crashed' }]);
    expect(
      engine
        .methods()
        .slice(-4)
        .filter((method) => method !== 'view'),
    ).toEqual(['setPhoto', 'setPhoto', 'match']);
    expect(state().result).toEqual(RESULT);
  });

  it('that loses its device is replaced likewise', async () => {
    const { engine, state } = await matched();
    engine.worker.reply({ type: 'device-lost', reason: 'destroyed' });
    await settle();
    expect(engine.workers[0].terminated).toBe(true);
    expect(state().notices).toMatchObject([{ code: 'device-lost' }]);
    expect(state().result).toEqual(RESULT);
  });

  it('that loses its device at both starts goes on without the GPU, with the photos that were being opened', async () => {
    const { engine, workspace, state } = make();
    const start = engine.handlers.start as (argument: never) => object;
    engine.handlers.start = (argument: { avoidGpu: string | null }) => {
      if (argument.avoidGpu) return { ...start(argument as never), providerReason: argument.avoidGpu, canTryGpu: true };
      engine.worker.reply({ type: 'device-lost', reason: 'Device was destroyed.' });
      return new Promise(() => undefined);
    };
    const files = [new File(['a'], 'a.jpg'), new File(['b'], 'b.jpg')];
    const opened = workspace.photos.take({ files, folders: [], text: '' });
    await settle();
    await opened;
    await settle();
    expect(engine.workers).toHaveLength(3);
    expect(state().photos).toMatchObject({ a: { photo: { name: 'a.jpg' } }, b: { photo: { name: 'b.jpg' } } });
    expect(state()).toMatchObject({ result: RESULT, engine: { status: 'ready', info: { canTryGpu: true } } });
    expect(state().engine.info!.providerReason).toContain('lost twice in a row (Device was destroyed)');
    expect(state().notices).toMatchObject([{ code: 'gpu-avoided', action: { label: 'Try the GPU again' } }]);
    // Tried again, it is there.
    engine.handlers.start = start;
    state().notices[0].action!.run();
    await settle();
    expect(engine.calls.findLast(({ method }) => method === 'start')?.argument).toMatchObject({ avoidGpu: null });
    expect(state()).toMatchObject({ result: RESULT, notices: [], engine: { status: 'ready' } });
  });

  it('that loses its device with every match on it matches without the GPU', async () => {
    const { engine, workspace, state } = await matched();
    engine.handlers.match = () => {
      const { argument } = engine.calls.findLast(({ method }) => method === 'start')!;
      if ((argument as { avoidGpu?: string | null }).avoidGpu) return RESULT;
      engine.worker.reply({ type: 'device-lost', reason: 'out of memory' });
      return new Promise(() => undefined);
    };
    workspace.updateSettings({ longSide: 4096 });
    await settle();
    await settle();
    expect(engine.workers).toHaveLength(3);
    expect(state()).toMatchObject({ engine: { status: 'ready' }, job: null, result: RESULT });
    expect(state().notices.map(({ code }) => code)).toEqual(['gpu-avoided']);
  });

  it('that loses its device while a photo is opened opens it again', async () => {
    const { engine, workspace, state } = await matched();
    const { setPhoto } = engine.handlers;
    engine.handlers.setPhoto = () => {
      engine.handlers.setPhoto = setPhoto;
      engine.worker.reply({ type: 'device-lost', reason: '' });
      return new Promise(() => undefined);
    };
    await workspace.photos.openFile('a', new Blob(['c']), 'c.jpg');
    await settle();
    expect(state().photos.a).toMatchObject({ photo: { name: 'c.jpg' }, opening: null });
    expect(state().notices.map(({ code }) => code)).toEqual(['device-lost']);
    expect(state().result).toEqual(RESULT);
  });

  it('that dies of every match is not asked again by itself', async () => {
    const { engine, workspace, state } = await matched();
    engine.handlers.match = () => {
      engine.worker.onerror?.({ message: 'out of memory' });
      return new Promise(() => undefined);
    };
    workspace.updateSettings({ longSide: 4096 });
    await settle();
    await settle();
    expect(engine.count('match')).toBe(3);
    expect(state()).toMatchObject({ engine: { status: 'ready' }, job: null });
    engine.handlers.match = () => RESULT;
    workspace.updateSettings({ longSide: null });
    await settle();
    expect(state().result).toEqual(RESULT);
  });

  it('that cannot start is given up after two tries, and can be tried again', async () => {
    const { engine, workspace, state } = make();
    const start = engine.handlers.start;
    engine.handlers.start = () => {
      engine.worker.onerror?.({ message: 'no' });
      return new Promise(() => undefined);
    };
    await settle();
    expect(engine.workers).toHaveLength(2);
    expect(state().engine.status).toBe('stopped');
    engine.handlers.start = start;
    workspace.link.retry();
    await settle();
    expect(state().engine.status).toBe('ready');
  });

  it('is started anew for another provider, with the photos', async () => {
    const { engine, workspace, state } = await matched();
    workspace.updateSettings({ provider: 'webgpu' });
    await settle();
    expect(engine.workers).toHaveLength(2);
    expect(engine.calls.findLast((call) => call.method === 'start')?.argument).toMatchObject({ provider: 'webgpu' });
    expect(state().result).toEqual(RESULT);
    expect(state().notices).toEqual([]);
  });

  it('gets the latest view, however fast it changes, one message at a time', async () => {
    const { engine, workspace } = await matched();
    const before = engine.count('view');
    for (let i = 0; i <= 20; i++) workspace.updateView({ threshold: i / 20 });
    await settle();
    expect(engine.count('view') - before).toBeLessThanOrEqual(3);
    expect(engine.calls.at(-1)).toMatchObject({ method: 'view', argument: { settings: { threshold: 1 } } });
  });
});

describe('the probe', () => {
  it('has one question on its way and asks for the last place next', async () => {
    const { engine, workspace, state } = await matched();
    for (let x = 1; x <= 50; x++) workspace.probing.move({ side: 'a', x, y: 5 });
    await settle();
    expect(engine.count('probe')).toBe(2);
    expect(state().probe).toMatchObject({ x: 50, result: { from: { x: 50 }, to: { side: 'b', x: 51, y: 6 } } });
    workspace.probing.leave();
    expect(state().probe).toBeNull();
  });

  it('answers pins anew after a new match', async () => {
    const { engine, workspace, state } = await matched();
    workspace.probing.pin({ side: 'b', x: 3, y: 4 });
    await settle();
    expect(state().pins).toMatchObject([{ side: 'b', result: { to: { side: 'a' } } }]);
    workspace.updateSettings({ longSide: 128 });
    await settle();
    expect(engine.count('probe')).toBe(2);
    workspace.probing.unpin(state().pins[0].id);
    expect(state().pins).toEqual([]);
  });

  it('drops the pins of a photo that was replaced', async () => {
    const { workspace, state } = await matched();
    workspace.probing.pin({ side: 'a', x: 1, y: 1 });
    workspace.probing.pin({ side: 'b', x: 2, y: 2 });
    await workspace.photos.openFile('a', new Blob(['c']), 'c.jpg');
    expect(state().pins).toMatchObject([{ side: 'b' }]);
  });
});

describe('opening a link', () => {
  const site: Record<string, string> = {
    'samples/index.json': JSON.stringify([
      { id: 'one', title: 'One', a: 'one-a.jpg', b: 'one-b.jpg' },
      { id: 'two', title: 'Two', a: 'two-a.jpg', b: 'two-b.jpg', credit: 'me' },
      { id: 'broken' },
    ]),
    'samples/one-a.jpg': '1a',
    'samples/one-b.jpg': '1b',
    'samples/two-a.jpg': '2a',
    'samples/two-b.jpg': '2b',
  };
  const fetcher = (async (url: URL) => {
    const body = site[url.href.slice(BASE.length)];
    return new Response(body ?? 'missing', { status: body ? 200 : 404 });
  }) as typeof fetch;

  it.each([
    ['', 'one-a.jpg'],
    ['?sample=two', 'two-a.jpg'],
    ['?sample=gone', 'one-a.jpg'],
    ['?a=samples/two-b.jpg&b=samples/two-a.jpg', 'two-b.jpg'],
  ])('“%s” opens %s', async (search, name) => {
    const { workspace, state } = make(fetcher);
    await workspace.open(parseAddress(search));
    await settle();
    expect(state().photos.a.photo?.name).toBe(name);
    expect(state().samples.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(state().result).toEqual(RESULT);
  });

  it('restores view, settings and pins', async () => {
    const { workspace, state } = make(fetcher);
    await workspace.open(parseAddress('?view=cycle&size=256&pins=a5,6'));
    await settle();
    expect(state()).toMatchObject({
      view: { view: 'cycle' },
      settings: { longSide: 256 },
      pins: [{ side: 'a', x: 5, y: 6, result: { to: { x: 6, y: 7 } } }],
    });
  });
});

describe('a GPU that computes wrongly', () => {
  /** An engine that finds the GPU wrong unless it is told so at its start. */
  async function wrong() {
    const made = make();
    const { engine } = made;
    const known: object[] = [];
    engine.handlers.start = ({ checks }: { checks: object }) => {
      known.push(checks);
      return { provider: 'webgpu', providerReason: 'test', adapter: 'X', isFallbackAdapter: false, threads: 1 };
    };
    engine.handlers.match = () => {
      const isKnown = Object.keys(known.at(-1)!).length > 0;
      const { id } = engine.calls.at(-1)!;
      const check: GpuCheck = {
        key: 'X / m',
        verdict: 'wrong',
        finding: 'its places differ',
        provider: 'wasm',
        providerReason: 'Models run on the CPU: the GPU (X) computes this one wrongly.',
      };
      engine.worker.reply({ type: 'progress', id, progress: { stage: 'load-model', fraction: 0, check } });
      if (!isKnown) throw new CodedError(GPU_WRONG, 'The GPU (X) computes “M” wrongly: its places differ.', 'CPU.');
      return RESULT;
    };
    await made.workspace.photos.take({
      files: [new File(['a'], 'a.jpg'), new File(['b'], 'b.jpg')],
      folders: [],
      text: '',
    });
    await settle();
    await settle();
    return { ...made, known };
  }

  it('gets a fresh engine that knows it, with the same photos, and the page says why', async () => {
    const { engine, state, known } = await wrong();
    expect(known).toEqual([{}, { 'X / m': { verdict: 'wrong', finding: 'its places differ' } }]);
    expect(engine.workers).toHaveLength(2);
    expect(engine.workers[0].terminated).toBe(true);
    expect(engine.count('setPhoto')).toBe(4);
    expect(state().result).toEqual(RESULT);
    expect(state().engine.info).toMatchObject({ provider: 'wasm', check: { verdict: 'wrong' } });
    expect(state().engine.info!.providerReason).toContain('GPU (X) computes this one wrongly');
    expect(state().notices.map(({ code }) => code)).toEqual([GPU_WRONG]);
  });

  it('is checked anew when the person asks for it, or chooses another model', async () => {
    const { engine, workspace, state, known } = await wrong();
    workspace.tryGpuAgain();
    await settle();
    await settle();
    expect(known[2]).toEqual({});
    expect(engine.workers.length).toBeGreaterThanOrEqual(3);
    const before = engine.workers.length;
    workspace.store.setState({ models: [MODEL, { ...MODEL, id: 'n', manifestUrl: `${BASE}models/n/manifest.json` }] });
    workspace.updateSettings({ modelId: 'n' });
    await settle();
    expect(engine.workers.length).toBeGreaterThan(before);
    expect(state().photos.a.photo?.name).toBe('a.jpg');
  });
});
