import { afterEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../../../core/errors.ts';
import { maskOf } from '../../../../core/mask.ts';
import { fakeCanvas, FakeEngine, RESULT, settle } from '../fake-engine.ts';
import { MatchWorkspace } from '../match-workspace.ts';

const HALF = { mask: maskOf({ width: 4, height: 3 }, [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]), name: 'half.png' };
const ALL = { mask: maskOf({ width: 2, height: 1 }, [1, 1]), name: 'all.png' };
const MASKED = { ...RESULT, verdict: { ...RESULT.verdict, isMasked: true } };

/** What a tab keeps. */
function tab(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    get length() {
      return kept.size;
    },
  } as Storage;
}

const open: MatchWorkspace[] = [];
afterEach(() => open.splice(0).forEach((workspace) => workspace.dispose()));

async function make(storage: Storage = tab()) {
  const engine = new FakeEngine();
  engine.handlers.setMask = () => MASKED;
  engine.handlers.openMask = ({ name }: { name: string }) => {
    if (name.startsWith('bad')) throw new CodedError('mask-shape', 'Another shape.', 'Save it again.');
    return HALF.mask;
  };
  const model = { id: 'm', name: 'M', manifestUrl: 'https://site.test/m.json' } as never;
  const options = { spawn: engine.spawn, base: 'https://site.test/', tabStorage: () => storage };
  const workspace = new MatchWorkspace({ ...options, initial: { models: [model] } });
  open.push(workspace);
  workspace.link.attach(fakeCanvas());
  await settle();
  const drop = (...names: string[]) =>
    workspace.photos.take({ files: names.map((name) => new File([name], name)), folders: [], text: '' });
  const told = () => engine.calls.filter(({ method }) => method === 'setMask').map(({ argument }) => argument);
  return { engine, workspace, drop, told, storage, state: () => workspace.store.getState() };
}

/** Digests are made on a thread of their own. */
const digested = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('masks', () => {
  it('are told to the engine, whose verdict is taken over, and no model runs', async () => {
    const { engine, workspace, drop, told, state } = await make();
    await drop('left.jpg', 'right.jpg');
    await settle();
    await workspace.masks.set('b', HALF);
    expect(told()).toEqual([{ side: 'b', mask: HALF.mask }]);
    expect(state()).toMatchObject({ masks: { a: null, b: HALF }, result: { verdict: { isMasked: true } } });
    expect(engine.count('match')).toBe(1);
    // One that leaves nothing out is none.
    await workspace.masks.set('b', ALL);
    expect(told().at(-1)).toEqual({ side: 'b', mask: null });
    expect(state().masks.b).toBeNull();
  });

  it('are found among dropped files by their names, with their photos or after them', async () => {
    const { drop, state } = await make();
    await drop('left.jpg', 'right.jpg', 'left.mask.png');
    expect(state()).toMatchObject({ masks: { a: { name: 'left.mask.png' }, b: null } });
    await drop('right.jpg.mask.png');
    expect(state().masks.b?.name).toBe('right.jpg.mask.png');
    expect(state().photos).toMatchObject({ a: { photo: { name: 'left.jpg' } }, b: { photo: { name: 'right.jpg' } } });
    await drop('other.mask.png');
    expect(state().notices).toMatchObject([{ code: 'mask-nobodys' }]);
  });

  it('that are refused leave the one that is there', async () => {
    const { workspace, drop, state } = await make();
    await drop('left.jpg', 'right.jpg');
    await workspace.masks.set('a', HALF);
    await workspace.masks.openFile('a', new File(['x'], 'bad.png'));
    expect(state()).toMatchObject({ masks: { a: HALF }, notices: [{ code: 'mask-shape', remedy: 'Save it again.' }] });
  });

  it('go with their photos: exchanged, given to a fresh engine, gone with another photo', async () => {
    const { engine, workspace, drop, told, state } = await make();
    await drop('left.jpg', 'right.jpg');
    await settle();
    await workspace.masks.set('a', HALF);
    await workspace.photos.swap();
    expect(state().masks).toEqual({ a: null, b: HALF });
    const before = told().length;
    workspace.link.restart();
    workspace.link.attach(fakeCanvas());
    await settle();
    expect(told().slice(before)).toEqual([{ side: 'b', mask: HALF.mask }]);
    const order = engine.calls.map(({ method }) => method);
    expect(order.lastIndexOf('setMask')).toBeLessThan(order.lastIndexOf('match'));
    await workspace.photos.openFile('b', new Blob(['new']), 'new.jpg');
    expect(state().masks.b).toBeNull();
  });

  it('come back with their photo after a reload of the tab', async () => {
    const first = await make();
    await first.drop('left.jpg', 'right.jpg');
    await first.workspace.masks.set('a', HALF);
    await digested();
    const again = await make(first.storage);
    await again.drop('right.jpg', 'left.jpg');
    await digested();
    expect(again.state().masks).toEqual({ a: null, b: HALF });
    await again.workspace.masks.set('b', null);
    await digested();
    // No more than that there were some.
    expect(first.storage.length).toBe(1);
  });
});
