import type { FromWorker, ToWorker } from '../shared/protocol.ts';

/** The part of a Worker that the client uses, so that tests can put something else in its place. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror: (() => void) | null;
}
