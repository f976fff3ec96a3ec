import type { AnswerFromWorker, CallToWorker } from './messages.ts';

/** One of the app's workers: what it is called, and what the person can do when it dies. */
export interface WorkerKind {
  /** Prefix of its error codes: `<code>-crashed`, `<code>-start`, `<code>-start-timeout`, `<code>-call`, `<code>-stopped`. */
  code: string;
  /** Its name in a sentence. */
  name: string;
  /** What to do when it keeps dying. */
  crashRemedy: string;
  /** Where it draws or computes on a graphics device: what is said when that is lost. */
  deviceLost?: { code: string; message: (reason: string) => string; remedy: string };
  /**
   * How many deaths without anything achieved in between (see WorkerLink.confirm) end a worker that its page starts
   * again by itself. Absent: it starts when the person wants something of it, so every start is a wish of theirs.
   */
  lives?: number;
}

/** Calls that a worker answers: each takes one structured-cloneable argument and gives one answer. */
export type Calls<Api> = { [M in keyof Api]: (argument: never) => unknown };

/** A worker that answers an API, or what stands in for it in a test. */
export type WorkerOf<Api, Progress> = WorkerLike<CallToWorker<Api>, AnswerFromWorker<Progress>>;

/** The part of a Worker that a client uses, so that tests can put something else in its place. */
export interface WorkerLike<To, From> {
  postMessage(message: To, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { data: From }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror: (() => void) | null;
}
