import { afterEach, describe, expect, it } from 'vitest';
import { MAX_POINTS_BYTES, type PointTable } from '../../../core/points.ts';
import { fakeCanvas, FakeEngine, RESULT, settle } from './fake-engine.ts';
import { PointMatching } from './points.ts';
import { MatchWorkspace } from './match-workspace.ts';

const TABLE = { side: 'a', count: 1 } as PointTable;

let opened: { workspace: MatchWorkspace; points: PointMatching } | null = null;
afterEach(() => {
  opened?.points.dispose();
  opened?.workspace.dispose();
});

async function make() {
  const engine = new FakeEngine();
  engine.handlers.matchPoints = () => TABLE;
  engine.handlers.matchKeypoints = () => ({ count: 0 });
  engine.handlers.exportPoints = () => ({ name: 'x.csv', blob: new Blob(['x']), notes: [] });
  const workspace = new MatchWorkspace({ spawn: engine.spawn, base: 'https://site.test/' });
  workspace.link.attach(fakeCanvas());
  await settle();
  const points = new PointMatching(workspace.store, workspace.link);
  opened = { workspace, points };
  return { engine, workspace, points, state: () => points.store.getState() };
}

describe('chosen points', () => {
  it('are asked with their convention, and the answer can be saved', async () => {
    const { engine, points, state } = await make();
    points.setText('a', '1,2');
    points.change({ centre: 'integer' });
    await points.run();
    expect(engine.calls.at(-1)).toMatchObject({
      method: 'matchPoints',
      argument: { side: 'a', source: { name: 'points in A', text: '1,2', centre: 'integer' } },
    });
    expect(state()).toMatchObject({ answer: { kind: 'points', table: TABLE }, isBusy: false, error: null });
    expect((await points.export('csv')).name).toBe('x.csv');
  });

  it('may be the pins of a photo', async () => {
    const { workspace, points, state } = await make();
    workspace.probing.setPins([
      { side: 'b', x: 1, y: 2 },
      { side: 'a', x: 3, y: 4.567 },
    ]);
    points.takePins('a');
    expect(state().lists.a.text).toBe('x,y,label\n3.00,4.57,pin 1\n');
  });

  it('of two photos are paired within a distance that grows with B', async () => {
    const { engine, points } = await make();
    points.change({ mode: 'keypoints' });
    await points.readFile('a', new File(['1,2'], 'left.csv'));
    points.setText('b', '3,4');
    await points.run();
    expect(engine.calls.at(-1)?.argument).toMatchObject({
      a: { name: 'left.csv', text: '1,2' },
      b: { name: 'points in B' },
      options: { maxDistance: 1.6, minCertainty: 0.05, check: 'both' },
    });
  });

  it('are told what is wrong with them, and nothing old stays', async () => {
    const { engine, points, state } = await make();
    await points.run();
    engine.handlers.matchPoints = () => {
      throw new Error('broken');
    };
    await points.run();
    expect(state()).toMatchObject({ answer: null, isBusy: false, error: { message: 'broken' } });
    await expect(points.export('csv')).rejects.toMatchObject({ code: 'points-nothing' });
    const large = Object.defineProperty(new File(['x'], 'large.csv'), 'size', { value: MAX_POINTS_BYTES + 1 });
    await points.readFile('a', large);
    expect(state().error).toMatchObject({ code: 'points-too-large' });
  });

  it('are asked again of a new match', async () => {
    const { engine, workspace, points, state } = await make();
    await points.run();
    workspace.store.setState({ result: { ...RESULT } });
    await settle();
    expect(engine.count('matchPoints')).toBe(2);
    workspace.store.setState({ result: null });
    expect(state().answer).toBeNull();
  });
});
