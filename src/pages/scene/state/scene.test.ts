import { afterEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../../core/errors.ts';
import { createTable } from '../../../gaussians/table.ts';
import { FakeEngine, fakeCanvas, MODEL, settle } from '../../match/state/fake-engine.ts';
import { MatchWorkspace } from '../../match/state/match-workspace.ts';
import { FACTS, FakeSceneWorker, type SceneAnswers, SCORE } from './fake-scene-worker.ts';
import { SAMPLE_SCENE, Scene } from './scene.ts';

let scene: Scene;
let workers: FakeSceneWorker[];
let fetched: string[];
const worker = () => workers[workers.length - 1];
const state = () => scene.store.getState();
const notices = () => scene.workspace.store.getState().notices.map(({ code }) => code);
const file = (name: string, text = 'x') => new File([text], name);

/** The page as it is shown first, with its canvas there. */
function open(answers: SceneAnswers = {}, pageOptions: Record<string, string> = {}): void {
  workers = [];
  fetched = [];
  const workspace = new MatchWorkspace({
    spawn: new FakeEngine().spawn,
    base: 'https://site.test/app/',
    initial: { models: [MODEL], pageOptions },
  });
  const spawn = () => {
    workers.push(new FakeSceneWorker(answers));
    return worker();
  };
  scene = new Scene(workspace, spawn, async (address) => {
    fetched.push(String(address));
    return new Response('[]');
  });
  scene.attach(fakeCanvas());
  scene.resize({ width: 400, height: 300 });
  scene.wake();
}

/** Messages have gone there and back, and a frame of the page has passed. */
const rest = async () => {
  await settle();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await settle();
};

afterEach(() => {
  scene.dispose();
  scene.workspace.dispose();
});

describe('opening a scene', () => {
  it('starts nothing and fetches nothing before somebody asks for it', async () => {
    open();
    await rest();
    expect(workers).toEqual([]);
  });

  it('opens a dropped file, shows the whole of it, and draws', async () => {
    open();
    scene.workspace.photos.interceptor!({ files: [file('table.spz')], folders: [], text: '' });
    await rest();
    expect(state()).toMatchObject({ facts: { name: 'table.spz' }, opening: null, shown: 100 });
    expect(worker().asked('resize').at(-1)).toEqual({ size: { width: 400, height: 300 } });
    expect(worker().asked('draw').at(-1)).toMatchObject({ view: state().fitted, picture: 'colour', rule: 'plane' });
    // A file of this device has no address.
    expect(scene.workspace.store.getState().pageOptions).toEqual({});
  });

  it('opens what the link names, with its view, and keeps the link', async () => {
    const linked = { scene: SAMPLE_SCENE, 'scene.view': '1,2,3,40,5,6', 'scene.floaters': '0.25' };
    open({}, linked);
    await rest();
    expect(worker().asked('open')).toEqual([
      { kind: 'address', url: `https://site.test/app/${SAMPLE_SCENE}`, name: 'kitchen-table.spz' },
    ]);
    expect(worker().asked('draw').at(-1)!.view).toEqual({ target: [1, 2, 3], yaw: 40, pitch: 5, distance: 6 });
    expect(worker().asked('hide')).toEqual([{ strength: 0.25 }]);
    expect(state().shown).toBe(75);
    // The sample's own cameras and surfaces come with it.
    expect(fetched).toEqual(
      ['cameras', 'surfaces'].map((name) => `https://site.test/app/samples/gaussians/${name}.json`),
    );
    expect(state()).toMatchObject({ cameras: 10, surfaces: 5 });
    scene.move({ kind: 'orbit', x: 0.1, y: 0 });
    expect(scene.workspace.store.getState().pageOptions).toEqual({ ...linked, 'scene.view': '1,2,3,22,5,6' });
  });

  it('keeps the scene that is shown where another one fails or is cancelled, and names the error', async () => {
    open({
      open: ({ name }: { name: string }) => {
        if (name === 'bad.ply') throw new CodedError('truncated', 'bad.ply: It ends at byte 3.');
        return name === 'slow.ply' ? new Promise(() => {}) : { ...FACTS, name };
      },
    });
    await scene.openFile(file('good.ply'));
    scene.move({ kind: 'orbit', x: 0.1, y: 0 });
    const { values } = state();
    await scene.openFile(file('bad.ply'));
    expect(notices()).toEqual(['truncated']);
    const opening = scene.openFile(file('slow.ply'));
    await rest();
    expect(state().opening?.name).toBe('slow.ply');
    scene.cancelOpening();
    await opening;
    expect(state()).toMatchObject({ facts: { name: 'good.ply' }, opening: null });
    expect(state().values).toEqual(values);
    expect(notices()).toEqual(['truncated']);
    expect(worker().cancelled).toHaveLength(1);
    // The next one that succeeds is looked at anew.
    await scene.openFile(file('other.ply'));
    expect(state().values.view).toBeNull();
  });

  it('names what cannot be a scene', async () => {
    open();
    const take = scene.workspace.photos.interceptor!;
    take({ files: [], folders: ['scans'], text: '' });
    take({ files: [], folders: [], text: 'hello' });
    take({ files: [file('a.ply'), file('b.ply')], folders: [], text: '' });
    take({ files: [file('cameras.json')], folders: [], text: '' });
    await scene.openAddress('file:///etc/passwd');
    await rest();
    expect(notices().sort()).toEqual(
      ['scene-address', 'scene-folder', 'scene-none', 'scene-text', 'scene-too-many-files'].sort().slice(-4),
    );
    expect(workers).toEqual([]);
  });

  it('opens what another page made, from where its first camera stood, once the page is shown', async () => {
    open();
    scene.sleep();
    const lens = { width: 400, height: 300, fx: 200, fy: 200, cx: 200, cy: 150 };
    const camera = { ...lens, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 3] } as const;
    const table = createTable(2, 0);
    scene.openMade({ name: 'street (lifted)', madeFrom: 'lifted photo', table, cameras: [camera], notes: ['A note.'] });
    await rest();
    expect(workers).toEqual([]);
    scene.wake();
    await rest();
    expect(worker().asked('open')).toMatchObject([{ kind: 'made', name: 'street (lifted)', table }]);
    expect(state()).toMatchObject({ facts: { name: 'street (lifted)' }, cameras: 1, address: null });
    expect(state().values).toMatchObject({
      fieldOfView: 90,
      view: { target: [0, 0, 0], yaw: -0, pitch: -0, distance: 3 },
    });
    // Hands move it, and another worker shows it as it is.
    scene.move({ kind: 'orbit', x: 0.1, y: 0 });
    const { view } = state().values;
    worker().onerror?.({ message: 'gone' });
    scene.attach(fakeCanvas());
    await rest();
    expect(state().facts?.name).toBe('street (lifted)');
    expect(state().values.view).toEqual(view);
  });

  it('gives another worker the scene again', async () => {
    open();
    await scene.openFile(file('good.ply'));
    worker().onerror?.({ message: 'gone' });
    expect(state()).toMatchObject({ facts: null, epoch: 1 });
    scene.attach(fakeCanvas());
    await rest();
    expect(workers).toHaveLength(2);
    expect(state().facts?.name).toBe('good.ply');
  });
});

