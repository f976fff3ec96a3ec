import type { EmbedMessage, Resource } from './messages.ts';

/** What a match on a page starts with. Blobs are opened as files are; addresses are relative to the page. */
export interface LiftMatchOptions {
  a?: Resource;
  b?: Resource;
  share?: Resource;
  /** Starts as soon as it is on screen, without a click. */
  autorun?: boolean;
  /** Tabs, verdict and legend around the picture. */
  controls?: boolean;
  theme?: 'light' | 'dark' | 'auto';
  view?: string;
  model?: string;
  /** CSS pixels, or as high as the photos need. */
  height?: number | 'auto';
  /** Any further parameter of a link to the app, such as `threshold` or `count`. */
  parameters?: Record<string, string>;
  onProgress?: (message: Extract<EmbedMessage, { type: 'progress' }>) => void;
  onResult?: (message: Extract<EmbedMessage, { type: 'result' }>) => void;
  onError?: (message: Extract<EmbedMessage, { type: 'error' }>) => void;
}

const NAMED = ['theme', 'view', 'model'] as const;

/**
 * Makes a `<lift-match>` at the end of `container`; the element itself has `load()`, `run()`, `export()`, and goes with
 * everything it holds when it is removed.
 * @param make creates the element: where it is registered is the caller's
 */
export function createLiftMatch<Element extends HTMLElement & { load(resources: object): Promise<void> }>(
  container: globalThis.Element,
  options: LiftMatchOptions,
  make: () => Element,
): Element {
  const element = make();
  const set = (name: string, value: string) => element.setAttribute(name, value);
  for (const [name, value] of Object.entries(options.parameters ?? {})) set(name, value);
  for (const name of NAMED) if (options[name] !== undefined) set(name, options[name]);
  if (options.controls === false) set('controls', '0');
  if (options.autorun) set('autorun', '1');
  if (options.height === 'auto') set('height', 'auto');
  else if (options.height !== undefined) element.style.height = `${options.height}px`;
  const blobs: Record<string, Blob> = {};
  for (const side of ['a', 'b', 'share'] as const) {
    const resource = options[side];
    if (typeof resource === 'string') set(side, resource);
    else if (resource) blobs[side] = resource;
  }
  const listen = (type: string, callback: ((message: never) => void) | undefined) =>
    callback &&
    element.addEventListener(`liftmatch-${type}`, (event) => callback((event as CustomEvent).detail as never));
  listen('progress', options.onProgress);
  listen('result', options.onResult);
  listen('error', options.onError);
  container.append(element);
  // Failures come as `liftmatch-error`, too.
  if (Object.keys(blobs).length > 0) void element.load(blobs).catch(() => {});
  return element;
}
