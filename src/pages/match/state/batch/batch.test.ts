import { describe, expect, it } from 'vitest';
import type { ArchiveWorkerLike } from '../../link/archive.ts';
import { CodedError, toPlainError } from '../../../../core/errors.ts';
import { FakeEngine, MODEL, RESULT, settle } from '../fake-engine.ts';
import { createMatchStore } from '../store.ts';
import { KnownGpu } from '../../../../workspace/known-gpu.ts';
import { Batch } from './batch.ts';

/** An archive writer that keeps names and texts; `refuse` is what adding throws. */
class FakeArchive {
  readonly entries: Record<string, string> = {};
  refuse: CodedError | null = null;
  discarded = false;
  workers = 0;

  readonly spawn = (): ArchiveWorkerLike => {
    this.workers++;
    const worker: ArchiveWorkerLike = {
      onmessage: null,
      onerror: null,
      onmessageerror: null,
      terminate: () => undefined,
      postMessage: (message) => {
        if (message.type !== 'call') return;
        void this.answer(message).then(
          (value) => worker.onmessage?.({ data: { type: 'result', id: message.id, value } }),
          (thrown) => worker.onmessage?.({ data: { type: 'failure', id: message.id, error: toPlainError(thrown) } }),
        );
      },
    };
    queueMicrotask(() => worker.onmessage?.({ data: { type: 'ready' } }));
    return worker;
  };

  private async answer(call: { method: string; argument: unknown }): Promise<unknown> {
    if (call.method === 'discard') this.discarded = true;
    if (call.method === 'add') {
      if (this.refuse) throw this.refuse;
      const { name, blob } = call.argument as { name: string; blob: Blob };
      this.entries[name] = await blob.text();
    }
    return call.method === 'finish' ? new Blob(['zip']) : undefined;
  }
}

function make() {
  const engine = new FakeEngine();
  const archive = new FakeArchive();
  engine.handlers.exportMatch = ({ format, photos }: { format: string; photos: { a: { name: string } } }) => {
    if (format === 'flo') throw new CodedError('export-empty', 'No place is certain enough.');
    return { name: `${photos.a.name}.${format}`, blob: new Blob([format]), notes: [] };
  };
  const workspace = createMatchStore({ models: [MODEL] });
  const batch = new Batch(workspace, {
    spawnEngine: engine.spawn,
    spawnArchive: archive.spawn,
    makeCanvas: () => null,
    gpu: new KnownGpu(
      () => null,
      () => null,
    ),
  });
  return { engine, archive, batch, workspace, state: () => batch.store.getState() };
}

const photos = (...names: string[]) => names.map((name) => ({ path: name, file: new File([name], name) }));
const states = (batch: Batch) => batch.store.getState().pairs.map(({ state }) => state);

