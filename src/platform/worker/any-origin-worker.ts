/**
 * A module worker from a script of any origin that allows it (CORS). Browsers start workers only from scripts of the
 * page's own origin, which a sandboxed frame does not have and a page that embeds this app from elsewhere does not
 * share; a worker from a blob that imports the script may do what the page may do.
 *
 * To be passed where `new Worker(new URL(…), …)` is written, so that the bundler still finds that expression.
 */
export const AnyOriginWorker = function (url: URL | string, options?: WorkerOptions): Worker {
  try {
    return new Worker(url, options);
  } catch (thrown) {
    if (!(thrown instanceof DOMException && thrown.name === 'SecurityError')) throw thrown;
  }
  // A classic worker: Chromium starts no module worker from a blob of a sandboxed frame. Thrown in a task of its own, a
  // failure to import is an error of the worker rather than a rejection that nobody hears of.
  const code = `import(${JSON.stringify(String(url))}).catch((error) => setTimeout(() => { throw error; }));`;
  const script = new Blob([code], { type: 'text/javascript' });
  // Not revoked: the worker may read it at any time until it has started, and it is a line of text.
  return new Worker(URL.createObjectURL(script), { name: options?.name });
} as unknown as typeof Worker;
