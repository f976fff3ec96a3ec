import type {
  Camera,
  DenseMatch,
  Fit,
  FitOptions,
  Fundamental,
  Homography,
  Match,
  MatchTable,
  Pose,
  PoseOptions,
  Progress,
  SampleOptions,
} from '../../public/api.d.ts';
import type { PlainField, PlainMatchField } from '../compute/field/cpu.ts';
import { sampleMatches } from '../compute/sample-matches/cpu.ts';
import { assumedFocal } from '../core/focal.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { MatchResult, Verdict } from '../core/match.ts';
import { type Matrix3, multiply3 } from '../core/matrix3.ts';
import { unitNorm } from '../geometry/epipolar.ts';
import { certaintyWeights } from '../geometry/certainty-weights.ts';
import { searchPose } from '../geometry/estimators/essential.ts';
import { searchFundamental } from '../geometry/estimators/fundamental.ts';
import { searchHomography } from '../geometry/estimators/homography.ts';
import { transpose3 } from '../geometry/linear-algebra.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import { runSteps, type Steps } from '../geometry/steps.ts';
import { matchTable } from '../matching/match-table.ts';

/** What a match is made of; it can be sent from a worker. */
export interface MatchParts {
  fields: PlainMatchField;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  /** Focal lengths that the files tell, pixels. */
  exifFocal: Record<Side, number | null>;
}

/** What matching tells as it goes on, as the module's progress. */
export const heardBy = (onProgress?: (progress: Progress) => void) => ({
  onStage: (stage: string) => onProgress?.({ stage, fraction: null }),
  onTry: (fraction: number) => onProgress?.({ stage: 'rescue', fraction }),
});

/** Samples elsewhere than on this thread; null where that is no longer possible. */
export type Sampler = (fields: PlainMatchField, options: Required<SampleOptions>) => Promise<MatchTable | null>;

/** Thresholds are meant at this longer side: a large file need not be a sharp one. */
const MEASURED_SIDE = 640;
/** Residuals of an inlier unless somebody says otherwise (conventions of the field). */
const MAX_ERROR = { homography: 3, epipolar: 1 } as const;
/** Fewer agree by chance. */
const LEAST_MATCHES = 16;
const SAMPLING = { count: 5000, seed: 1, threshold: 0.05, cycleLimit: 0 } as const;
const SEED = 1;

/** A match in ordinary memory. Everything but the dense fields is worked out when it is asked for, in steps of a frame's time. */
export class PlainMatch implements Match {
  readonly sizes: { a: Size; b: Size };
  readonly a: DenseMatch;
  readonly b: DenseMatch;
  readonly verdict: Match['verdict'];
  readonly rescue: Match['rescue'];

  constructor(
    private readonly parts: MatchParts,
    private readonly sampler: Sampler = async () => null,
  ) {
    const { a, b } = parts.fields;
    this.sizes = { a: a.photo, b: b.photo };
    this.a = dense(a);
    this.b = dense(b);
    this.verdict = parts.verdict;
    this.rescue = parts.rescue;
  }

  get warp(): Float32Array {
    return this.a.warp;
  }

  get certainty(): Float32Array {
    return this.a.certainty;
  }

  async matches(options: SampleOptions = {}): Promise<MatchTable> {
    const { fields } = this.parts;
    const { count: wanted, seed, threshold, cycleLimit } = { ...SAMPLING, ...known(options) };
    const sampling = { count: wanted, seed, threshold, cycleLimit };
    const elsewhere = await this.sampler(fields, sampling);
    if (elsewhere) return elsewhere;
    const { rows } = sampleMatches(fields, sampling);
    const { count, rows: table } = matchTable(rows, this.sizes);
    return { count, rows: table };
  }

  homography(options: FitOptions = {}): Promise<Homography | null> {
    return this.fitted(options, MAX_ERROR.homography, searchHomography, ({ homography }) => {
      const m = multiply3(fromMeasured(this.sizes.b), multiply3(homography, toMeasured(this.sizes.a)));
      return { matrix: m.map((value) => value / m[8]) as unknown as Matrix3 };
    });
  }

