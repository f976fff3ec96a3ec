import { throwIfAborted } from '../../core/errors.ts';
import { viewpointAngle } from '../../geometry/pinhole.ts';
import { relativePose, resized, type SplatCamera } from '../camera.ts';
import type { DepthKind, SplatMaps } from '../raster/render.ts';
import { type TrustedDepth, trustedDepth } from './depth-rule.ts';
import { labelSide, STATE } from './labels.ts';
import {
  binRange,
  jitteredView,
  PAIR_BINS,
  type BinKind,
  type PairBin,
  type Random,
  streamOf,
  type ViewRanges,
  viewNear,
  VIEW_RANGES,
} from './views.ts';

/** Renders a view; by the CPU at once, by a GPU when it is done. */
export type RenderView = (camera: SplatCamera) => SplatMaps | Promise<SplatMaps>;

export interface DrawOptions {
  readonly seed: number;
  /** What the pairs are spread over evenly. */
  readonly bins: BinKind;
  readonly ranges?: ViewRanges;
  readonly rule: DepthKind;
  readonly signal?: AbortSignal;
}

/** Two views of a scene, chosen before they are rendered at their size. */
export interface DrawnPair {
  readonly a: SplatCamera;
  readonly b: SplatCamera;
  readonly bin: PairBin;
  /** Whether the pair lies in its bin; where no draw did, it is the nearest one. */
  readonly isInBin: boolean;
  /** Of the pixels of either view that carry a label, the share that the other sees; the smaller of both. */
  readonly overlap: number;
  /** Degrees between the axes of view. */
  readonly angle: number;
  /** Second views that were looked at. */
  readonly attempts: number;
}

/** Long side of the views that are looked at to choose, pixels. */
const PREVIEW = 64;
/** First views and second views to choose from before a pair is given up or its nearest taken. */
const FIRST_ATTEMPTS = 12;
const SECOND_ATTEMPTS = 40;
/** Views that say what is usual in a scene. */
const POOL = 24;
/** Nearer than this share of the usual depth is too near. */
const NEAR_SHARE = 0.25;
/** A view with fewer opaque pixels shows next to nothing, however usual that is. */
const LEAST_OPAQUE = 0.1;

/** MatchGS's four figures of a view. */
interface ViewFigures {
  /** Gaussians of a pixel, mean. */
  contributors: number;
  /** Mean opacity. */
  alpha: number;
  /** Share of the pixels that are opaque. */
  opaque: number;
  /** Share of the pixels that are too near. */
  near: number;
}

interface Preview {
  camera: SplatCamera;
  maps: SplatMaps;
  depth: TrustedDepth;
  medianDepth: number;
}

/**
 * Draws pairs of views as MatchGS does (arXiv 2511.21265): given cameras, or ones around the scene, are moved at
 * random, and a view is only taken where the number of Gaussians, the opacity and the share of near pixels lie within
 * two standard deviations of what is usual in the scene. Every draw depends on the seed and the pair's number alone, so
 * that any part of a dataset can be made by itself.
 */
export class PairDrawer {
  private usual: Promise<{ mean: ViewFigures; limit: ViewFigures; medianDepth: number }> | null = null;

  /** @param cameras at the size of the pictures; at least one */
  constructor(
    private readonly cameras: readonly SplatCamera[],
    private readonly render: RenderView,
    private readonly options: DrawOptions,
  ) {
    if (!cameras.length) throw new RangeError('Pairs are drawn from at least one camera.');
  }

  /** Pair number `index`; null where no view of this scene passed the checks. */
  async draw(index: number): Promise<DrawnPair | null> {
    const { seed, bins } = this.options;
    const random = streamOf(seed, 'pair', index);
    const bin: PairBin = { kind: bins, index: index % PAIR_BINS[bins].length };
    const first = await this.firstView(random);
    return first && this.secondView(first, bin, random);
  }

  private async firstView(random: Random): Promise<Preview | null> {
    const { medianDepth } = await this.figuresOfScene();
    for (let attempt = 0; attempt < FIRST_ATTEMPTS; attempt++) {
      const camera = this.cameras[Math.floor(random() * this.cameras.length)];
      const preview = await this.look(jitteredView(camera, medianDepth, random));
      if (await this.accepts(preview)) return preview;
    }
    return null;
  }

