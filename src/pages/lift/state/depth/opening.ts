import { isCancelled } from '../../../../core/errors.ts';
import type { LiftProgress } from '../../contract/api.ts';
import type { DepthSource } from '../../contract/depth.ts';
import { isWorkerDeath } from '../../../../platform/worker/worker-client.ts';
import { depthSourceOf, isSameDepth } from './depth-choice.ts';
import type { LiftContext } from '../context.ts';
import type { DepthChoice, LiftedPhoto } from '../types.ts';

/** What it needs of the studio. */
interface OpeningContext extends LiftContext {
  /** Whether the worker may be called. */
  readonly canWork: boolean;
  keepPhoto(photo: LiftedPhoto | null): void;
  photoOpened(): void;
}

interface Opened {
  photo: LiftedPhoto;
  source: DepthSource;
}

/** Gives the worker the photo and the depth that are wanted. What it refuses is told, and what it had stays. */
export class Opening {
  /** What the worker has. */
  private opened: Opened | null = null;
  private running: (Opened & { controller: AbortController }) | null = null;

  constructor(private readonly lift: OpeningContext) {}

  /** Whether the worker has the photo that is wanted. */
  get isOpen(): boolean {
    const { photo } = this.lift.store.getState();
    return this.running === null && this.opened !== null && this.opened.photo.file === photo?.file;
  }

  /** The depth that the present choice means; null without a photo. */
  get source(): DepthSource | null {
    const { photo, depthChoice } = this.lift.store.getState();
    if (!photo) return null;
    const { samples, library } = this.lift.workspace.store.getState();
    return depthSourceOf(depthChoice, photo, { samples, installed: library.installed });
  }

  /** The same for a photo that nothing else is known of: a map that belongs to the present photo says nothing of it. */
  get sourceOfOthers(): DepthSource {
    const { depthChoice } = this.lift.store.getState();
    const { library } = this.lift.workspace.store.getState();
    const choice: DepthChoice = depthChoice.kind === 'file' ? { kind: 'auto' } : depthChoice;
    return depthSourceOf(choice, { address: null }, { samples: [], installed: library.installed });
  }

  /** The worker is another one. */
  forget(): void {
    this.opened = null;
    this.stop();
  }

  stop(): void {
    this.running?.controller.abort();
    this.running = null;
    if (this.lift.store.getState().opening) this.lift.store.setState({ opening: null });
  }

  /** Opens what is wanted and not open yet. */
  refresh(): void {
    const { photo } = this.lift.store.getState();
    const { source } = this;
    if (!photo || !source || !this.lift.canWork) return;
    const isSame = (known: Opened | null) => known?.photo.file === photo.file && isSameDepth(known.source, source);
    if (isSame(this.running)) return;
    this.stop();
    if (!isSame(this.opened)) void this.open(photo, source);
  }

  private async open(photo: LiftedPhoto, source: DepthSource): Promise<void> {
    const { store, link, workspace } = this.lift;
    const controller = new AbortController();
    const running = { photo, source, controller };
    this.running = running;
    store.setState({ opening: { stage: 'depth', fraction: null } });
    const onProgress = (opening: LiftProgress) => {
      if (this.running === running) store.setState({ opening });
    };
    const options = { signal: controller.signal, onProgress };
    try {
      const depth =
        this.opened?.photo.file === photo.file
          ? await link.call('setDepth', { source }, options)
          : (await link.call('setPhoto', { file: photo.file, name: photo.name, depth: source }, options)).depth;
      if (this.running !== running) return;
      this.opened = { photo, source };
      store.setState({ depth });
    } catch (thrown) {
      if (this.running !== running) return;
      if (!isCancelled(thrown) && !isWorkerDeath(thrown)) workspace.notices.report(thrown);
      this.running = null;
      if (!isWorkerDeath(thrown)) this.fallBack(source);
      return;
    } finally {
      if (this.running === running || this.running === null) store.setState({ opening: null });
      if (this.running === running) this.running = null;
    }
    this.lift.photoOpened();
  }

  /** After a refusal: another depth source may do; else the photo before stays. */
  private fallBack(refused: DepthSource): void {
    const { store } = this.lift;
    if (refused.kind !== 'estimate') {
      store.setState({ depthChoice: { kind: 'estimate' } });
      this.refresh();
    } else if (this.opened) {
      this.lift.keepPhoto(this.opened.photo);
    } else {
      this.lift.keepPhoto(null);
    }
  }
}
