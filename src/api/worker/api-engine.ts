import type { MatchTable } from '../../../public/api.d.ts';
import { sampleMatches } from '../../compute/sample-matches/cpu.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import { Serial } from '../../core/serial.ts';
import { matchPhotos } from '../../matching/match-photos.ts';
import { matchTable } from '../../matching/match-table.ts';
import { openPhoto } from '../../matching/photos/open-photo.ts';
import { MAX_WORKING_SIDE, MIN_SIDE } from '../../matching/photos/photo-limits.ts';
import { Photo } from '../../matching/photos/photo.ts';
import { type LoadListener, type ViewMatcher, ViewMatchers } from '../../matching/scoring/view-matchers.ts';
import { describeAdapter } from '../../platform/gpu/device.ts';
import { openGpu } from '../../platform/gpu/open-gpu.ts';
import { watchDevice } from '../../platform/gpu/watch-device.ts';
import { gpuReader } from '../../platform/gpu/read-texture.ts';
import { Scope } from '../../platform/gpu/scope.ts';
import { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';
import { chooseProvider } from '../../platform/runtime/provider.ts';
import type { ServedCall, ServedHandlers } from '../../platform/worker/serve-calls.ts';
import { heardBy, type MatchParts } from '../plain-match.ts';
import type { MatcherApi, MatcherInfo, MatcherProgress, SentPhoto } from '../protocol.ts';

type Argument<M extends keyof MatcherApi> = Parameters<MatcherApi[M]>[0];
type CallContext = ServedCall<MatcherProgress>;
type Use = <T>(task: (pair: ViewMatcher) => Promise<T>) => Promise<T>;

/** The state of a matcher's worker in a page: one model, and no photo longer than its match takes. */
export class ApiEngine implements ServedHandlers<MatcherApi, MatcherProgress> {
  private loaded: { use: Use; root: Scope | null; forget: (key: string) => void } | null = null;
  private readonly jobs = new Serial();

  constructor(private readonly onDeviceLost: (reason: string) => void) {}

  async load({ manifestUrl, provider: choice }: Argument<'load'>, context: CallContext): Promise<MatcherInfo> {
    const { gpu, reason } = await openGpu();
    const adapter = gpu && { isFallback: gpu.isFallback, name: describeAdapter(gpu.info) };
    const chosen = chooseProvider(choice, adapter, reason);
    const { provider } = chosen;
    const used = provider === 'webgpu' ? gpu : null;
    const root = used ? new Scope(used.device, 'matcher') : null;
    if (used) watchDevice(used, this.onDeviceLost);
    else gpu?.device.destroy();
    const matchers = new ViewMatchers(new LazyRuntime(used?.device ?? null), root, used);
    let providerReason = chosen.reason;
    const source = { id: manifestUrl, manifestUrl };
    const listener: LoadListener = {
      signal: context.signal,
      onLoaded: (fraction) => context.onProgress({ stage: 'load-model', fraction }),
      onCheck: (check) => (providerReason = check.providerReason),
    };
    const pair = await matchers.load(source, listener);
    const later: LoadListener = { onLoaded: () => {}, onCheck: () => {} };
    this.loaded = { use: (task) => matchers.use(source, later, task), root, forget: (key) => matchers.forget(key) };
    return { model: pair.matcher.manifest.name, provider: matchers.provider, providerReason };
  }

  match({ a, b, longSide, rescue }: Argument<'match'>, { signal, onProgress }: CallContext): Promise<MatchParts> {
    return this.jobs.run(async () => {
      throwIfAborted(signal);
      if (!this.loaded) throw new CodedError('internal', 'The matcher has no model.');
      const { use, root, forget } = this.loaded;
      const opened: Photo[] = [];
      try {
        for (const sent of [a, b]) opened.push(await open(sent, root, signal));
        const [photoA, photoB] = opened;
        const run = { longSide, rescue, signal, ...heardBy(onProgress) };
        const photos = { a: photoA, b: photoB };
        const { fields, verdict, rescue: search } = await use((pair) => matchPhotos(pair, photos, run));
        const exifFocal = { a: photoA.info.focal ?? null, b: photoB.info.focal ?? null };
        return { fields, verdict, rescue: search, exifFocal };
      } finally {
        for (const photo of opened) {
          forget(photo.key);
          photo.close();
        }
      }
    });
  }

  sample({ fields, options }: Argument<'sample'>): MatchTable {
    const { rows } = sampleMatches(fields, options);
    const { count, rows: table } = matchTable(rows, { a: fields.a.photo, b: fields.b.photo });
    return { count, rows: table };
  }
}

async function open(sent: SentPhoto, root: Scope | null, signal: AbortSignal): Promise<Photo> {
  if (sent.kind === 'file') {
    return new Photo(await openPhoto(sent.file, sent.name, signal, root ? [gpuReader(root)] : []), root);
  }
  const { bitmap, name } = sent;
  const size = { width: bitmap.width, height: bitmap.height };
  const [short, long] = [Math.min(size.width, size.height), Math.max(size.width, size.height)];
  if (short < MIN_SIDE || long > MAX_WORKING_SIDE) {
    bitmap.close();
    throw new CodedError(
      'photo-size',
      `${name} has ${size.width} × ${size.height} pixels; sides from ${MIN_SIDE} to ${MAX_WORKING_SIDE} are taken.`,
      'Scale it, or give the file itself.',
    );
  }
  return new Photo({ bitmap, info: { name, size, workingSize: size, notes: [] }, hidden: null }, root);
}
