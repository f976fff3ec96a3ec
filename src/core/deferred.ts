/** A promise with its handles outside. */
export interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  // Waiting for it is optional: a rejection that nobody waits for is not an unhandled one.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
