import type { Matcher, MatcherOptions, MatchOptions, Photo } from '../../public/api.d.ts';
import { CodedError } from '../core/errors.ts';
import { opfsUrl } from '../platform/storage/opfs.ts';
import { AnyOriginWorker } from '../platform/worker/any-origin-worker.ts';
import { WorkerLink } from '../platform/worker/worker-link.ts';
import type { WorkerOf } from '../platform/worker/worker-kind.ts';
import { PlainMatch } from './plain-match.ts';
import { MATCHER, type MatcherApi, type MatcherProgress, type SentPhoto } from './protocol.ts';

// Built as matcher.js in the app's folder; from its source, the folder is one up. Vite may move this file into a chunk beside
// others, so where the models lie is told from the entry's name, not from this file's.
const here = new URL(import.meta.env.DEV ? '../../' : './', import.meta.url);
const base = new URL(here.pathname.endsWith('/assets/') ? '..' : '.', here);

const INSTALLED = 'installed:';

/**
 * Loads a model in a worker of its own. Types and meanings are those of public/api.d.ts.
 * Rejects with CodedError: `model-unknown`, those of downloads and models, `cancelled`.
 */
export async function createMatcher(options: MatcherOptions = {}): Promise<Matcher> {
  const link = new WorkerLink<MatcherApi, MatcherProgress>({ kind: MATCHER, spawn });
  const { provider = 'auto', signal, onProgress } = options;
  try {
    const manifestUrl = await manifestOf(options.model);
    const info = await link.call('load', { manifestUrl, provider }, { signal, onProgress });
    return new WorkerMatcher(link, info.model, info.provider, info.providerReason);
  } catch (thrown) {
    link.end();
    throw thrown;
  }
}

class WorkerMatcher implements Matcher {
  private isClosed = false;

  constructor(
    private readonly link: WorkerLink<MatcherApi, MatcherProgress>,
    readonly model: string,
    readonly provider: string,
    readonly providerReason: string,
  ) {}

  async match(a: Photo, b: Photo, options: MatchOptions = {}): Promise<PlainMatch> {
    if (this.isClosed || !this.link.isRunning) {
      throw new CodedError('matcher-closed', 'This matcher has been closed.', 'Make another one.');
    }
    const { size = null, rescue = true, signal, onProgress } = options;
    const request = { a: await sent(a, 'photo A'), b: await sent(b, 'photo B'), longSide: size, rescue };
    const parts = await this.link.call('match', request, { signal, onProgress });
    return new PlainMatch(parts, async (fields, sampling) => {
      // What was matched outlives its matcher.
      return this.link.isRunning ? this.link.call('sample', { fields, options: sampling }) : null;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.link.end();
  }
}

/** Vite finds the file by this very expression, so it must stay literal: only what `Worker` means is passed in. */
const spawn = () => spawnWith(AnyOriginWorker);
function spawnWith(Worker: typeof globalThis.Worker): WorkerOf<MatcherApi, MatcherProgress> {
  const worker = new Worker(new URL('./worker/api-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-matcher',
  });
  return worker as unknown as WorkerOf<MatcherApi, MatcherProgress>;
}

async function manifestOf(model = 'embedded'): Promise<string> {
  if (model.startsWith(INSTALLED)) return opfsUrl(['installed', model.slice(INSTALLED.length), 'manifest.json'], 0);
  if (model.endsWith('.json')) return new URL(model, globalThis.location?.href ?? base).href;
  if (/^[\w.-]+$/.test(model)) return new URL(`models/${model}/manifest.json`, base).href;
  throw new CodedError(
    'model-unknown',
    `“${model}” is no model.`,
    'Give an id, the address of a manifest.json, or installed:ID.',
  );
}

async function sent(photo: Photo, name: string): Promise<SentPhoto> {
  if (photo instanceof Blob) return { kind: 'file', file: photo, name: photo instanceof File ? photo.name : name };
  if (photo instanceof Uint8Array) return { kind: 'file', file: new Blob([Uint8Array.from(photo)]), name };
  if (typeof photo === 'string') return { kind: 'file', file: await fetched(photo), name: photo };
  if ('data' in photo) {
    const pixels = new ImageData(Uint8ClampedArray.from(photo.data), photo.width, photo.height);
    return { kind: 'bitmap', bitmap: await createImageBitmap(pixels), name };
  }
  // The caller's stays open.
  if (photo instanceof ImageBitmap) return { kind: 'bitmap', bitmap: await createImageBitmap(photo), name };
  throw new CodedError(
    'photo-input',
    `${name} is no photo.`,
    'Give a Blob, bytes, pixels, an ImageBitmap or an address.',
  );
}

async function fetched(address: string): Promise<Blob> {
  const response = await fetch(address).catch(() => null);
  if (response?.ok) return response.blob();
  const why = response
    ? `the server answered ${response.status}`
    : 'no answer, or its host does not let other pages read it';
  throw new CodedError('photo-fetch', `${address} could not be fetched: ${why}.`, 'Check the address.');
}
