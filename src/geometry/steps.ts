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
