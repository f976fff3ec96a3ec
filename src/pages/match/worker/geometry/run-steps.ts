import type { Steps } from '../../../../geometry/steps.ts';
import { throwIfAborted } from '../../../../core/errors.ts';

/** Longest stretch of calculation before the worker draws, probes and listens again, milliseconds: a frame's time. */
const STRETCH = 12;

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
}

/** Drives a calculation with pauses in which the worker serves others. Throws `cancelled` soon after an abort. */
export async function runSteps<Answer>(steps: Steps<Answer>, { signal, onProgress }: RunOptions): Promise<Answer> {
  for (;;) {
    throwIfAborted(signal);
    const end = performance.now() + STRETCH;
    do {
      const { done, value } = steps.next();
      if (done) return value;
      if (performance.now() >= end) onProgress?.(value);
    } while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
