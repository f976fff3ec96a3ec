/**
 * Every failure that a person can meet carries a stable code, a sentence that names the thing,
 * and a remedy. Code that catches compares `code`, never the wording.
 */
export class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What the person can do about it, one sentence. Empty only where there is nothing to do. */
    readonly remedy = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}

/** What crosses a worker boundary in place of an Error (structured clone drops subclasses). */
export interface PlainError {
  code: string;
  message: string;
  remedy: string;
}

/** Any thrown value as a {@link PlainError}; unknown ones get the code `internal`. */
export function toPlainError(thrown: unknown): PlainError {
  if (thrown instanceof CodedError) return { code: thrown.code, message: thrown.message, remedy: thrown.remedy };
  if (thrown instanceof DOMException && thrown.name === 'AbortError')
    return { code: 'cancelled', message: 'Cancelled.', remedy: '' };
  if (thrown instanceof DOMException && thrown.name === 'SecurityError')
    return {
      code: 'browser-forbids',
      message: 'The browser forbids this page to keep or read data on this device.',
      remedy: 'Open the app in a tab of its own instead of a sandboxed frame, or allow its cookies and site data.',
    };
  return {
    code: 'internal',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    remedy: 'Reload the page; if it happens again, please report it.',
  };
}

/** The inverse of {@link toPlainError}, on the other side of the boundary. */
export function fromPlainError(plain: PlainError): CodedError {
  return new CodedError(plain.code, plain.message, plain.remedy);
}

/** Cancelling is not an error: callers swallow this code and leave the previous result in place. */
export function isCancelled(thrown: unknown): boolean {
  return (
    (thrown instanceof CodedError && thrown.code === 'cancelled') ||
    (thrown instanceof DOMException && thrown.name === 'AbortError')
  );
}

/** Throws the `cancelled` error if `signal` has been aborted. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new CodedError('cancelled', 'Cancelled.');
}

/** How Chromium, Firefox and Safari say that a module could not be had; each in its own words, all as a TypeError. */
const MODULE_FAILURES = [
  'Failed to fetch dynamically imported module',
  'error loading dynamically imported module',
  'Importing a module script failed',
];

/**
 * What a failed `import()` throws as an error with words for the person: a part of the app that is loaded when it is
 * needed was not there, because the connection broke or a newer build took its place. Anything else is given back.
 */
export function partMissing(thrown: unknown): unknown {
  if (!(thrown instanceof TypeError) || !MODULE_FAILURES.some((words) => thrown.message.includes(words))) return thrown;
  return new CodedError(
    'part-missing',
    'A part of the app could not be loaded: the connection broke, or a newer version has taken its place.',
    'Try again; if it stays so, reload the page.',
    { cause: thrown },
  );
}