describe('a batch', () => {
  it('matches every pair by the page’s settings and writes files and a summary', async () => {
    const { engine, archive, batch, state } = make();
    await batch.choose(photos('2.jpg', '1.jpg', '3.jpg'));
    expect(await batch.run(null)).toBeInstanceOf(Blob);
    expect(Object.keys(archive.entries)).toEqual([
      '0001-1-2/1.jpg.csv',
      '0001-1-2/1.jpg.figure',
      '0002-2-3/2.jpg.csv',
      '0002-2-3/2.jpg.figure',
      'summary.csv',
    ]);
    const [header, ...rows] = archive.entries['summary.csv'].trim().split('\n');
    expect(header).toMatch(/^pair,photo_a,photo_b,state,verdict,overlap_a/);
    expect(rows.map((row) => row.split(',').slice(0, 6))).toEqual([
      ['1', '1.jpg', '2.jpg', 'done', 'good', '0.6'],
      ['2', '2.jpg', '3.jpg', 'done', 'good', '0.6'],
    ]);
    expect(state().status).toBe('finished');
    expect(engine.calls.find(({ method }) => method === 'match')?.argument).toMatchObject({ model: { id: 'm' } });
    // Its engine is ended afterwards, and its archive writer.
    expect(engine.workers.map(({ terminated }) => terminated)).toEqual([true]);
  });

  it('finds the cameras of every pair among calibrations, exports by them, and tells what cannot be read', async () => {
    const { engine, batch, state } = make();
    const asked: unknown[] = [];
    const write = engine.handlers.exportMatch!;
    engine.handlers.exportMatch = ((request: { cameras: unknown }) => {
      asked.push(request.cameras);
      return write(request as never);
    }) as never;
    const error = { code: 'camera-malformed', message: 'It is no JSON.', remedy: '' };
    engine.handlers.camerasByName = (({ files }: { files: File[] }) => ({
      cameras: { a: `OF ${files.length}`, b: null },
      refused: [{ name: 'x.json', error }],
    })) as never;
    await batch.choose(photos('1.jpg', '2.jpg', 'cameras.txt', 'x.json'));
    await batch.run(null);
    expect(asked).toEqual([
      { a: 'OF 2', b: null },
      { a: 'OF 2', b: null },
    ]);
    expect(state().pairs[0].remarks).toEqual(['It is no JSON.']);
    // Chosen alone they are those of the photos that were there; without any nothing is asked.
    await batch.choose(photos('other.yml'));
    expect(state()).toMatchObject({ calibrations: [{ name: 'other.yml' }], photos: [{}, {}] });
    await batch.choose(photos('1.jpg', '2.jpg'));
    await batch.run(null);
    expect(asked.at(-1)).toEqual({ a: null, b: null });
    expect(engine.count('camerasByName')).toBe(1);
  });

  it('opens a photo that stays only once', async () => {
    const { engine, batch } = make();
    await batch.choose(photos('1.jpg', '2.jpg', '3.jpg', '4.jpg'));
    batch.arrange({ pairing: 'first' });
    await batch.run(null);
    expect(engine.count('match')).toBe(3);
    expect(engine.count('setPhoto')).toBe(4);
  });

  it('goes on after a pair that fails, and tells why', async () => {
    const { archive, batch, state } = make();
    await batch.choose(photos('1.jpg', 'bad.jpg', '3.jpg', '4.jpg'));
    batch.arrange({ pairing: 'list', list: '1.jpg,bad.jpg\n3.jpg,4.jpg' });
    await batch.run(null);
    expect(states(batch)).toEqual(['failed', 'done']);
    expect(state().pairs[0].error).toMatchObject({ code: 'photo-bad' });
    expect(archive.entries['summary.csv']).toContain('“bad.jpg” is bad. Choose another.');
  });

  it('leaves out a format that a pair cannot have', async () => {
    const { archive, batch, state } = make();
    await batch.choose(photos('1.jpg', '2.jpg'));
    batch.toggle('figure');
    batch.toggle('flo');
    await batch.run(null);
    expect(states(batch)).toEqual(['done']);
    expect(state().pairs[0].remarks).toEqual(['flo: No place is certain enough.']);
    expect(Object.keys(archive.entries)).toEqual(['0001-1-2/1.jpg.csv', 'summary.csv']);
  });

  it('pauses between two pairs and resumes', async () => {
    const { engine, batch, state } = make();
    await batch.choose(photos('1.jpg', '2.jpg', '3.jpg'));
    engine.handlers.match = () => {
      if (engine.count('match') === 1) batch.pause();
      return RESULT;
    };
    const running = batch.run(null);
    await settle();
    await settle();
    expect([state().status, ...states(batch)]).toEqual(['paused', 'done', 'waiting']);
    batch.resume();
    await running;
    expect(states(batch)).toEqual(['done', 'done']);
  });

  it('stopped early keeps what there is; cancelled keeps nothing', async () => {
    const { engine, archive, batch, state } = make();
    await batch.choose(photos('1.jpg', '2.jpg', '3.jpg'));
    engine.handlers.match = () => {
      if (engine.count('match') === 1) batch.stop();
      return RESULT;
    };
    expect(await batch.run(null)).toBeInstanceOf(Blob);
    expect(archive.entries['summary.csv']).toMatch(/\n2,2\.jpg,3\.jpg,not run,/);

    engine.handlers.match = () => new Promise(() => undefined);
    const running = batch.run(null);
    await settle();
    batch.cancel();
    expect(await running).toBeNull();
    expect(archive.discarded).toBe(true);
    expect(state()).toMatchObject({ status: 'idle', error: null });
    expect(engine.worker.terminated).toBe(true);
  });

  it('starts its engine again after a death, and gives up after three in a row', async () => {
    const { engine, batch, state } = make();
    await batch.choose(photos('1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg'));
    engine.handlers.match = () => {
      engine.worker.onerror?.({ message: 'out of memory' });
      return new Promise(() => undefined);
    };
    expect(await batch.run(null)).toBeNull();
    expect(engine.workers).toHaveLength(3);
    expect(states(batch)).toEqual(['failed', 'failed', 'failed', 'waiting']);
    expect(state().error).toMatchObject({ code: 'engine-crashed' });
  });

  it('ends where the archive cannot be written', async () => {
    const { archive, batch, state } = make();
    archive.refuse = new CodedError('archive-full', 'The disk is full.');
    await batch.choose(photos('1.jpg', '2.jpg', '3.jpg'));
    expect(await batch.run(null)).toBeNull();
    expect(states(batch)).toEqual(['failed', 'waiting']);
    expect(state()).toMatchObject({ status: 'idle', error: { code: 'archive-full' } });
  });

  it('says what is wrong with its files', async () => {
    const { batch, state } = make();
    await batch.choose(photos('notes.md'));
    expect(state().error).toMatchObject({ code: 'batch-no-photos' });
    await batch.choose([
      ...photos('1.jpg', '2.jpg'),
      { path: 'pairs.csv', file: new File(['1.jpg,3.jpg'], 'pairs.csv') },
    ]);
    expect(state()).toMatchObject({ pairs: [], error: { code: 'batch-list' } });
    batch.arrange({ list: '1.jpg,2.jpg' });
    expect(state()).toMatchObject({ error: null, pairs: [{ state: 'waiting' }] });
  });
});
