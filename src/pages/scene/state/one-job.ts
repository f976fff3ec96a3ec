import { isCancelled } from '../../../core/errors.ts';
import { isWorkerDeath } from '../../../platform/worker/worker-client.ts';
import type { SceneProgress } from '../contract/api.ts';

/** What a running job is given. */
export interface JobRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SceneProgress) => void;
  /** Whether it is still the one that is wanted: a newer one, or a stop, ends it. */
  readonly isCurrent: () => boolean;
}

/** A job of which one runs at a time; a newer one ends it. */
export class OneJob {
  private running: AbortController | null = null;

  /**
   * @param show hears how far the job is, and null when it has ended, however it has
   * @param onError hears what failed; being ended is no failure, and a worker's death is told by its link
   */
  constructor(
    private readonly show: (progress: SceneProgress | null) => void,
    private readonly onError: (thrown: unknown) => void,
  ) {}

  async run(first: SceneProgress, job: (run: JobRun) => Promise<void>): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.running = controller;
    const isCurrent = () => this.running === controller;
    this.show(first);
    try {
      await job({
        signal: controller.signal,
        isCurrent,
        onProgress: (progress) => isCurrent() && this.show(progress),
      });
    } catch (thrown) {
      if (isCurrent() && !isCancelled(thrown) && !isWorkerDeath(thrown)) this.onError(thrown);
    } finally {
      if (isCurrent()) this.stop();
    }
  }

  stop(): void {
    const { running } = this;
    if (!running) return;
    this.running = null;
    running.abort();
    this.show(null);
  }
}
