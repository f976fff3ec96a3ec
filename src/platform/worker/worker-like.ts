/** The part of a Worker that a client uses, so that tests can put something else in its place. */
export interface WorkerLike<To, From> {
  postMessage(message: To, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { data: From }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror: (() => void) | null;
}
