import { nearestRecall } from '../../../features/recall.ts';
import type { Encoding, FileOrAddress, PairScore, ScoredPair, ScoreProtocol, TruthSummary } from '../contract.ts';
import { RECALL_THRESHOLDS } from '../contract.ts';
import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import { openPhoto } from '../../../matching/photos/open-photo.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import type { FeatureMaths } from './feature-maths.ts';
import { type CompareCall, computing, type FeatureStore } from './feature-store.ts';
import { scoreProbe } from './probe-scorer.ts';
import type { Truth } from './truth/read-truth.ts';
import { readTruth, summarise } from './truth/read-truth.ts';

/** Recall of encoders on pairs whose true correspondence is known; their photos are opened for this and not kept. */
export class PairScorer {
  constructor(
    private readonly store: FeatureStore,
    private readonly maths: FeatureMaths,
  ) {}

  score(encoding: Encoding, pair: ScoredPair, protocol: ScoreProtocol, context: CompareCall): Promise<PairScore> {
    return withPair(pair, context.signal, async (photos, truth) => {
      if (protocol !== 'covisible')
        return scoreProbe(this.store, this.maths, encoding, photos, truth, protocol, context);
      try {
        const a = await this.store.encode(encoding, photos.a, context);
        const b = await this.store.encode(encoding, photos.b, context);
        context.onProgress({ stage: 'compute', fraction: null });
        const { index } = await this.maths.nearest(a.map, b.map, computing(context));
        const { places, shares } = nearestRecall(
          index,
          a.map.grid,
          b.map.grid,
          photos.b.size,
          truth.warp,
          RECALL_THRESHOLDS,
        );
        return { places, recall: shares, viewpoint: truth.viewpoint };
      } finally {
        this.store.forget(photos.a);
        this.store.forget(photos.b);
      }
    });
  }

  inspect(pair: ScoredPair, { signal }: CompareCall): Promise<TruthSummary> {
    return withPair(pair, signal, async (_, truth) => summarise(truth));
  }
}

async function withPair<T>(
  pair: ScoredPair,
  signal: AbortSignal,
  job: (photos: { a: Photo; b: Photo }, truth: Truth) => Promise<T>,
): Promise<T> {
  const files = pair.truth.map(async ({ name, file }) => {
    return { name, bytes: new Uint8Array(await (await blobOf(file, signal)).arrayBuffer()) };
  });
  const bytes = await Promise.all(files);
  const a = await open(pair.a, signal);
  try {
    const b = await open(pair.b, signal);
    try {
      return await job({ a, b }, await readTruth(bytes, { a: a.size, b: b.size }));
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

async function open(file: FileOrAddress, signal: AbortSignal): Promise<Photo> {
  const name = typeof file === 'string' ? file : 'photo';
  const opened = await openPhoto(await blobOf(file, signal), name, signal);
  return new Photo(opened, null);
}

async function blobOf(file: FileOrAddress, signal: AbortSignal): Promise<Blob> {
  if (typeof file !== 'string') return file;
  const response = await fetch(file, { signal }).catch(() => null);
  throwIfAborted(signal);
  if (!response?.ok) {
    throw new CodedError('network', `${file} could not be read.`, 'Check the connection and try again.');
  }
  return response.blob();
}