describe('looking and pairing', () => {
  it('hides floaters with the newest strength, and goes back', async () => {
    open();
    await scene.openFile(file('good.ply'));
    scene.setFloaters(0.1);
    scene.setFloaters(0.2);
    scene.setFloaters(0.3);
    await rest();
    expect(worker().asked('hide').at(-1)).toEqual({ strength: 0.3 });
    expect(worker().asked('hide').length).toBeLessThan(3);
    expect(state().shown).toBe(70);
    scene.undoFloaters();
    await rest();
    // One drag is one step.
    expect(state()).toMatchObject({ shown: 100, undo: [], values: { floaters: 0 } });
  });

  it('pairs the present view with a second one, by the rule in use', async () => {
    open();
    await scene.openFile(file('good.ply'));
    await scene.pairing.take('a');
    expect(worker().asked('pair')).toEqual([]);
    scene.move({ kind: 'orbit', x: 0.1, y: 0 });
    scene.set({ rule: 'median' });
    await scene.pairing.take('b');
    const [asked] = worker().asked('pair');
    expect(asked.rule).toBe('median');
    expect(asked.a).toMatchObject({ width: 640, height: 480 });
    expect(asked.a.translation).not.toEqual(asked.b.translation);
    expect(state()).toMatchObject({ pairing: null, pair: { angle: 12, drawn: null } });
    // Another scene: its views mean nothing.
    await scene.openFile(file('other.ply'));
    expect(state()).toMatchObject({ pair: null, chosen: { a: null, b: null } });
  });

  it('scores the pair with the Match page’s model, and draws the score as it is wanted', async () => {
    open();
    await scene.openFile(file('good.ply'));
    await scene.scoring.run();
    expect(worker().asked('score')).toEqual([]);
    await scene.pairing.take('a');
    await scene.pairing.take('b');
    await scene.scoring.run();
    const { id, manifestUrl } = MODEL;
    expect(worker().asked('score')).toEqual([{ pair: 7, model: { id, manifestUrl }, longSide: null }]);
    expect(state()).toMatchObject({ score: SCORE, scoring: null, scoreUrl: expect.stringMatching(/^blob:/) });
    scene.set({ scored: 'certainty', maxError: 4 });
    await rest();
    expect(worker().asked('paintScore')).toEqual([
      { picture: 'error', maxError: 10 },
      { picture: 'certainty', maxError: 4 },
    ]);
    // Another pair: its predecessor's score goes. A live one is scored by itself.
    await scene.pairing.take('b');
    expect(state().score).toBeNull();
    scene.set({ live: true });
    await scene.pairing.take('b');
    await rest();
    expect(worker().asked('score')).toHaveLength(2);
    expect(state().score).toEqual(SCORE);
    // A worker's death takes the pair with it.
    worker().onerror?.({ message: 'gone' });
    expect(state()).toMatchObject({ pair: null, score: null, scoreUrl: null });
  });

  it('sweeps from view A, shows points as they come, and keeps them when it is stopped', async () => {
    const point = (step: number) => ({ model: MODEL.id, step, value: 10 * step, score: SCORE });
    open({
      sweep: (_: never, onProgress) => {
        onProgress({ stage: 'score', done: 1, total: 3, point: point(0) });
        return new Promise(() => {});
      },
    });
    await scene.openFile(file('good.ply'));
    await scene.pairing.take('a');
    const { a } = state().chosen;
    scene.move({ kind: 'orbit', x: 0.1, y: 0 });
    scene.sweeping.update({ kind: 'focal', steps: 3 });
    const sweeping = scene.sweeping.run();
    await rest();
    expect(worker().asked('sweep')).toMatchObject([
      { kind: 'focal', from: 1, to: 4, steps: 3, view: a, rule: 'plane' },
    ]);
    expect(state().sweep).toMatchObject({ points: [point(0)], total: 3, progress: { stage: 'score' } });
    scene.sweeping.stop();
    await sweeping;
    expect(worker().cancelled).toHaveLength(1);
    expect(state().sweep).toMatchObject({ points: [point(0)], progress: null });
    expect(notices()).toEqual([]);
  });

  it('writes a dataset with the page’s seed and bins, and tells what went wrong', async () => {
    let isFull = false;
    open({
      dataset: ({ views }: { views: number }) => {
        if (isFull) throw new CodedError('dataset-write', 'The disk is full.');
        return { pairs: views, kept: 0, skipped: 0, outsideBin: 0, bytes: 10, blob: new Blob(['zip']) };
      },
    });
    await scene.openFile(file('good.ply'));
    scene.set({ seed: 5, bins: 'angle', views: 3, datasetSize: '256x192' });
    const zip = await scene.dataset.run({ kind: 'zip', handle: null });
    expect(await zip!.text()).toBe('zip');
    expect(worker().asked('dataset')).toEqual([
      {
        views: 3,
        seed: 5,
        bins: 'angle',
        size: { width: 256, height: 192 },
        rule: 'plane',
        target: { kind: 'zip', handle: null },
      },
    ]);
    expect(state().dataset).toMatchObject({ progress: null, result: { pairs: 3 }, error: null });
    isFull = true;
    expect(await scene.dataset.run({ kind: 'zip', handle: null })).toBeNull();
    expect(state().dataset).toMatchObject({ result: null, error: { code: 'dataset-write' } });
    await scene.openFile(file('other.ply'));
    expect(state().dataset).toBeNull();
  });

  it('takes cameras that lie beside the scene', async () => {
    open();
    const files = [file('good.ply'), file('cameras.txt'), file('images.txt')];
    scene.workspace.photos.interceptor!({ files, folders: [], text: '' });
    await rest();
    expect(
      worker()
        .asked('beside')[0]
        .files.map(({ name }) => name),
    ).toEqual(['cameras.txt', 'images.txt']);
    expect(state().cameras).toBe(20);
  });
});
