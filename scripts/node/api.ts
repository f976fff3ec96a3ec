import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matcher, MatcherOptions, MatchOptions, Photo } from '../../public/api.d.ts';
import { heardBy, PlainMatch } from '../../src/api/plain-match.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { CodedError, throwIfAborted } from '../../src/core/errors.ts';
import { Serial } from '../../src/core/serial.ts';
import { FeatureCache } from '../../src/matching/feature-cache.ts';
import { matchPhotos } from '../../src/matching/match-photos.ts';
import { PairMatcher } from '../../src/matching/pair-matcher.ts';
import type { NodeMatcher } from './match-pair.ts';
import { FilePhoto, focalOf, read } from './photo.ts';

/** Beside the built entry (dist/node/index.js), else in the repository. */
const MODEL_FOLDERS = ['../models', '../../public/models'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The models that come with the package, by folder. */
const modelsFolder = () => MODEL_FOLDERS.find((folder) => existsSync(join(folder, 'index.json'))) ?? MODEL_FOLDERS[0];

/**
 * The package's entry in Node: types and meanings are those of public/api.d.ts. Models run on onnxruntime-node, which the project
 * that uses this installs itself.
 * Rejects with CodedError: `runtime-missing`, `model-unknown`, `cancelled`
 */
export async function createMatcher(options: MatcherOptions = {}): Promise<Matcher> {
  const { model = 'embedded', signal, onProgress } = options;
  throwIfAborted(signal);
  const path = model.endsWith('.json') ? model : join(modelsFolder(), model, 'manifest.json');
  if (!existsSync(path)) {
    throw new CodedError(
      'model-unknown',
      `There is no model “${model}”.`,
      'Give an id, or the path of a manifest.json.',
    );
  }
  onProgress?.({ stage: 'load-model', fraction: 0 });
  const pair = await load(path);
  onProgress?.({ stage: 'load-model', fraction: 1 });
  if (signal?.aborted) await pair.matcher.release();
  throwIfAborted(signal);
  return new NativeMatcher(pair);
}

async function load(path: string): Promise<NodeMatcher> {
  try {
    const { loadMatcher } = await import('./load-matcher.ts');
    return await loadMatcher(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const remedy = 'Install it beside this package: npm install onnxruntime-node@1.30.0';
    throw new CodedError('runtime-missing', 'onnxruntime-node is not installed.', remedy, { cause });
  }
}

class NativeMatcher implements Matcher {
  readonly provider = 'cpu';
  readonly providerReason = 'Models run on the processor, by onnxruntime-node.';
  private readonly jobs = new Serial();
  private photos = 0;
  private isClosed = false;

  constructor(private readonly pair: NodeMatcher) {}

  get model(): string {
    return this.pair.matcher.manifest.name;
  }

  match(a: Photo, b: Photo, options: MatchOptions = {}): Promise<PlainMatch> {
    return this.jobs.run(async () => {
      if (this.isClosed) throw new CodedError('matcher-closed', 'This matcher has been closed.', 'Make another one.');
      const { size = null, rescue = true, signal, onProgress } = options;
      throwIfAborted(signal);
      const opened = { a: await this.open(a, 'photo A'), b: await this.open(b, 'photo B') };
      // A cache of its own: photos are not known again, since their keys are new with every match.
      const pair = new PairMatcher(this.pair.matcher, this.pair.backend, new FeatureCache());
      const photos = { a: opened.a.photo, b: opened.b.photo };
      const run = { longSide: size, rescue, signal, ...heardBy(onProgress) };
      const { fields, verdict, rescue: search } = await matchPhotos(pair, photos, run);
      return new PlainMatch({ fields, verdict, rescue: search, exifFocal: { a: opened.a.focal, b: opened.b.focal } });
    });
  }

  async close(): Promise<void> {
    await this.jobs.run(async () => {
      if (!this.isClosed) await this.pair.matcher.release();
      this.isClosed = true;
    });
  }

  private async open(photo: Photo, name: string): Promise<{ photo: FilePhoto; focal: number | null }> {
    const key = `${name} ${++this.photos}`;
    if (typeof photo === 'string') {
      const bytes = read(photo);
      return { photo: await FilePhoto.decode(bytes, photo), focal: await focalOf(bytes) };
    }
    const bytes = photo instanceof Blob ? await photo.arrayBuffer() : photo instanceof Uint8Array ? photo : null;
    if (bytes) {
      const buffer = Buffer.from(bytes as Uint8Array);
      return { photo: await FilePhoto.decode(buffer, key), focal: await focalOf(buffer) };
    }
    if (isPixels(photo)) return { photo: FilePhoto.of(photo, key), focal: null };
    throw new CodedError(
      'photo-input',
      `${name} is no photo.`,
      'Give a path, a Blob, bytes of a JPEG or PNG, or RGBA pixels.',
    );
  }
}

function isPixels(photo: Photo): photo is Pixels {
  const { data, width, height } = photo as Pixels;
  return data?.length === 4 * width * height && width > 0 && height > 0;
}
