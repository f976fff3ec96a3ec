import type { DatasetTarget } from '../../../core/dataset-target.ts';
import { toPlainError } from '../../../core/errors.ts';
import { sizeOfDataset } from '../params.ts';
import type { SceneContext } from './context.ts';
import { OneJob } from './one-job.ts';
import { ruleOf } from './types.ts';

/** Writes pairs of the open scene, drawn by the page's seed and bins. */
export class DatasetJob {
  private readonly job: OneJob;

  constructor(private readonly scene: SceneContext) {
    this.job = new OneJob(
      (progress) => scene.store.setState(({ dataset }) => ({ dataset: dataset && { ...dataset, progress } })),
      (thrown) => scene.store.setState({ dataset: { progress: null, result: null, error: toPlainError(thrown) } }),
    );
  }

  /** Resolves with the ZIP where no handle was given for it; null otherwise, and where it did not end well. */
  async run(target: DatasetTarget): Promise<Blob | null> {
    const { store, link } = this.scene;
    const state = store.getState();
    if (!state.facts) return null;
    const { seed, bins, views, datasetSize } = state.values;
    const asked = { views, seed, bins, size: sizeOfDataset(datasetSize), rule: ruleOf(state), target };
    let zip: Blob | null = null;
    this.job.stop();
    store.setState({ dataset: { progress: null, result: null, error: null } });
    await this.job.run({ stage: 'write', done: 0, total: views }, async ({ isCurrent, ...options }) => {
      const result = await link.call('dataset', asked, options);
      if (!isCurrent()) return;
      store.setState({ dataset: { progress: null, result, error: null } });
      zip = result.blob;
    });
    return zip;
  }

  stop(): void {
    this.job.stop();
  }

  /** Another scene. */
  clear(): void {
    this.stop();
    this.scene.store.setState({ dataset: null });
  }
}