  fundamental(options: FitOptions = {}): Promise<Fundamental | null> {
    return this.fitted(options, MAX_ERROR.epipolar, searchFundamental, ({ fundamental }) => {
      const left = multiply3(transpose3(toMeasured(this.sizes.b)), fundamental);
      return { matrix: unitNorm(multiply3(left, toMeasured(this.sizes.a))) };
    });
  }

  pose(options: PoseOptions = {}): Promise<Pose | null> {
    const used = { a: this.cameraOf('a', options.cameras?.a), b: this.cameraOf('b', options.cameras?.b) };
    const K = (side: Side) => measuredCamera(used[side].camera, this.sizes[side]);
    return this.fitted(
      options,
      MAX_ERROR.epipolar,
      (pairs, robust) => searchPose(pairs, K('a'), K('b'), robust),
      ({ rotation, translation, essential, planarShare }) => ({
        rotation,
        translation,
        essential,
        planarShare,
        cameras: { a: used.a.camera, b: used.b.camera },
        focalFrom: { a: used.a.from, b: used.b.from },
      }),
    );
  }

  private async fitted<Found extends { inliers: Uint8Array; inlierRatio: number }, Answer>(
    options: FitOptions,
    maxError: number,
    search: (pairs: PointPairs, robust: { threshold: number; seed: number }) => Steps<Found | null>,
    answer: (found: Found) => Answer,
  ): Promise<(Fit & Answer) | null> {
    const matches = await this.matches(options);
    if (matches.count < LEAST_MATCHES) return null;
    const robust = { threshold: options.maxError ?? maxError, seed: options.seed ?? SEED };
    const weight = certaintyWeights(certaintyOf(matches));
    const found = await runSteps(search({ ...measuredPairs(matches, this.sizes), weight }, robust), {});
    if (!found || found.inliers.reduce((sum, one) => sum + one, 0) < LEAST_MATCHES) return null;
    return { matches, inliers: found.inliers, inlierRatio: found.inlierRatio, ...answer(found) };
  }

  private cameraOf(side: Side, given?: Camera): { camera: Required<Camera>; from: Pose['focalFrom']['a'] } {
    const { width, height } = this.sizes[side];
    const exif = this.parts.exifFocal[side];
    const fx = given?.fx ?? exif ?? assumedFocal(this.sizes[side]);
    const { fy = fx, cx = width / 2, cy = height / 2 } = given ?? {};
    return { camera: { fx, fy, cx, cy }, from: given ? 'given' : exif === null ? 'assumed' : 'exif' };
  }
}

/** The last column of a table's rows. */
const certaintyOf = ({ count, rows }: MatchTable) => Float64Array.from({ length: count }, (_, i) => rows[5 * i + 4]);

const dense = ({ grid, warp, certainty, cycle }: PlainField): DenseMatch => ({ grid, warp, certainty, cycle });

/** Options that were given: one that is undefined counts as left out. */
const known = (options: SampleOptions): SampleOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

const scaleOf = ({ width, height }: Size): number => MEASURED_SIDE / Math.max(width, height);

/** Pixels to coordinates with the photo's centre as origin and its longer side MEASURED_SIDE long: fits are made there. */
function toMeasured(photo: Size): Matrix3 {
  const scale = scaleOf(photo);
  return [scale, 0, (-scale * photo.width) / 2, 0, scale, (-scale * photo.height) / 2, 0, 0, 1];
}

function fromMeasured(photo: Size): Matrix3 {
  const scale = 1 / scaleOf(photo);
  return [scale, 0, photo.width / 2, 0, scale, photo.height / 2, 0, 0, 1];
}

function measuredCamera({ fx, fy, cx, cy }: Required<Camera>, photo: Size): Matrix3 {
  const scale = scaleOf(photo);
  return [fx * scale, 0, (cx - photo.width / 2) * scale, 0, fy * scale, (cy - photo.height / 2) * scale, 0, 0, 1];
}

function measuredPairs({ count, rows }: MatchTable, { a, b }: { a: Size; b: Size }): PointPairs {
  const column = (offset: number, half: number, scale: number) =>
    Float64Array.from({ length: count }, (_, i) => scale * (rows[5 * i + offset] - half));
  return {
    xa: column(0, a.width / 2, scaleOf(a)),
    ya: column(1, a.height / 2, scaleOf(a)),
    xb: column(2, b.width / 2, scaleOf(b)),
    yb: column(3, b.height / 2, scaleOf(b)),
  };
}
