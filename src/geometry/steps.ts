import { throwIfAborted } from '../core/errors.ts';

/**
 * A long calculation in steps of about a millisecond: it gives the share that is done (an estimate that may fall back)
 * and, at its end, the answer. Whoever drives it may do other things between two steps, or stop.
 */
export type Steps<Answer> = Generator<number, Answer, void>;

/** Drives a calculation to its end without a pause. */
export function finish<Answer>(steps: Steps<Answer>): Answer {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

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
