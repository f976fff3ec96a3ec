import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LibraryWorkerLike } from '../../../../workspace/library/library-worker.ts';
import { CodedError } from '../../../../core/errors.ts';
import type {
  KeptNetwork,
  LibraryListing,
  ModelLibraryApi,
  NetworkPurpose,
} from '../../../../models/library-contract.ts';
import { FakeEngine, fakeCanvas, settle } from '../../../match/state/fake-engine.ts';
import { MatchWorkspace } from '../../../match/state/match-workspace.ts';
import { FACTS, FakeLiftWorker, type LiftAnswers } from '../fake-lift-worker.ts';
import { Lift } from '../lift.ts';
import { presentNetwork } from './networks.ts';

const KEPT: KeptNetwork = {
  purpose: 'sky',
  name: 'skyseg.onnx',
  bytes: 100,
  sha256: 'ab',
  keptAt: 1,
  isDamaged: false,
};
const FULL = { code: 'storage-full', message: 'No room.', remedy: 'Remove a model.' };
const file = new Blob(['x']);

/** A library worker with networks on its device. */
class FakeLibraryWorker implements LibraryWorkerLike {
  onmessage: LibraryWorkerLike['onmessage'] = null;
  onerror: LibraryWorkerLike['onerror'] = null;
  onmessageerror: LibraryWorkerLike['onmessageerror'] = null;
  terminate = vi.fn();

