import { afterEach, describe, expect, it } from 'vitest';
import type { CompareWorkerLike } from '../link/worker.ts';
import type { CompareApi, EncoderInfo, EncodingFacts, UnitPlace } from '../contract.ts';
import { CodedError, toPlainError } from '../../../core/errors.ts';
import { fakeCanvas, FakeEngine, MODEL, settle } from '../../match/state/fake-engine.ts';
import type { Photo } from '../../../workspace/types.ts';
import { MatchWorkspace } from '../../match/state/match-workspace.ts';
import { Compare } from './compare.ts';

const facts: EncodingFacts = {
  grids: {},
  channels: 3,
  milliseconds: 1,
  isRecorded: false,
  usage: { bytes: 7, budget: 9, photos: 1 },
};
const stage = (feature: string, stride: number): EncoderInfo => ({
  id: `m/${feature}`,
  name: feature,
  detail: '',
  stride,
  source: { kind: 'stage', manifestUrl: 'm', feature },
});
const ENCODERS: EncoderInfo[] = [
  stage('f16', 16),
  stage('l16', 16),
  stage('l8', 8),
  { id: 'classical', name: 'C', detail: '', stride: 16, source: { kind: 'classical' } },
];

type Call = { type: 'call'; id: number; method: keyof CompareApi; argument: never };

/** A compare worker that answers from a table, and notes what it was asked. */
class FakeCompareWorker implements CompareWorkerLike {
  onmessage: CompareWorkerLike['onmessage'] = null;
  onerror: CompareWorkerLike['onerror'] = null;
  onmessageerror: CompareWorkerLike['onmessageerror'] = null;
  readonly calls: Call[] = [];
  terminated = false;