  private async secondView(first: Preview, bin: PairBin, random: Random): Promise<DrawnPair | null> {
    const ranges = this.options.ranges ?? VIEW_RANGES;
    const [low, high] = binRange(bin);
    let nearest: { pair: DrawnPair; miss: number } | null = null;
    // How much of the ranges is drawn from: little where much overlap is wanted, and learnt from what was seen.
    let reach = bin.kind === 'overlap' ? Math.min(1, 1.2 - 0.5 * (low + high)) : 1;
    for (let attempts = 1; attempts <= SECOND_ATTEMPTS; attempts++) {
      // Beyond some 110° two views of a surface share nothing.
      const turn =
        bin.kind === 'angle' ? low + (Math.min(high, 110) - low) * random() : ranges.rotation * reach * random();
      const distance = first.medianDepth;
      const camera =
        this.cameras.length > 1 && bin.kind === 'overlap' && random() < 0.3
          ? // Another of the given cameras, as MatchGS goes through all pairs of them.
            jitteredView(this.cameras[Math.floor(random() * this.cameras.length)], distance, random)
          : viewNear(first.camera, distance, turn, partOf(ranges, reach), random);
      const angle = viewpointAngle(relativePose(first.camera, camera).rotation);
      // What could be seen at all, before anything is rendered.
      const most = shareInside(first, camera);
      if (most < (bin.kind === 'overlap' ? Math.min(low, 0.1) : 0.1)) continue;
      if (bin.kind === 'overlap' && most < low && nearest) continue;
      if (bin.kind === 'angle' && (angle < low || angle > high) && nearest) continue;
      const second = await this.look(camera);
      if (!(await this.accepts(second))) continue;
      const overlap = overlapOf(first, second);
      if (bin.kind === 'angle' && overlap < 0.05) continue;
      const value = bin.kind === 'overlap' ? overlap : angle;
      const miss = Math.max(0, low - value, value - high);
      if (bin.kind === 'overlap') reach = Math.min(1, Math.max(0.1, value < low ? reach * 0.85 : reach * 1.15));
      const pair: DrawnPair = { a: first.camera, b: camera, bin, isInBin: miss === 0, overlap, angle, attempts };
      if (miss === 0) return pair;
      if (!nearest || miss < nearest.miss) nearest = { pair, miss };
    }
    return nearest?.pair ?? null;
  }

  private async look(camera: SplatCamera): Promise<Preview> {
    throwIfAborted(this.options.signal);
    const scale = Math.min(1, PREVIEW / Math.max(camera.width, camera.height));
    const small = resized(camera, Math.round(camera.width * scale), Math.round(camera.height * scale));
    const maps = await this.render(small);
    const depth = trustedDepth(maps, this.options.rule);
    const depths = maps.depth.rayMedian.filter((z, i) => z > 0 && maps.alpha[i] > 0.5).sort();
    return { camera, maps, depth, medianDepth: depths.length ? depths[Math.floor(depths.length / 2)] : 0 };
  }

