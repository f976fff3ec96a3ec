import type { PlainError } from '../../../../core/errors.ts';
import type { DroppedNetwork, OpenedNetwork } from '../../contract/api.ts';
import type { KeptNetwork, NetworkPurpose } from '../../../../models/library-contract.ts';
import type { WorkspaceState } from '../../../../workspace/types.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import type { LiftContext } from '../context.ts';
import type { LiftState } from '../types.ts';

/** What it needs of the studio. */
interface NetworksContext extends LiftContext {
  readonly frames: { invalidate(): void };
  set<K extends keyof LiftSettings>(part: K, patch: Partial<LiftSettings[K]>): void;
}

/** A network for sky or holes that is there, as the page tells of it. */
export interface PresentNetwork {
  name: string;
  bytes: number;
  /** Why it is gone with the page; null where it is kept on this device. */
  notKept: PlainError | null;
  isDamaged: boolean;
}

/** Errors after which a purpose's network cannot be used. */
const UNUSABLE = /^(sky|inpainting)-model-(missing|unusable)$/;
const INSTEAD: Record<NetworkPurpose, string> = {
  sky: 'Sky is found by colour instead.',
  inpainting: 'Holes are filled smoothly instead.',
};

/** The network that would be used: the one that was dropped last, else the one that is kept. Null without either. */
export function presentNetwork(
  purpose: NetworkPurpose,
  { networks }: Pick<LiftState, 'networks'>,
  { library }: Pick<WorkspaceState, 'library'>,
): PresentNetwork | null {
  const opened = networks[purpose];
  if (opened) return { ...opened, isDamaged: false };
  const kept = keptFor(purpose, library.networks);
  return kept && { name: kept.name, bytes: kept.bytes, notKept: null, isDamaged: kept.isDamaged };
}

/** The networks for sky and holes: dropped, kept on this device, removed. */
export class Networks {
  constructor(private readonly lift: NetworksContext) {}

  /** Opens a network, uses it, and keeps it on this device where that is possible. */
  async add(network: DroppedNetwork): Promise<void> {
    const { link, store, workspace } = this.lift;
    // Within the person's click, where the browser wants that.
    workspace.library?.persist();
    store.setState({ openingNetwork: network.purpose });
    try {
      const opened = await link.call('addNetwork', network);
      this.setOpened(network.purpose, opened);
      this.use(network.purpose);
      if (opened.notKept) workspace.notices.add('info', forThisVisit(opened.name, opened.notKept));
      else await workspace.library?.refresh();
    } catch (thrown) {
      this.lift.report(thrown);
    } finally {
      store.setState({ openingNetwork: null });
    }
  }

  /** Removes the network that would be used: from the device, or from this visit where it is not kept. */
  async remove(purpose: NetworkPurpose): Promise<void> {
    const { workspace } = this.lift;
    if (this.lift.store.getState().networks[purpose]?.notKept) return this.close(purpose);
    await workspace.library?.removeNetwork(purpose);
    const { networks, error } = workspace.store.getState().library;
    if (error && keptFor(purpose, networks)) workspace.notices.add('error', error);
  }

  /** The list of what is kept is another one: what was removed, here or under Models, is not used any more. */
  follow(now: readonly KeptNetwork[], before: readonly KeptNetwork[]): void {
    for (const { purpose } of before) {
      const isForThisVisit = this.lift.store.getState().networks[purpose]?.notKept != null;
      if (!keptFor(purpose, now) && !isForThisVisit) void this.close(purpose);
    }
  }

  /** After a failed frame: without its network the purpose is served in another way. Returns what is to be told. */
  afterFailure(error: PlainError): PlainError {
    const purpose = UNUSABLE.exec(error.code)?.[1] as NetworkPurpose | undefined;
    if (!purpose) return error;
    this.stopUsing(purpose);
    return { ...error, message: `${error.message} ${INSTEAD[purpose]}` };
  }

  private async close(purpose: NetworkPurpose): Promise<void> {
    const { link, store, workspace, frames } = this.lift;
    this.setOpened(purpose, null);
    const isThere = presentNetwork(purpose, store.getState(), workspace.store.getState()) !== null;
    if (!isThere) this.stopUsing(purpose);
    if (!link.isRunning) return;
    try {
      await link.call('closeNetwork', { purpose });
      // The one that is kept takes the place of one of this visit.
      if (isThere) frames.invalidate();
    } catch (thrown) {
      this.lift.report(thrown);
    }
  }

  private setOpened(purpose: NetworkPurpose, opened: OpenedNetwork | null): void {
    this.lift.store.setState(({ networks }) => ({ networks: { ...networks, [purpose]: opened } }));
  }

  private use(purpose: NetworkPurpose): void {
    if (purpose === 'sky') this.lift.set('sky', { source: 'model' });
    else this.lift.set('render', { fill: 'model' });
  }

  private stopUsing(purpose: NetworkPurpose): void {
    const { sky, render } = this.lift.store.getState().settings;
    if (purpose === 'sky' && sky.source === 'model') this.lift.set('sky', { source: 'heuristic' });
    if (purpose === 'inpainting' && render.fill === 'model') this.lift.set('render', { fill: 'push-pull' });
  }
}

const keptFor = (purpose: NetworkPurpose, networks: readonly KeptNetwork[]): KeptNetwork | null =>
  networks.find((network) => network.purpose === purpose) ?? null;

const forThisVisit = (name: string, { message, remedy }: PlainError): PlainError => ({
  code: 'network-not-kept',
  message: `“${name}” is used for this visit only. ${message}`,
  remedy,
});
