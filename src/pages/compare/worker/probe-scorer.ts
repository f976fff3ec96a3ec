import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type { Nearest } from '../../../core/feature-map.ts';
import type { Crop, ProbeRules } from '../../../features/probe3d.ts';
import {
  centreCrop,
  NAVI_RULES,
  probeFeatures,
  probePlaces,
  probeScore,
  SCANNET_RULES,
} from '../../../features/probe3d.ts';
import { hiddenPixels } from '../../../platform/canvas.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import type { Encoding, PairScore, ScoreProtocol } from '../contract.ts';
import type { Normalisation } from './encoder-pool.ts';
import type { Encoded, FeatureMaths } from './feature-maths.ts';
import { encoded } from './feature-maths.ts';
import { type CompareCall, computing, type FeatureStore } from './feature-store.ts';
import type { Truth } from './truth/read-truth.ts';

type ProbeProtocol = Exclude<ScoreProtocol, 'covisible'>;

const RULES: Readonly<Record<ProbeProtocol, ProbeRules>> = {
  'probe3d-navi': NAVI_RULES,
  'probe3d-scannet': SCANNET_RULES,
};

/** What Probe3D feeds on ScanNet to every network that normalises at all, whatever it was trained with. */
const HALF: Normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** Multiply-adds of one search on the device: beyond it a browser may take the device for hung. */
const SEARCH_WORK = 2e10;

/**
 * Scores an encoder as Probe3D does: both photos cut and scaled to the protocol's size, features brought to the places
 * whose depth is known, the clearest of their nearest neighbours judged in space and in pixels.
 * @throws CodedError `truth-no-depth`
 */
export async function scoreProbe(
  store: FeatureStore,
  maths: FeatureMaths,
  { encoder }: Encoding,
  photos: { a: Photo; b: Photo },
  truth: Truth,
  protocol: ProbeProtocol,
  context: CompareCall,
): Promise<PairScore> {
  const rules = RULES[protocol];
  const scene = truth.scene();
  if (!scene) throw withoutDepth();
  const longSide = Math.max(rules.image.width, rules.image.height);
  const normalisation = protocol === 'probe3d-scannet' ? HALF : undefined;
  const sides = [];
  for (const side of ['a', 'b'] as const) {
    const crop = centreCrop(photos[side].size, rules.image);
    const places = probePlaces(scene[side], crop, rules);
    const photo = await cropped(photos[side], crop, rules);
    try {
      const { map } = await store.encode({ encoder, longSide }, photo, context, normalisation);
      sides.push({ places, values: probeFeatures(map, places, rules), channels: map.channels });
    } finally {
      store.forget(photo);
      photo.close();
    }
  }
  const [a, b] = sides;
  const viewpoint = truth.viewpoint;
  if (a.places.at.length === 0 || b.places.at.length === 0) throw withoutDepth();
  const found = await nearestOf(maths, listed(a.values, a.channels), listed(b.values, b.channels), context);
  const { kept, shares } = probeScore(found, a.places, b.places, scene.pose, rules);
  return { places: kept, recall: shares, viewpoint };
}

/** Vectors that belong to no grid, as the maths takes them. */
const listed = (values: Float32Array<ArrayBuffer>, channels: number): Encoded =>
  encoded({ grid: { width: values.length / channels, height: 1 }, channels, values });

/** The nearest of b for each of a, a part of a at a time. */
async function nearestOf(maths: FeatureMaths, a: Encoded, b: Encoded, context: CompareCall): Promise<Nearest> {
  const count = a.grid.width;
  const step = Math.max(64, Math.floor(SEARCH_WORK / (b.grid.width * a.channels)));
  const found: Nearest = {
    index: new Uint32Array(count),
    best: new Float32Array(count),
    second: new Float32Array(count),
  };
  const watch = computing(context);
  try {
    for (let first = 0; first < count; first += step) {
      const last = Math.min(count, first + step);
      const part = listed(a.values.slice(first * a.channels, last * a.channels), a.channels);
      const onShare = (share: number) => watch.onShare?.((first + share * (last - first)) / count);
      try {
        const { index, best, second } = await maths.nearest(part, b, { ...watch, onShare });
        found.index.set(index, first);
        found.best.set(best, first);
        found.second.set(second, first);
      } finally {
        maths.forget(part);
      }
      onShare(1);
      throwIfAborted(context.signal);
    }
    return found;
  } finally {
    maths.forget(b);
  }
}

/** A photo of its own that holds the cut part, scaled. */
async function cropped(photo: Photo, crop: Crop, { image }: ProbeRules): Promise<Photo> {
  const { width, height } = photo.image;
  const bitmap = await createImageBitmap(
    photo.image,
    Math.round(crop.x * width),
    Math.round(crop.y * height),
    Math.max(1, Math.round(crop.width * width)),
    Math.max(1, Math.round(crop.height * height)),
    { resizeWidth: image.width, resizeHeight: image.height, resizeQuality: 'high' },
  );
  const info = { ...photo.info, size: image, workingSize: image };
  return new Photo({ bitmap, info, hidden: await hiddenPixels(bitmap) }, null);
}

const withoutDepth = () =>
  new CodedError(
    'truth-no-depth',
    'Probe3D’s protocols need cameras, a pose and the depth of both photos, and these files do not hold them.',
    'Take pairs of the Lift page or of a Gaussian scene, or give K, pose_ab, depth_a and depth_b.',
  );
