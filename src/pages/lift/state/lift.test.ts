import { afterEach, describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../../core/errors.ts';
import type { LiftProgress, SweepOptions } from '../contract/api.ts';
import type { DatasetPhoto } from '../contract/dataset.ts';
import type { InstalledModel } from '../../../models/library-contract.ts';
import { FakeEngine, fakeCanvas, MODEL, settle } from '../../match/state/fake-engine.ts';
import type { Photo } from '../../../workspace/types.ts';
import { MatchWorkspace } from '../../match/state/match-workspace.ts';
import { FACTS, FakeLiftWorker, type LiftAnswers, SCORE } from './fake-lift-worker.ts';
import { Lift } from './lift.ts';

const photo = (name: string, address?: string): Photo => {
  const size = { width: 640, height: 480 };
  return {
    file: new Blob([name]),
    name,
    source: address ? { kind: 'address', url: address } : { kind: 'file' },
    info: { name, size, workingSize: size, notes: [] },
    url: `blob:${name}`,
  };
};

let lift: Lift;
let workers: FakeLiftWorker[];
const worker = () => workers[workers.length - 1];

function attach(): void {
  for (const side of ['a', 'b'] as const) lift.attach(side, fakeCanvas());
}

/** The page as it is shown first: with photo A, and with both canvases there. */
function open(answers: LiftAnswers = {}, first: Photo | null = photo('a.jpg')): Lift {
  workers = [];
  const workspace = new MatchWorkspace({
    spawn: new FakeEngine().spawn,
    base: 'https://site.test/',
    initial: {
      models: [MODEL],
      samples: [
        {
          id: 's',
          title: 'S',
          description: '',
          a: 'https://site.test/s/a.jpg',
          b: 'https://site.test/s/b.jpg',
          truth: null,
          depth: 'https://site.test/s/a-disparity.png',
          credit: '',
        },
      ],
      photos: { a: { photo: first, opening: null }, b: { photo: null, opening: null } },
    },
  });
  lift = new Lift(workspace, () => {
    workers.push(new FakeLiftWorker(answers));
    return worker();
  });
  attach();
  lift.resize('a', { width: 300, height: 200 });
  lift.resize('b', { width: 300, height: 200 });
  return lift;
}
const putPhoto = (next: Photo | null) =>
  lift.workspace.store.setState(({ photos }) => ({ photos: { ...photos, a: { photo: next, opening: null } } }));
const notices = () => lift.workspace.store.getState().notices.map(({ code }) => code);

afterEach(() => {
  lift.dispose();
  lift.workspace.dispose();
  vi.useRealTimers();
});

/** The match page's engine starts with its stage. */
function startEngine(): void {
  if (lift.workspace instanceof MatchWorkspace) lift.workspace.link.attach(fakeCanvas());
}

describe('Lift', () => {
  it('starts nothing before it is looked at, then opens the photo, tells sizes and pictures, and renders', async () => {
    open();
    await settle();
    expect(workers).toHaveLength(0);
    lift.wake();
    await settle();
    expect(worker().methods()).toEqual(['start', 'setPhoto', 'resize', 'resize', 'show', 'render']);
    expect(worker().asked('setPhoto')[0].depth).toEqual({ kind: 'estimate' });
    expect(lift.store.getState()).toMatchObject({ facts: FACTS, opening: null, depth: { kind: 'estimate' } });
  });

  it('renders one frame at a time, and the newest of many wishes last', async () => {
    let open1 = 0;
    let most = 0;
    open({
      render: async () => {
        most = Math.max(most, ++open1);
        await new Promise((resolve) => setTimeout(resolve, 3));
        open1--;
        return FACTS;
      },
    }).wake();
    await settle();
    for (let i = 1; i <= 20; i++) lift.set('motion', { rotation: [0, i, 0] });
    await vi.waitFor(() => expect(worker().asked('render').at(-1)?.settings.motion.rotation[1]).toBe(20));
    expect(most).toBe(1);
    expect(worker().asked('render').length).toBeLessThan(6);
  });

  it('follows photo A, uses a sample’s own depth, and keeps a dropped map for its photo only', async () => {
    open({}, photo('a.jpg', 'https://site.test/s/a.jpg')).wake();
    await settle();
    const { depth } = worker().asked('setPhoto')[0];
    expect(depth).toEqual({ kind: 'sample', url: 'https://site.test/s/a-disparity.png', meaning: 'disparity' });
    const file = new Blob([]);
    lift.chooseDepth({ kind: 'file', file, name: 'd.npy', meaning: 'depth' });
    await settle();
    expect(worker().asked('setDepth')).toMatchObject([{ source: { kind: 'file', name: 'd.npy', meaning: 'depth' } }]);
    expect(worker().asked('render')).toHaveLength(2);
    putPhoto(photo('b.jpg'));
    await settle();
    expect(worker().asked('setPhoto').at(-1)).toMatchObject({ name: 'b.jpg', depth: { kind: 'estimate' } });
    expect(worker().asked('render')).toHaveLength(3);
  });

  it('takes dropped photos, depth maps, both together and networks; models are left to the Models panel', async () => {
    open().wake();
    startEngine();
    await settle();
    const { photos } = lift.workspace;
    const drop = async (target: 'a' | 'b' | undefined, ...names: string[]) => {
      const files = names.map((name) => new File(['x'], name));
      await photos.take({ files, folders: [], text: '' }, target);
      await settle();
    };
    await drop(undefined, 'new.npy', 'new.jpg');
    expect(worker().asked('setPhoto').at(-1)?.name).toBe('new.jpg');
    expect(lift.store.getState().depthChoice).toMatchObject({ kind: 'file', name: 'new.npy', meaning: 'depth' });
    await drop('b', 'painted.jpg');
    expect(lift.store.getState().depthChoice).toMatchObject({ kind: 'file', name: 'painted.jpg' });
    await drop(undefined, 'next.jpg');
    expect(lift.store.getState()).toMatchObject({ photo: { name: 'next.jpg' }, depthChoice: { kind: 'auto' } });
    expect(lift.workspace.store.getState().photos.b.photo).toBeNull();
    await drop(undefined, 'skyseg.onnx');
    expect(worker().asked('addNetwork')).toMatchObject([{ purpose: 'sky', name: 'skyseg.onnx' }]);
    expect(lift.store.getState().settings.sky.source).toBe('model');
    await drop(undefined, 'matcher.onnx');
    expect(worker().asked('addNetwork')).toHaveLength(1);
    await drop(undefined, 'one.jpg', 'two.jpg');
    expect(notices()).toContain('lift-too-many');
    expect(lift.store.getState().photo?.name).toBe('next.jpg');
  });

  it('an unusable depth map is told, and the estimate takes its place', async () => {
    open({
      setDepth: ({ source }: { source: { kind: string } }) => {
        if (source.kind === 'file') throw new CodedError('depth-bad', 'Bad map.');
        return { kind: source.kind };
      },
    }).wake();
    await settle();
    lift.chooseDepth({ kind: 'file', file: new Blob([]), name: 'd.npy', meaning: 'depth' });
    await settle();
    expect(notices()).toContain('depth-bad');
    expect(lift.store.getState().depthChoice).toEqual({ kind: 'estimate' });
    lift.set('motion', { zoom: 2 });
    await settle();
    expect(worker().asked('render').at(-1)?.settings.motion.zoom).toBe(2);
  });

  it('a refused photo leaves the one before', async () => {
    open({
      setPhoto: ({ name }: { name: string }) => {
        if (name === 'bad.jpg') throw new CodedError('photo-bad', 'Bad photo.');
        return { photo: {}, depth: { kind: 'estimate' } };
      },
    }).wake();
    await settle();
    putPhoto(photo('bad.jpg'));
    await settle();
    expect(notices()).toContain('photo-bad');
    expect(lift.store.getState().photo?.name).toBe('a.jpg');
    expect(lift.opening.isOpen).toBe(true);
  });

  it('the same seed draws the same view, and another seed draws the present kind anew', async () => {
    open().wake();
    lift.drawView('l2m');
    const first = lift.store.getState().settings;
    lift.setSeed(7);
    const second = lift.store.getState().settings;
    expect(second.motion).not.toEqual(first.motion);
    lift.setSeed(1);
    expect(lift.store.getState().settings).toEqual(first);
    lift.drawView(2);
    const [, angle] = lift.store.getState().settings.motion.rotation;
    expect(Math.abs(angle)).toBeGreaterThan(20);
    lift.move({ kind: 'orbit', x: 0.1, y: 0 });
    expect(lift.store.getState().draw).toBeNull();
  });

  it('keeps its settings in the link', async () => {
    open().wake();
    lift.set('motion', { zoom: 2 });
    lift.setSeed(5);
    lift.show('b', 'error');
    expect(lift.workspace.store.getState().pageOptions).toEqual({
      'lift.zoom': '2',
      'lift.seed': '5',
      'lift.show-b': 'error',
    });
  });

  it('scores by itself when the view has come to rest, and stops a score that is out of date', async () => {
    open().wake();
    await settle();
    lift.scoring.update({ isLive: true });
    await vi.waitFor(() => expect(lift.store.getState().score).toEqual(SCORE));
    for (let i = 1; i <= 5; i++) {
      lift.set('motion', { zoom: 1 + i / 10 });
      await settle();
    }
    expect(worker().asked('score')).toHaveLength(1);
    expect(lift.store.getState().isScoreOld).toBe(true);
    await vi.waitFor(() => expect(lift.store.getState().isScoreOld).toBe(false));
    expect(worker().asked('score')).toHaveLength(2);
    // A score that runs while the view changes is cancelled.
    const running = lift.scoring.run();
    await Promise.resolve();
    lift.set('motion', { zoom: 3 });
    await running;
    expect(lift.store.getState().scoring).toBeNull();
  });

  it('sweeps, shows points as they come, and keeps them when it is stopped', async () => {
    open({
      sweep: async ({ kind, steps }: SweepOptions, onProgress: (progress: LiftProgress) => void) => {
        for (let step = 0; step < steps; step++) {
          const point = { model: 'm', step, value: step, score: SCORE };
          onProgress({ stage: 'score', fraction: (step + 1) / steps, point, detail: kind });
          if (step === 2) await new Promise(() => undefined);
        }
        return [];
      },
    }).wake();
    await settle();
    void lift.sweeping.run();
    await settle();
    expect(lift.store.getState().sweep?.points.map(({ step }) => step)).toEqual([0, 1, 2]);
    lift.sweeping.stop();
    await settle();
    expect(lift.store.getState().sweep).toMatchObject({ progress: null, total: 9 });
    expect(lift.store.getState().sweep?.points).toHaveLength(3);
    expect(worker().cancelled).toHaveLength(1);
    expect(notices()).toEqual([]);
  });

  it('exports views of the present photo with the depth that was dropped for it', async () => {
    const summary = { photos: 1, views: 2, kept: 0, bytes: 3, failures: [], blob: new Blob(['zip']) };
    open({ exportDataset: () => summary }).wake();
    await settle();
    lift.chooseDepth({ kind: 'file', file: new Blob([]), name: 'd.pfm', meaning: 'disparity' });
    await settle();
    lift.dataset.update({ views: 2 });
    const blob = await lift.dataset.run([lift.dataset.presentPhoto()!], { kind: 'zip', handle: null });
    expect(await blob?.text()).toBe('zip');
    expect(worker().asked('exportDataset')[0]).toMatchObject({
      photos: [{ name: 'a.jpg', depth: { kind: 'file', name: 'd.pfm', meaning: 'disparity' } }],
      options: { views: 2, seed: 1, relight: true },
    });
    expect(lift.store.getState().dataset).toMatchObject({ progress: null, summary: { views: 2 } });
    expect(await lift.dataset.run([], { kind: 'zip', handle: null })).toBeNull();
    expect(lift.store.getState().dataset?.error?.code).toBe('dataset-no-photos');
  });

  it('takes an installed network for a dataset’s other photos, whatever map the present one has', async () => {
    const summary = { photos: 1, views: 1, kept: 0, bytes: 3, failures: [], blob: null };
    open({ exportDataset: () => summary }).wake();
    await settle();
    lift.chooseDepth({ kind: 'file', file: new Blob([]), name: 'd.pfm', meaning: 'disparity' });
    const other = { name: 'other.jpg', file: new Blob(['o']), depth: null };
    await lift.dataset.run([other], { kind: 'zip', handle: null });
    const { store } = lift.workspace;
    const network = { id: 'dav2', kind: 'depth', name: 'Depth', manifestUrl: 'opfs:dav2' } as InstalledModel;
    store.setState({ library: { ...store.getState().library, installed: [network] } });
    await lift.dataset.run([other], { kind: 'zip', handle: null });
    const asked = worker().asked('exportDataset') as { photos: DatasetPhoto[] }[];
    expect(asked.map(({ photos }) => photos[0].depth)).toEqual([
      { kind: 'estimate' },
      { kind: 'network', manifestUrl: 'opfs:dav2', name: 'Depth' },
    ]);
  });

  it('answers for the newest place under the pointer', async () => {
    open().wake();
    await settle();
    for (let x = 0; x < 10; x++) lift.probing.move('a', x, 5);
    await settle();
    expect(lift.store.getState().probe).toEqual({ side: 'a', x: 9, y: 5, other: { x: 19, y: 5, visible: true } });
    expect(worker().asked('probe').length).toBeLessThan(5);
    lift.probing.leave();
    expect(lift.store.getState().probe).toBeNull();
  });

  it('puts its pair on the Match page and goes on lifting the photo that it had', async () => {
    const pair = { a: new Blob(['a']), b: new Blob(['b']), truth: new Blob(['t']), name: 'pair' };
    open({ pair: () => pair }).wake();
    startEngine();
    await settle();
    await lift.sending.toMatch();
    const { photos, page } = lift.workspace.store.getState();
    expect([photos.a.photo?.name, photos.b.photo?.name, page]).toEqual([
      'pair – photo.png',
      'pair – new view.png',
      'match',
    ]);
    lift.sleep();
    lift.wake();
    await settle();
    expect(lift.store.getState().photo?.name).toBe('a.jpg');
    expect(worker().asked('setPhoto')).toHaveLength(1);
  });

  it('a worker that dies is told once; new canvases start another with the photo, a second death none', async () => {
    let renders = true;
    open({ render: () => (renders ? FACTS : new Promise(() => undefined)) }).wake();
    await settle();
    const { epoch } = lift.store.getState();
    worker().onerror?.({ message: 'boom' });
    expect(notices()).toEqual(['lift-crashed']);
    expect(lift.store.getState()).toMatchObject({ epoch: epoch + 1, facts: null, stopped: null });
    attach();
    await settle();
    expect(workers).toHaveLength(2);
    expect(worker().methods()).toEqual(['start', 'setPhoto', 'resize', 'resize', 'show', 'render']);
    expect(lift.store.getState().facts).toEqual(FACTS);
    // Without a frame between them.
    renders = false;
    for (let i = 0; i < 2; i++) {
      worker().onerror?.({ message: 'boom' });
      attach();
      await settle();
    }
    expect(lift.store.getState().stopped?.code).toBe('lift-crashed');
    expect(workers).toHaveLength(3);
    renders = true;
    lift.restart();
    await settle();
    expect(lift.store.getState().facts).toEqual(FACTS);
  });
});