  constructor(public kept: KeptNetwork[]) {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage: LibraryWorkerLike['postMessage'] = (message) => {
    if (message.type === 'cancel') return;
    if (message.method === 'removeNetwork') {
      const { purpose } = message.argument;
      this.kept = this.kept.filter((network) => network.purpose !== purpose);
    }
    const listing: LibraryListing = { installed: [], partial: [], networks: this.kept, storage: null };
    const value: unknown = message.method === ('list' satisfies keyof ModelLibraryApi) ? listing : undefined;
    queueMicrotask(() => this.onmessage?.({ data: { type: 'result', id: message.id, value } }));
  };
}

let lift: Lift;
let worker: FakeLiftWorker;
let device: FakeLibraryWorker;

/** The lift page with a photo on a device that keeps these networks. */
async function open(kept: KeptNetwork[] = [], answers: LiftAnswers = {}): Promise<void> {
  const size = { width: 64, height: 48 };
  const info = { name: 'a.jpg', size, workingSize: size, notes: [] };
  const photo = { file: new Blob(['a']), name: 'a.jpg', source: { kind: 'file' as const }, info, url: 'blob:a' };
  const workspace = new MatchWorkspace({
    spawn: new FakeEngine().spawn,
    spawnLibrary: () => (device = new FakeLibraryWorker(kept)),
    base: 'https://site.test/',
    initial: { photos: { a: { photo, opening: null }, b: { photo: null, opening: null } } },
  });
  lift = new Lift(workspace, () => (worker = new FakeLiftWorker(answers)));
  for (const side of ['a', 'b'] as const) {
    lift.attach(side, fakeCanvas());
    lift.resize(side, { width: 30, height: 20 });
  }
  await workspace.library!.refresh();
  lift.wake();
  await settle();
}
const present = (purpose: NetworkPurpose) =>
  presentNetwork(purpose, lift.store.getState(), lift.workspace.store.getState());
const settings = () => lift.store.getState().settings;
const notices = () => lift.workspace.store.getState().notices;

afterEach(() => {
  lift.dispose();
  lift.workspace.dispose();
});

describe('networks for sky and holes', () => {
  it('one that is dropped is used and kept; the next visit has it without the file', async () => {
    await open();
    expect(present('sky')).toBeNull();
    device.kept = [KEPT];
    const added = lift.networks.add({ purpose: 'sky', file, name: 'skyseg.onnx' });
    expect(lift.store.getState().openingNetwork).toBe('sky');
    await added;
    expect(lift.store.getState().openingNetwork).toBeNull();
    expect(settings().sky.source).toBe('model');
    expect(present('sky')).toMatchObject({ name: 'skyseg.onnx', notKept: null });
    expect(lift.workspace.store.getState().library.networks).toEqual([KEPT]);
    expect(notices()).toEqual([]);

    lift.dispose();
    lift.workspace.dispose();
    await open([KEPT]);
    expect(present('sky')).toEqual({ name: 'skyseg.onnx', bytes: 100, notKept: null, isDamaged: false });
    expect(present('inpainting')).toBeNull();
    expect(worker.asked('addNetwork')).toEqual([]);
  });

  it('one that cannot be kept is used for this visit, and that is said', async () => {
    await open([], { addNetwork: () => ({ name: 'lama.onnx', bytes: 5, notKept: FULL }) });
    await lift.networks.add({ purpose: 'inpainting', file, name: 'lama.onnx' });
    expect(settings().render.fill).toBe('model');
    expect(present('inpainting')).toMatchObject({ name: 'lama.onnx', notKept: FULL });
    expect(notices()).toMatchObject([{ code: 'network-not-kept', remedy: FULL.remedy }]);
    expect(notices()[0].message).toContain('this visit only. No room.');
    // Nothing of it is on the device: removing it concerns the worker alone.
    await lift.networks.remove('inpainting');
    expect(worker.asked('closeNetwork')).toEqual([{ purpose: 'inpainting' }]);
    expect(present('inpainting')).toBeNull();
    expect(settings().render.fill).toBe('push-pull');
  });

  it('one that is removed, here or under Models, is not used any more', async () => {
    await open([KEPT, { ...KEPT, purpose: 'inpainting', name: 'lama.onnx' }]);
    lift.set('sky', { source: 'model' });
    lift.set('render', { fill: 'model' });
    await lift.networks.remove('sky');
    await settle();
    expect(device.kept.map(({ purpose }) => purpose)).toEqual(['inpainting']);
    expect(worker.asked('closeNetwork')).toEqual([{ purpose: 'sky' }]);
    expect(settings()).toMatchObject({ sky: { source: 'heuristic' }, render: { fill: 'model' } });
    await lift.workspace.library!.removeNetwork('inpainting');
    await settle();
    expect(settings().render.fill).toBe('push-pull');
    expect(worker.asked('render').at(-1)?.settings).toEqual(settings());
  });

  it('one of this visit gives way to the kept one when it is removed', async () => {
    await open([KEPT], { addNetwork: () => ({ name: 'other.onnx', bytes: 5, notKept: FULL }) });
    await lift.networks.add({ purpose: 'sky', file, name: 'other.onnx' });
    await settle();
    const renders = worker.asked('render').length;
    await lift.networks.remove('sky');
    await settle();
    expect(device.kept).toEqual([KEPT]);
    expect(present('sky')?.name).toBe('skyseg.onnx');
    expect(settings().sky.source).toBe('model');
    expect(worker.asked('render')).toHaveLength(renders + 1);
  });

  it.each(['missing', 'unusable'])('a link to one that is %s says so and shows the view without it', async (what) => {
    await open([], {
      render: ({ settings: { sky } }: { settings: { sky: { source: string } } }) => {
        if (sky.source === 'model') throw new CodedError(`sky-model-${what}`, 'No network.', 'Drop one.');
        return FACTS;
      },
    });
    lift.set('sky', { source: 'model' });
    await settle();
    expect(notices()).toMatchObject([{ code: `sky-model-${what}`, remedy: 'Drop one.' }]);
    expect(notices()[0].message).toBe('No network. Sky is found by colour instead.');
    expect(settings().sky.source).toBe('heuristic');
    expect(worker.asked('render').at(-1)?.settings.sky.source).toBe('heuristic');
  });

  it('a refused file changes nothing', async () => {
    await open([KEPT], {
      addNetwork: () => {
        throw new CodedError('network-unsuitable', 'Not a sky network.');
      },
    });
    await lift.networks.add({ purpose: 'sky', file, name: 'lama.onnx' });
    expect(notices()).toMatchObject([{ code: 'network-unsuitable' }]);
    expect(settings().sky.source).not.toBe('model');
    expect(present('sky')?.name).toBe('skyseg.onnx');
  });
});