  /** What is usual, from views that depend on nothing but the seed. */
  private figuresOfScene() {
    this.usual ??= (async () => {
      const random = streamOf(this.options.seed, 'usual');
      // Depth is not known before something was seen: the cameras themselves, unmoved, say it.
      const previews: Preview[] = [];
      for (let k = 0; k < POOL; k++) {
        const camera = this.cameras[Math.floor(random() * this.cameras.length)];
        previews.push(await this.look(camera));
      }
      const seeing = previews.filter(({ medianDepth, maps }) => medianDepth > 0 && opaqueShare(maps) >= LEAST_OPAQUE);
      const depths = seeing.map(({ medianDepth }) => medianDepth).sort((p, q) => p - q);
      const medianDepth = depths[Math.floor(depths.length / 2)] ?? 1;
      const figures = seeing.map((preview) => figuresOf(preview.maps, medianDepth));
      const over = (of: (values: number[]) => number): ViewFigures => ({
        contributors: of(figures.map((f) => f.contributors)),
        alpha: of(figures.map((f) => f.alpha)),
        opaque: of(figures.map((f) => f.opaque)),
        near: of(figures.map((f) => f.near)),
      });
      const mean = over((values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1));
      // Where all are alike nothing would pass: a tenth of the mean, or of all pixels, is usual everywhere.
      const deviation = over((values) => {
        const middle = values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
        return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length || 1));
      });
      const limit: ViewFigures = {
        contributors: Math.max(2 * deviation.contributors, 0.3 * mean.contributors),
        alpha: Math.max(2 * deviation.alpha, 0.1),
        opaque: Math.max(2 * deviation.opaque, 0.1),
        near: Math.max(2 * deviation.near, 0.1),
      };
      return { mean, limit, medianDepth };
    })();
    return this.usual;
  }

  private async accepts({ maps, medianDepth }: Preview): Promise<boolean> {
    const usual = await this.figuresOfScene();
    const figures = figuresOf(maps, usual.medianDepth);
    if (!(medianDepth > 0) || figures.opaque < LEAST_OPAQUE) return false;
    return (['contributors', 'alpha', 'opaque', 'near'] as const).every(
      (key) => Math.abs(figures[key] - usual.mean[key]) <= usual.limit[key],
    );
  }
}

/** Ranges that much smaller. */
const partOf = ({ rotation, shift, focal }: ViewRanges, reach: number): ViewRanges => ({
  rotation: rotation * reach,
  shift: shift * reach,
  focal: [focal[0] ** reach, focal[1] ** reach],
});

function figuresOf(maps: SplatMaps, usualDepth: number): ViewFigures {
  const points = maps.width * maps.height;
  let [contributors, alpha, near] = [0, 0, 0];
  for (let i = 0; i < points; i++) {
    contributors += maps.contributors[i];
    alpha += maps.alpha[i];
    if (maps.alpha[i] > 0.5 && maps.depth.rayMedian[i] < NEAR_SHARE * usualDepth) near++;
  }
  return { contributors: contributors / points, alpha: alpha / points, opaque: opaqueShare(maps), near: near / points };
}

const opaqueShare = ({ alpha }: SplatMaps): number => {
  let count = 0;
  for (const value of alpha) if (value >= 0.95) count++;
  return count / alpha.length;
};

/** Share of a view's labelled pixels that lie within another camera's picture, whatever stands between. */
function shareInside({ camera, depth }: Preview, other: SplatCamera): number {
  const { rotation: r, translation: t } = relativePose(camera, other);
  const small = resized(camera, depth.width, depth.height);
  let [inside, all] = [0, 0];
  for (let i = 0; i < depth.trusted.length; i++) {
    if (!depth.trusted[i]) continue;
    all++;
    const z = depth.depth[i];
    const x = (((i % depth.width) + 0.5 - small.cx) / small.fx) * z;
    const y = ((Math.floor(i / depth.width) + 0.5 - small.cy) / small.fy) * z;
    const far = r[6] * x + r[7] * y + r[8] * z + t[2];
    const u = (other.fx * (r[0] * x + r[1] * y + r[2] * z + t[0])) / far + other.cx;
    const v = (other.fy * (r[3] * x + r[4] * y + r[5] * z + t[1])) / far + other.cy;
    if (far > 0 && u >= 0 && v >= 0 && u <= other.width && v <= other.height) inside++;
  }
  return all ? inside / all : 0;
}

/** Previews are coarse: what is a pixel apart there is a few at full size, so that pixels are not asked for. */
const COARSE = { maxDepthDifference: 0.03, maxCycle: Infinity, maxShift: Infinity };

function overlapOf(first: Preview, second: Preview): number {
  const view = ({ camera, depth }: Preview) => ({ camera: resized(camera, depth.width, depth.height), depth });
  const [a, b] = [view(first), view(second)];
  const seen = (from: typeof a, to: typeof a) => {
    const { state } = labelSide(from, to, COARSE);
    let [visible, all] = [0, 0];
    for (const value of state) {
      if (value !== STATE.masked) all++;
      if (value === STATE.visible) visible++;
    }
    return all ? visible / all : 0;
  };
  return Math.min(seen(a, b), seen(b, a));
}
