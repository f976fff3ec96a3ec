import { afterEach, describe, expect, it } from 'vitest';
import type { InstalledModel } from '../../../../models/library-contract.ts';
import { fakeCanvas, FakeEngine, RESULT, settle } from '../fake-engine.ts';
import { MatchWorkspace } from '../match-workspace.ts';

const NETWORK = {
  id: 'depthsplat-small-fp32',
  name: 'DepthSplat Small, fp32',
  kind: 'splats',
  manifestUrl: 'opfs:installed/depthsplat-small-fp32/manifest.json?1',
} as InstalledModel;

let opened: MatchWorkspace | null = null;
afterEach(() => opened?.dispose());

async function flown() {
  const engine = new FakeEngine();
  engine.handlers.makeFly = () => ({ abstention: null, count: 1 });
  const workspace = new MatchWorkspace({ spawn: engine.spawn, base: 'https://site.test/' });
  opened = workspace;
  workspace.link.attach(fakeCanvas());
  await settle();
  workspace.store.setState({ result: RESULT });
  workspace.updateView({ view: 'fly' });
  await settle();
  const asked = () => engine.calls.filter(({ method }) => method === 'makeFly').map(({ argument }) => argument);
  const install = (installed: InstalledModel[]) =>
    workspace.store.setState(({ library }) => ({ library: { ...library, installed } }));
  return { workspace, asked, install, engine };
}

/** Sliders settle before a scene is made anew. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 350));

describe('the scene of both photos', () => {
  it('is made by the match, until an installed network is chosen, and then by that', async () => {
    const { workspace, asked, install } = await flown();
    expect(asked()).toMatchObject([{ network: null, factor: null }]);
    install([NETWORK]);
    await settled();
    expect(asked()).toHaveLength(1);
    workspace.updateView({ flyBy: NETWORK.id });
    await settled();
    workspace.updateView({ flyScale: 1.4 });
    await settled();
    expect(asked().slice(1)).toMatchObject([
      { network: { manifestUrl: NETWORK.manifestUrl }, factor: null },
      { network: { manifestUrl: NETWORK.manifestUrl }, factor: 1.4 },
    ]);
    // Only the match's own Gaussians are refined.
    workspace.updateView({ flyRefine: true });
    await settled();
    expect(asked()).toHaveLength(3);
    // Flying through it makes nothing anew.
    workspace.updateView({ flyAt: 0.2, flyYaw: 10 });
    await settled();
    expect(asked()).toHaveLength(3);
  });

  it('a link that names a network waits for none that is not there, and takes it once it is', async () => {
    const { workspace, asked, install } = await flown();
    workspace.updateView({ flyBy: NETWORK.id, flyScale: 0.7 });
    await settled();
    expect(asked()).toMatchObject([{ network: null }]);
    install([NETWORK]);
    await settled();
    expect(asked()).toHaveLength(2);
    expect(asked()[1]).toMatchObject({ network: { manifestUrl: NETWORK.manifestUrl }, factor: 0.7 });
  });

  it('is refined where that is asked for, tells how far it is, and is made without once that is cancelled', async () => {
    const { workspace, asked, engine } = await flown();
    engine.handlers.makeFly = () => new Promise(() => {});
    workspace.updateView({ flyRefine: true });
    await settled();
    expect(asked().at(-1)).toMatchObject({ refine: true, network: null });
    const doing = { stage: 'refine-scene', fraction: 0.5 } as const;
    engine.worker.reply({ type: 'progress', id: engine.calls.at(-1)!.id, progress: doing });
    expect(workspace.store.getState().fly.doing).toEqual(doing);
    expect(workspace.store.getState().fly).toMatchObject({ isMaking: true, info: null });
    engine.handlers.makeFly = () => ({ abstention: null, count: 2 });
    workspace.updateView({ flyRefine: false });
    await settled();
    expect(asked().at(-1)).toMatchObject({ refine: false });
    expect(workspace.store.getState().fly).toMatchObject({ isMaking: false, doing: null, info: { count: 2 } });
  });

  it('is given up where a new match begins, and made again with what that one shows', async () => {
    const { workspace, asked, engine } = await flown();
    const made = { abstention: null, count: 3 };
    engine.handlers.makeFly = () => new Promise(() => {});
    workspace.updateView({ flyRefine: true });
    await settled();
    const { id } = engine.calls.at(-1)!;
    const job = { stage: null, progress: null, soFar: null };
    workspace.store.setState({ job });
    await settle();
    expect(engine.worker.sent).toContainEqual({ type: 'cancel', id });
    expect(workspace.store.getState().fly).toMatchObject({ isMaking: false, info: null });
    // Nothing is made while it runs, also where it is asked for otherwise.
    const before = asked().length;
    workspace.updateView({ flyRefine: false });
    await settled();
    expect(asked()).toHaveLength(before);
    engine.handlers.makeFly = () => made;
    // Cancelled or not: the match that is shown is flown through.
    workspace.store.setState({ job: null });
    await settle();
    expect(asked()).toHaveLength(before + 1);
    expect(workspace.store.getState().fly.info).toEqual(made);
    workspace.store.setState({ job });
    workspace.store.setState({ result: { ...RESULT } });
    workspace.store.setState({ job: null });
    await settle();
    expect(asked()).toHaveLength(before + 2);
    // A match that was cancelled leaves a whole scene alone.
    workspace.store.setState({ job });
    workspace.store.setState({ job: null });
    await settle();
    expect(asked()).toHaveLength(before + 2);
  });

  it('takes the depth of a rule or of an installed network beside the match, and of none that is not there', async () => {
    const depth = { ...NETWORK, id: 'depth-anything', kind: 'depth', manifestUrl: 'opfs:d' } as InstalledModel;
    const { workspace, asked, install } = await flown();
    workspace.updateView({ flyDepth: 'estimate' });
    await settled();
    workspace.updateView({ flyDepth: depth.id });
    await settled();
    install([depth, NETWORK]);
    await settled();
    const network = { kind: 'network', manifestUrl: 'opfs:d' };
    expect(asked()).toMatchObject([
      { prior: null },
      { prior: { kind: 'estimate' } },
      { prior: null },
      { prior: network },
    ]);
    // A network that makes the scene needs none.
    workspace.updateView({ flyBy: NETWORK.id });
    await settled();
    expect(asked().at(-1)).toMatchObject({ prior: null, network: { manifestUrl: NETWORK.manifestUrl } });
  });
});
