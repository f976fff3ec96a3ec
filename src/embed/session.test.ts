import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeCanvas, FakeEngine, fakeSharedMatch, type RESULT, settle } from '../pages/match/state/fake-engine.ts';
import { MatchWorkspace } from '../pages/match/state/match-workspace.ts';
import type { EmbedMessage } from './messages.ts';
import { parseEmbedOptions } from './options.ts';
import { EmbedSession } from './session.ts';

const BASE = 'https://app.test/';
const PAGE = 'https://page.test/';
const SHARED = fakeSharedMatch({ a: 'l.jpg', b: 'r.jpg' }, 'view=cycle');

let close: (() => void)[] = [];
afterEach(() => {
  close.forEach((one) => one());
  close = [];
  vi.unstubAllGlobals();
});

/** A session on a fake engine whose canvas is mounted once it is active, as the view does. */
async function make(query: string) {
  const fetched: string[] = [];
  const fetcher = (async (url: URL) => {
    fetched.push(String(url));
    return new Response('bytes');
  }) as unknown as typeof fetch;
  vi.stubGlobal('fetch', fetcher);
  const engine = new FakeEngine();
  engine.handlers.readShare = () => SHARED;
  engine.handlers.showField = ({ result }: { result: typeof RESULT }) => result;
  const model = { id: 'm', name: 'M', manifestUrl: `${BASE}m.json` } as never;
  const workspace = new MatchWorkspace({ spawn: engine.spawn, base: BASE, initial: { models: [model] }, fetcher });
  workspace.loadModels = async () => {};
  const told: EmbedMessage[] = [];
  const session = new EmbedSession(workspace, parseEmbedOptions(query, 'https://app.test'), PAGE, (message) =>
    told.push(message),
  );
  session.store.subscribe(({ isActive }) => isActive && workspace.link.attach(fakeCanvas()));
  close.push(
    () => session.dispose(),
    () => workspace.dispose(),
  );
  await settle();
  return { session, workspace, engine, told, fetched, state: () => workspace.store.getState() };
}

describe('EmbedSession', () => {
  it('shows the photos and starts nothing before it is activated', async () => {
    const { session, engine, fetched } = await make('?a=l.jpg&b=https://other.test/r.jpg');
    expect(session.store.getState().poster).toEqual({
      kind: 'photos',
      a: `${PAGE}l.jpg`,
      b: 'https://other.test/r.jpg',
    });
    expect(engine.workers).toHaveLength(0);
    expect(fetched).toEqual([]);
  });

  it('opens and matches once, however often it is activated, and tells the result', async () => {
    const { session, engine, told } = await make('?a=l.jpg&b=r.jpg');
    await Promise.all([session.activate(), session.activate(), session.run()]);
    await settle();
    expect(engine.count('setPhoto')).toBe(2);
    expect(told.filter((message) => message.type === 'result' && message.kind === 'match')).toHaveLength(1);
  });

  it('shows a share file without a match, which it runs only when asked', async () => {
    const { session, engine, state } = await make('?share=m.zip');
    await session.activate();
    await settle();
    expect(state().result?.modelName).toBe('Elsewhere');
    expect(state().view.view).toBe('cycle');
    expect(engine.count('match')).toBe(0);
    await session.run();
    await session.run();
    await settle();
    expect(engine.count('match')).toBeGreaterThan(0);
  });

  it('loads other photos before and after it is active', async () => {
    const { session, engine, state } = await make('?a=l.jpg&b=r.jpg');
    await session.load({ a: 'new.jpg' });
    expect(session.store.getState().poster).toMatchObject({ a: `${PAGE}new.jpg`, b: `${PAGE}r.jpg` });
    await session.activate();
    await session.load({ b: new File(['x'], 'blob.jpg') });
    await settle();
    expect([state().photos.a.photo?.name, state().photos.b.photo?.name]).toEqual(['new.jpg', 'blob.jpg']);
    expect(engine.count('setPhoto')).toBe(3);
  });

  it('sets view and settings within their ranges, theme and controls, and nothing else', async () => {
    const { session, state } = await make('?a=l.jpg&b=r.jpg&view=warp&count=50');
    session.set({
      view: 'flow',
      threshold: '7',
      size: '256',
      theme: 'dark',
      controls: '0',
      origin: '*',
      nonsense: 'x',
      fit: 'fundamental',
      'fit.px': '0.5',
    });
    expect(state().geometry).toMatchObject({ isOpen: true, settings: { model: 'fundamental', threshold: 0.5 } });
    session.set({ 'fit.seed': '7' });
    expect(state().geometry.settings).toMatchObject({ model: 'fundamental', threshold: 0.5, seed: 7 });
    expect(state().view).toMatchObject({ view: 'flow', threshold: 1, count: 50 });
    expect(state().settings.longSide).toBe(256);
    expect(state().theme).toBe('dark');
    expect(session.store.getState().controls).toBe(false);
  });

  it('answers commands, failures too', async () => {
    const { session, told } = await make('?a=l.jpg&b=r.jpg');
    await session.handle({ id: 1, type: 'set', options: {} });
    await session.handle({
      id: 2,
      type: 'export',
      format: 'csv',
      side: 'a',
      flowSize: 'match',
      scale: 1,
      legend: true,
    });
    expect(told).toMatchObject([
      { type: 'result', kind: 'done', replyTo: 1 },
      { type: 'error', replyTo: 2, code: 'export-nothing' },
    ]);
  });
});
