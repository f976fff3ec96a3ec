import type { KnownChecks } from '../core/match.ts';
import { GpuChecks } from './gpu-checks.ts';
import { GpuLosses } from './gpu-losses.ts';

/** What a page's worker is told of the GPU at its start. */
export interface GpuToldToWorker {
  /** What checks of the GPU have said before: none is made twice, and no GPU is used that was wrong. */
  checks: KnownChecks;
  /** Why the page goes on without the GPU, as a sentence; null: it uses it. */
  avoidGpu: string | null;
}

/** What was learnt of this machine's GPU: what it computes wrongly, and whether its device stays. */
export class KnownGpu {
  readonly checks: GpuChecks;
  readonly losses: GpuLosses;

  /**
   * @param storage where checks are kept between visits
   * @param session where losses are kept as long as the tab is open
   */
  constructor(storage: () => Storage | null, session: () => Storage | null) {
    this.checks = new GpuChecks(storage);
    this.losses = new GpuLosses(session);
  }

  told(): GpuToldToWorker {
    return { checks: this.checks.known(), avoidGpu: this.losses.avoided };
  }

  /** Whoever was found wrong, or was lost, is tried anew. */
  forget(): void {
    this.checks.forgetWrong();
    this.losses.forget();
  }
}
