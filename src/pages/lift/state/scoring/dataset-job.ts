import type { DatasetTarget } from '../../../../core/dataset-target.ts';
import { CodedError, isCancelled, toPlainError } from '../../../../core/errors.ts';
import type { LiftProgress } from '../../contract/api.ts';
import type { DepthSource } from '../../contract/depth.ts';
import type { DatasetPhoto } from '../../contract/dataset.ts';
import { isWorkerDeath } from '../../../../platform/worker/worker-client.ts';
import type { LiftContext } from '../context.ts';
import type { DatasetSettings } from '../types.ts';

/** What it needs of the studio. */
interface DatasetContext extends LiftContext {
  readonly opening: { readonly source: DepthSource | null; readonly sourceOfOthers: DepthSource };
}

/** Writes seeded views of many photos in L2M's layout; one export at a time. */
export class DatasetJob {
  private running: AbortController | null = null;

  constructor(private readonly lift: DatasetContext) {}

  update(patch: Partial<DatasetSettings>): void {
    this.lift.store.setState(({ datasetSettings }) => ({ datasetSettings: { ...datasetSettings, ...patch } }));
  }

  /** The present photo with its depth; null without a photo. */
  presentPhoto(): DatasetPhoto | null {
    const { photo } = this.lift.store.getState();
    return photo && { name: photo.name, file: photo.file, depth: this.lift.opening.source };
  }

  /** Resolves with the ZIP where no handle was given for it; null otherwise, and where the export did not end well. */
  async run(photos: DatasetPhoto[], target: DatasetTarget): Promise<Blob | null> {
    this.stop();
    const { store, link } = this.lift;
    const controller = new AbortController();
    this.running = controller;
    const isCurrent = () => this.running === controller;
    store.setState({ dataset: { progress: { stage: 'write', fraction: 0 }, summary: null, error: null } });
    const onProgress = (progress: LiftProgress) => {
      if (isCurrent()) store.setState({ dataset: { progress, summary: null, error: null } });
    };
    try {
      if (photos.length === 0) throw noPhotos();
      const { datasetSettings, settings, seed } = store.getState();
      const others = this.lift.opening.sourceOfOthers;
      const sourced = photos.map((photo) => ({ ...photo, depth: photo.depth ?? others }));
      const argument = { photos: sourced, options: { ...datasetSettings, settings, seed }, target };
      const summary = await link.call('exportDataset', argument, { signal: controller.signal, onProgress });
      if (isCurrent()) store.setState({ dataset: { progress: null, summary, error: null } });
      return summary.blob;
    } catch (thrown) {
      const error = isCancelled(thrown) || isWorkerDeath(thrown) ? null : toPlainError(thrown);
      if (isCurrent()) store.setState({ dataset: error && { progress: null, summary: null, error } });
      return null;
    } finally {
      if (isCurrent()) this.running = null;
    }
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    if (this.lift.store.getState().dataset?.progress) this.lift.store.setState({ dataset: null });
  }
}

const noPhotos = () =>
  new CodedError(
    'dataset-no-photos',
    'There is no photo among these files.',
    'Choose a folder or files with JPEG, PNG or WebP photos.',
  );
