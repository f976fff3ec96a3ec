import { afterEach, describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../../../core/errors.ts';
import type { FitRequest } from '../../contract/geometry-fit.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { FakeEngine, fakeCanvas, RESULT } from '../fake-engine.ts';
import { formatAddress, parseAddress } from '../address/url.ts';
import { MatchWorkspace } from '../match-workspace.ts';

afterEach(() => vi.useRealTimers());

/** A workspace whose engine is up and has matched; `answer` is what a fit gives. */
async function matchedWorkspace(
  answer: (request: FitRequest) => unknown = ({ settings }) => ({ model: settings.model }),
) {
  vi.useFakeTimers();
  const engine = new FakeEngine();
  engine.handlers.fitModel = answer as never;
  engine.handlers.reconstruct = (() => ({ count: 7 })) as never;
  const workspace = new MatchWorkspace({ spawn: engine.spawn, base: 'https://site.test/', fetcher: vi.fn() });
  workspace.link.attach(fakeCanvas());
  await vi.runAllTimersAsync();
  workspace.store.setState({ result: RESULT });
  const state = () => workspace.store.getState().geometry;
  return { engine, workspace, state, settle: () => vi.runAllTimersAsync() };
}

describe('geometry', () => {
  it('is not asked for before somebody opens it; then it is fitted, and matches take its colours', async () => {
    const { engine, workspace, state, settle } = await matchedWorkspace();
    await settle();
    expect(engine.count('fitModel')).toBe(0);
    workspace.geometry.open();
    await settle();
    expect(engine.count('fitModel')).toBe(1);
    expect(state()).toMatchObject({ fit: { model: 'homography' }, job: null, error: null });
    expect(workspace.store.getState().view.colorBy).toBe('inliers');
    expect(engine.count('match')).toBe(0);
  });

  it('follows its settings and the view’s filters, once they settle, and nothing else', async () => {
    const { engine, workspace, settle } = await matchedWorkspace();
    workspace.geometry.open();
    await settle();
    for (const threshold of [2, 1.5, 1]) workspace.geometry.update({ threshold });
    workspace.updateView({ threshold: 0.5 });
    await settle();
    expect(engine.count('fitModel')).toBe(2);
    expect(engine.calls.at(-1)).toMatchObject({ argument: { settings: { threshold: 1 }, certainty: 0.5 } });
    // A field of view means nothing to a homography, nor does a colour map.
    workspace.geometry.update({ fov: { a: 60, b: null } });
    workspace.updateView({ colorMap: 'magma' });
    await settle();
    expect(engine.count('fitModel')).toBe(2);
    workspace.geometry.update({ model: 'essential' });
    await settle();
    expect(engine.count('fitModel')).toBe(3);
  });

  it('ends with its match and is made anew for the next one', async () => {
    const { engine, workspace, state, settle } = await matchedWorkspace();
    workspace.geometry.open();
    await settle();
    await workspace.geometry.makeCloud();
    await settle();
    expect(state().cloud).toEqual({ count: 7 });
    workspace.store.setState({ result: null });
    expect(state()).toMatchObject({ fit: null, cloud: null });
    workspace.store.setState({ result: { ...RESULT } });
    await settle();
    expect(state().fit).not.toBeNull();
    expect(engine.count('fitModel')).toBe(2);
  });

  it('makes and shows the points in space of a pair that another page opens with what it knows of it', async () => {
    const cameras = { a: { inFront: 1 } };
    const { engine, workspace, state, settle } = await matchedWorkspace(({ settings }) => ({
      model: settings.model,
      cameras: settings.model === 'essential' ? cameras : null,
    }));
    const camera = { a: 'PINHOLE,4,3,5,5,2,1.5', b: null };
    await workspace.showPair({ cameras: camera, masks: { a: null, b: null }, points: true });
    await settle();
    expect(workspace.store.getState().page).toBe('match');
    expect(state()).toMatchObject({
      isOpen: true,
      settings: { model: 'essential', cloud: true, camera },
      cloud: { count: 7 },
    });
    expect([engine.count('fitModel'), engine.count('reconstruct')]).toEqual([1, 1]);
    expect(workspace.address()).toContain('fit=essential&fit.cloud=1');
    // Closed, it is not made again with every change; the next pair is shown without it.
    workspace.geometry.update({ cloud: false });
    workspace.geometry.update({ threshold: 2 });
    await settle();
    expect(state().cloud).toBeNull();
    expect([engine.count('fitModel'), engine.count('reconstruct')]).toEqual([2, 1]);
  });

  it('says why there is no model, and takes the last one away', async () => {
    let fails = false;
    const { workspace, state, settle } = await matchedWorkspace(() => {
      if (fails) throw new CodedError('geometry-no-model', 'None.', 'Try.');
      return { model: 'homography' };
    });
    workspace.geometry.open();
    await settle();
    fails = true;
    workspace.geometry.update({ model: 'fundamental' });
    await settle();
    expect(state()).toMatchObject({ fit: null, job: null, error: { code: 'geometry-no-model', remedy: 'Try.' } });
  });

  it('can be stopped: what was there stays', async () => {
    let hangs = false;
    const { workspace, state, settle } = await matchedWorkspace(() =>
      hangs ? new Promise(() => {}) : { model: 'homography' },
    );
    workspace.geometry.open();
    await settle();
    const { fit } = state();
    hangs = true;
    void workspace.geometry.fit();
    await settle();
    expect(state().job).toEqual({ kind: 'fit', fraction: null });
    workspace.geometry.abort();
    await settle();
    expect(state()).toMatchObject({ job: null, error: null });
    expect(state().fit).toBe(fit);
  });

  it('is made for a view that needs it, without being opened', async () => {
    const { engine, workspace, settle } = await matchedWorkspace();
    workspace.updateView({ view: 'compare', compareBy: 'panorama' });
    await settle();
    expect(engine.count('fitModel')).toBe(1);
    expect(workspace.store.getState().geometry.isOpen).toBe(false);
  });
});

describe('links', () => {
  const bring = (query: string) => parseAddress(query).geometry;
  const format = (geometry: ReturnType<typeof bring>) => formatAddress({ ...parseAddress(''), geometry });

  it('bring every choice back', () => {
    const settings = {
      model: 'essential',
      method: 'msac',
      threshold: 0.75,
      confidence: 0.99,
      iterations: 1000,
      k1: -0.125,
      seed: 9,
      count: 2500,
      cloud: true,
      fov: { a: 61.5, b: 70 },
      camera: { a: null, b: 'OPENCV,640,480,700.25,710,321,239.5,-0.1,0.02,0.001,-0.002' },
    } as const;
    expect(bring(format({ isOpen: true, settings }))).toEqual({ isOpen: true, settings });
    expect(bring(format({ isOpen: false, settings: { ...settings, model: 'homography' } }))).toMatchObject({
      isOpen: false,
      settings: { method: 'msac', fov: { a: 61.5 } },
    });
  });

  it('say nothing where all is as usual, and the model alone where it is open', () => {
    expect(format({ isOpen: false, settings: DEFAULT_FIT })).toBe('');
    expect(format({ isOpen: true, settings: DEFAULT_FIT })).toBe('fit=homography');
    expect(bring('')).toBeUndefined();
  });

  it('keep ranges and pass over nonsense', () => {
    expect(bring('fit=cube&fit.px=-3&fit.count=1e9&fit.fova=NaN&fit.method=x&fit.iterations=')).toEqual({
      isOpen: false,
      settings: { ...DEFAULT_FIT, threshold: 0.1, count: 10_000 },
    });
  });
});
