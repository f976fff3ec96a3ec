import { DeviceLoss } from '../platform/worker/worker-client.ts';
import type { WorkerKind } from '../platform/worker/worker-kind.ts';

const STORAGE_KEY = 'liftmatch-gpu-avoided';

/** So many losses with nothing achieved between them: the next device would be lost, too. */
const IN_A_ROW = 2;

/** So many within {@link LATELY} milliseconds, whatever was achieved between them: the page would begin anew for ever. */
const MOST_LATELY = 3;
const LATELY = 600_000;

/** When the GPU's process dies, every worker loses its device within these milliseconds: that is one loss. */
const AT_ONCE = 3000;

/**
 * The one policy for lost graphics devices, for all workers of a page: each starts again; after {@link IN_A_ROW} losses in a row,
 * or {@link MOST_LATELY} within ten minutes, they go on without the GPU until the person wants it tried again. Kept for the
 * session, so that a reload does not go through it all again.
 */
export class GpuLosses {
  private losses: { time: number; of: WorkerKind }[] = [];
  private row = 0;
  private reason: string | null;

  constructor(
    private readonly session: () => Storage | null,
    private readonly now: () => number = () => Date.now(),
  ) {
    this.reason = this.read();
  }

  /** Why the page goes on without the GPU, as a sentence for the person; null: it uses it. */
  get avoided(): string | null {
    return this.reason;
  }

  /** Hears of a worker's death. Whether it lost a device that its next life will do without. */
  hear(death: Error): boolean {
    if (!(death instanceof DeviceLoss)) return false;
    if (this.reason !== null) return true;
    const time = this.now();
    const last = this.losses.at(-1);
    const isSame = last !== undefined && last.of !== death.kind && time - last.time < AT_ONCE;
    if (isSame) return false;
    this.losses = [...this.losses.filter((loss) => time - loss.time < LATELY), { time, of: death.kind }];
    this.row++;
    if (this.row < IN_A_ROW && this.losses.length < MOST_LATELY) return false;
    const times = this.row >= IN_A_ROW ? 'twice in a row' : 'three times within ten minutes';
    this.reason = `The graphics device was lost ${times} (${death.reason}), so this page goes on without it.`;
    this.write();
    return true;
  }

  /** The GPU has done something: an earlier loss says nothing about the next one. */
  confirm(): void {
    this.row = 0;
  }

  /** The person wants it tried again. */
  forget(): void {
    this.losses = [];
    this.row = 0;
    this.reason = null;
    this.write();
  }

  private read(): string | null {
    try {
      // Storage is forbidden in some frames: what is learnt then lasts as long as the page.
      return this.session()?.getItem(STORAGE_KEY) || null;
    } catch {
      return null;
    }
  }

  private write(): void {
    try {
      if (this.reason === null) this.session()?.removeItem(STORAGE_KEY);
      else this.session()?.setItem(STORAGE_KEY, this.reason);
    } catch {
      // See read.
    }
  }
}
