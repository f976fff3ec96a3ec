import { afterEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../../../core/errors.ts';
import { DEFAULT_EXPORT } from './exporting.ts';
import { fakeCanvas, FakeEngine, fakeSharedMatch, RESULT, settle } from '../fake-engine.ts';
import { isShareFile } from './sharing.ts';
import { MatchWorkspace } from '../match-workspace.ts';

const SHARE_HEAD = new Uint8Array(40);
SHARE_HEAD.set([0x50, 0x4b, 3, 4]);
SHARE_HEAD.set(new TextEncoder().encode('poster.jpg'), 30);
const SHARE = new File([SHARE_HEAD], 'share.zip');

const SHARED = fakeSharedMatch({ a: 'left.jpg', b: 'right.jpg' }, 'view=cycle&threshold=0.7&pins=a1,2');

let open: MatchWorkspace | null = null;
afterEach(() => open?.dispose());

async function make() {
  const engine = new FakeEngine();
  engine.handlers.readShare = () => SHARED;
  engine.handlers.showField = ({ result }: { result: typeof RESULT }) => result;
  const model = { id: 'm', name: 'M', manifestUrl: 'https://site.test/m.json' } as never;
  open = new MatchWorkspace({ spawn: engine.spawn, base: 'https://site.test/', initial: { models: [model] } });
  open.link.attach(fakeCanvas());
  await settle();
  const workspace = open;
  const drop = (file: File) => workspace.photos.take({ files: [file], folders: [], text: '' });
  return { engine, workspace, drop, state: () => workspace.store.getState() };
}

describe('a share file that is dropped', () => {
  it('shows photos, match, view and pins, and no model runs', async () => {
    const { engine, drop, state } = await make();
    await drop(SHARE);
    await settle();
    expect(engine.count('match')).toBe(0);
    expect(state().result?.modelName).toBe('Elsewhere');
    expect([state().photos.a.photo?.name, state().photos.b.photo?.name]).toEqual(['left.jpg', 'right.jpg']);
    expect(state().photos.a.opening).toBeNull();
    expect(state().view).toMatchObject({ view: 'cycle', threshold: 0.7 });
    expect(state().pins).toMatchObject([{ side: 'a', x: 1, y: 2 }]);
    expect(state().notices).toMatchObject([{ kind: 'info', code: 'share-opened' }]);
  });

  it('that is refused leaves the present match where it is', async () => {
    const { engine, workspace, drop, state } = await make();
    await workspace.photos.take({ files: [new File(['a'], 'a.jpg'), new File(['b'], 'b.jpg')], folders: [], text: '' });
    await settle();
    engine.handlers.readShare = () => {
      throw new CodedError('share-malformed', 'Damaged.', 'Ask again.');
    };
    await drop(SHARE);
    await settle();
    expect(state().notices).toMatchObject([{ kind: 'error', code: 'share-malformed', remedy: 'Ask again.' }]);
    expect(state().result).toEqual(RESULT);
    expect(state().photos.a).toMatchObject({ opening: null, photo: { name: 'a.jpg' } });
    expect(engine.count('match')).toBe(1);
  });

  it('is told from photos and other archives by how it begins, or by its name', async () => {
    expect(await isShareFile(SHARE, 'renamed.zip')).toBe(true);
    expect(await isShareFile(new Blob([SHARE_HEAD.subarray(0, 35)]), 'cut.zip')).toBe(false);
    expect(await isShareFile(new Blob(['PK\u0003\u0004 something else in this archive']), 'x.zip')).toBe(false);
    expect(await isShareFile(new Blob([]), 'a-b.liftmatch.zip')).toBe(true);
  });
});

describe('exporting', () => {
  it('asks the engine with names, photos and the view as a link', async () => {
    const { engine, workspace, drop } = await make();
    await drop(SHARE);
    engine.handlers.exportMatch = () => ({ name: 'x.csv', blob: new Blob(), notes: [] });
    await expect(workspace.exporting.make({ ...DEFAULT_EXPORT, format: 'csv' })).resolves.toMatchObject({
      name: 'x.csv',
    });
    const call = engine.calls.at(-1)!;
    expect(call.argument).toMatchObject({
      format: 'csv',
      query: 'view=cycle&threshold=0.7&pins=a1,2',
      photos: { b: { name: 'right.jpg' } },
    });
  });

  it('asks for as many matches as the view draws, but for COLMAP for its own number', async () => {
    const { engine, workspace, drop } = await make();
    await drop(SHARE);
    engine.handlers.exportMatch = () => ({ name: 'x', blob: new Blob(), notes: [] });
    const counts: unknown[] = [];
    for (const format of ['csv', 'colmap', 'database'] as const) {
      await workspace.exporting.make({ ...DEFAULT_EXPORT, format });
      counts.push((engine.calls.at(-1)!.argument as { count: number | null }).count);
    }
    expect(counts).toEqual([null, 5000, 5000]);
  });

  it('without a match says what to do', async () => {
    const { workspace } = await make();
    await expect(workspace.exporting.make(DEFAULT_EXPORT)).rejects.toMatchObject({
      code: 'export-nothing',
      remedy: /Open two photos/,
    });
  });
});