  constructor(private readonly answers: Partial<Record<keyof CompareApi, (argument: never) => unknown>>) {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage(message: Parameters<CompareWorkerLike['postMessage']>[0]): void {
    if (message.type !== 'call') return;
    const call = message as unknown as Call;
    this.calls.push(call);
    void Promise.resolve(this.answers[call.method]?.(call.argument)).then(
      (value) => this.onmessage?.({ data: { type: 'result', id: call.id, value } }),
      (thrown) => this.onmessage?.({ data: { type: 'failure', id: call.id, error: toPlainError(thrown) } }),
    );
  }

  terminate(): void {
    this.terminated = true;
  }

  methods(): string[] {
    return this.calls.map(({ method }) => method);
  }
}

const photo = (name: string): Photo => {
  const size = { width: 640, height: 480 };
  return {
    file: new Blob([name]),
    name,
    source: { kind: 'file' },
    info: { name, size, workingSize: size, notes: [] },
    url: `blob:${name}`,
  };
};
const similarTo = (at: UnitPlace) => ({ heat: {}, best: [], query: at, facts });

let compare: Compare;
let workers: FakeCompareWorker[];
function open(answers: Partial<Record<keyof CompareApi, (argument: never) => unknown>> = {}): Compare {
  workers = [];
  const slot = (name: string) => ({ photo: photo(name), opening: null });
  const workspace = new MatchWorkspace({
    spawn: new FakeEngine().spawn,
    base: 'https://site.test/',
    initial: { models: [MODEL], photos: { a: slot('a.jpg'), b: slot('b.jpg') } },
  });
  compare = new Compare(workspace, () => {
    const worker = new FakeCompareWorker({
      start: () => ({ provider: 'wasm', mathsOn: 'cpu', adapter: null }),
      listEncoders: () => ENCODERS,
      components: () => ({ pictures: {}, explained: [[0.5, 0.2, 0.1]], facts }),
      clusters: () => ({ labels: {}, sizes: [], meanCosine: 1, facts }),
      similarity: ({ options }: { options: { at: UnitPlace } }) => similarTo(options.at),
      similarities: ({ encodings, options }: { encodings: unknown[]; options: { at: UnitPlace } }) =>
        encodings.map(() => similarTo(options.at)),
      inspectTruth: () => ({ kind: 'homography', seen: 0.8, viewpoint: null }),
      setPhoto: ({ name }: { name: string }) => photo(name).info,
      ...answers,
    });
    workers.push(worker);
    return worker;
  });
  return compare;
}
afterEach(() => {
  compare.dispose();
  compare.workspace.dispose();
});
const asked = (method: string) => workers.flatMap(({ calls }) => calls).filter((call) => call.method === method).length;

/** The match page's engine starts with its stage. */
function startEngine(): void {
  if (compare.workspace instanceof MatchWorkspace) compare.workspace.link.attach(fakeCanvas());
}

describe('Compare', () => {
  it('does nothing before it is looked at, then compares one feature of each stride and the classical descriptor', async () => {
    open();
    await settle();
    expect(workers).toHaveLength(0);
    compare.wake();
    await settle();
    expect(compare.store.getState().settings.encoders).toEqual(['m/f16', 'm/l8', 'classical']);
    expect(workers[0].methods().slice(0, 4)).toEqual(['start', 'setPhoto', 'setPhoto', 'listEncoders']);
    expect(asked('components')).toBe(3);
    expect(compare.store.getState().columns['m/l8'].result?.page).toBe('components');
    expect(compare.store.getState().usage?.bytes).toBe(7);
  });

  it('asks again only what a change concerns', async () => {
    open().wake();
    await settle();
    compare.update({ opacity: 0.5, clusters: 5 });
    await settle();
    expect(asked('components')).toBe(3);
    compare.setEncoder(1, 'm/l16');
    await settle();
    expect(asked('components')).toBe(4);
    compare.update({ page: 'clusters' });
    await settle();
    expect(asked('clusters')).toBe(3);
    compare.workspace.store.setState(({ photos }) => ({
      photos: { ...photos, b: { photo: photo('c.jpg'), opening: null } },
    }));
    await settle();
    expect(asked('clusters')).toBe(6);
    expect(asked('setPhoto')).toBe(3);
  });

  it('shows the last of many moves in every column', async () => {
    open().wake();
    compare.update({ page: 'similarity' });
    await settle();
    for (let i = 1; i <= 20; i++) compare.point({ slot: 'a', x: i / 100, y: 0.5 });
    await settle();
    for (const { result } of Object.values(compare.store.getState().columns)) {
      expect(result?.page === 'similarity' && result.query.x).toBe(0.2);
    }
    // Three for the page, then all columns in one question, and far fewer questions than moves.
    expect(asked('similarity')).toBe(3);
    expect(asked('similarities')).toBeLessThan(5);
  });

  it('closes the bitmaps of a result when another takes its place, and all of them at the end', async () => {
    const opened: { closed: number; close(): void }[] = [];
    const picture = () => {
      const bitmap = { closed: 0, close: () => void bitmap.closed++ };
      opened.push(bitmap);
      return { grid: { width: 1, height: 1 }, bitmap };
    };
    open({
      components: () => ({ pictures: { a: picture(), b: picture() }, explained: [[1, 0, 0]], facts }),
    }).wake();
    await settle();
    const closed = () => opened.map((bitmap) => bitmap.closed);
    expect(closed()).toEqual([0, 0, 0, 0, 0, 0]);
    compare.update({ opacity: 0.5 });
    await settle();
    expect(closed()).toEqual([0, 0, 0, 0, 0, 0]);
    compare.update({ mask: 'high' });
    await settle();
    expect(closed()).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    compare.dispose();
    expect(closed()).toEqual(new Array(12).fill(1));
  });

  it('puts an error into its own column, and tries again when asked again', async () => {
    let fails = true;
    open({
      components: ({ encoder }: { encoder: EncoderInfo }) => {
        if (fails && encoder.id === 'classical') return Promise.reject(new CodedError('model-failed', 'No.'));
        return { pictures: {}, explained: [[1, 0, 0]], facts };
      },
    }).wake();
    await settle();
    const { columns } = compare.store.getState();
    expect(columns['classical']).toMatchObject({ result: null, progress: null, error: { code: 'model-failed' } });
    expect(columns['m/f16'].result?.page).toBe('components');
    fails = false;
    compare.update({ opacity: 0.9 });
    await settle();
    expect(compare.store.getState().columns['classical']).toMatchObject({
      error: null,
      result: { page: 'components' },
    });
    expect(asked('components')).toBe(4);
  });

  it('a column that is stopped stays so until it is asked for again', async () => {
    const answer = { pictures: {}, explained: [[1, 0, 0]], facts };
    open({
      components: ({ encoder }: { encoder: EncoderInfo }) =>
        encoder.id === 'classical' ? new Promise(() => {}) : answer,
    }).wake();
    await settle();
    const column = () => compare.store.getState().columns['classical'];
    expect(column().progress).not.toBeNull();
    compare.jobs.stopColumn('classical');
    await settle();
    expect(column()).toMatchObject({ progress: null, error: { code: 'compare-stopped' } });
    compare.update({ opacity: 0.5 });
    await settle();
    expect(asked('components')).toBe(3);
    compare.jobs.retry('classical');
    await settle();
    expect(asked('components')).toBe(4);
    expect(column().error).toBeNull();
  });

  it('a worker that dies is told once, and the next question starts another with the photos', async () => {
    open().wake();
    await settle();
    workers[0].onerror?.({ message: 'boom' });
    expect(compare.workspace.store.getState().notices.map(({ code }) => code)).toEqual(['compare-crashed']);
    compare.update({ page: 'clusters' });
    await settle();
    expect(workers).toHaveLength(2);
    expect(workers[1].methods()).toContain('setPhoto');
    expect(compare.store.getState().columns['classical'].result?.page).toBe('clusters');
  });

  it('takes one more photo when A and B are there, three or four as a new comparison, and refuses a fifth', async () => {
    open().wake();
    await settle();
    const drop = (...names: string[]) => {
      const files = names.map((name) => new File([name], name));
      return compare.workspace.photos.interceptor!({ files, folders: [], text: '' });
    };
    expect(drop('c.jpg')).toBe(true);
    await settle();
    expect(compare.slots()).toEqual(['a', 'b', 'c']);
    expect(asked('components')).toBe(6);
    // The match's own way: two photos replace A and B, a checkpoint goes to the models.
    expect(drop('x.jpg', 'y.jpg')).toBe(false);
    expect(drop('model.pth')).toBe(false);
    drop('d.jpg');
    await settle();
    expect(compare.slots()).toEqual(['a', 'b', 'c', 'd']);
    drop('e.jpg');
    await settle();
    expect(compare.workspace.store.getState().notices.map(({ code }) => code)).toEqual(['compare-full']);
    // The match's engine has a say in A and B, and starts with the stage.
    startEngine();
    expect(drop('1.jpg', '2.jpg', '3.jpg')).toBe(true);
    const names = () => Object.values(compare.photos()).map(({ name }) => name);
    await expect.poll(names).toEqual(['1.jpg', '2.jpg', '3.jpg']);
    compare.sleep();
    expect(compare.workspace.photos.interceptor).toBeNull();
  });

  it('keeps a pair with its true correspondence from dropped files, and from other pages', async () => {
    open().wake();
    await settle();
    compare.workspace.photos.interceptor!({ files: [new File(['1'], 'H.txt')], folders: [], text: '' });
    await settle();
    const { ownPairs, settings } = compare.store.getState();
    expect(settings.page).toBe('scores');
    expect(ownPairs.map(({ title }) => title)).toEqual(['a.jpg → b.jpg (H.txt)']);
    expect(ownPairs[0].pair.truth[0].name).toBe('H.txt');
    const blob = new Blob(['x']);
    await compare.ownPairs.addPair({ name: 'Lifted', a: blob, b: blob, truth: blob });
    expect(compare.store.getState().ownPairs).toHaveLength(2);
    compare.ownPairs.remove(ownPairs[0].id);
    expect(compare.store.getState().ownPairs.map(({ title }) => title)).toEqual(['Lifted']);
  });

  it('scores every chosen encoder on every pair, replaces what is scored again, and stops when told', async () => {
    const score = { places: 10, recall: [0.1, 0.2, 0.3], viewpoint: 20 };
    open({ score: () => score }).wake();
    await settle();
    const blob = new Blob(['x']);
    for (const name of ['one', 'two']) await compare.ownPairs.addPair({ name, a: blob, b: blob, truth: blob });
    await compare.scoring.run(compare.scoring.ownPairs());
    await compare.scoring.run(compare.scoring.ownPairs());
    expect(compare.store.getState().scores).toHaveLength(6);
    expect(compare.store.getState().scoring).toBeNull();
    compare.scoring.clear();
    const run = compare.scoring.run(compare.scoring.ownPairs());
    compare.scoring.stop();
    await run;
    expect(compare.store.getState().scores.length).toBeLessThan(6);
    expect(compare.workspace.store.getState().notices).toEqual([]);
  });

  it('writes what was chosen into the link', async () => {
    open().wake();
    await settle();
    compare.update({ page: 'clusters', clusters: 5 });
    expect(compare.workspace.store.getState().pageOptions).toMatchObject({
      'compare.tab': 'clusters',
      'compare.k': '5',
      'compare.encoders': 'm/f16,m/l8,classical',
    });
  });
});
