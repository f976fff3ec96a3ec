import type { Size } from '../../src/core/geometry.ts';
import type { ScoreMethod } from '../../src/geometry/estimators/robust-score.ts';

/** What the published evaluations do with a list of pairs: how photos are resized, and how a pose is told from matches. */
export interface Protocol {
  readonly name: string;
  /** Size that a photo is resized to before it is matched; null: as it is. */
  readonly resize: ((photo: Size) => Size) | null;
  /** Whether a photo that shrinks is averaged first. */
  readonly antialias: boolean;
  /** Size whose pixels the thresholds count in. */
  readonly measuredAt: (photo: Size, resized: Size) => Size;
  /** Pixels; where there are several, the best is chosen by the mean of the three AUCs, as the authors do. */
  readonly thresholds: readonly number[];
  readonly method: ScoreMethod;
  readonly confidence: number;
  readonly iterations: number;
}

export const PROTOCOL_NAMES = ['loftr', 'glue-factory', 'xfeat', 'roma'] as const;
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];
export type Benchmark = 'megadepth-1500' | 'scannet-1500';

const asOpened = (photo: Size): Size => photo;
const asMatched = (_: Size, resized: Size): Size => resized;

/** Longer side `side`, both sides cut to multiples of `divisor`. */
export const longSide =
  (side: number, divisor = 1) =>
  ({ width, height }: Size): Size => {
    const scale = side / Math.max(width, height);
    const cut = (length: number) => Math.max(divisor, Math.floor(Math.round(length * scale) / divisor) * divisor);
    return { width: cut(width), height: cut(height) };
  };

const shortSide =
  (side: number) =>
  ({ width, height }: Size): Size => {
    const scale = side / Math.min(width, height);
    return { width: width * scale, height: height * scale };
  };

const steps = (from: number, to: number): number[] =>
  Array.from({ length: Math.round((to - from) / 0.5) + 1 }, (_, i) => from + 0.5 * i);

const OPENCV = { antialias: false, method: 'ransac', confidence: 0.99999, iterations: 10_000 } as const;
/** PoseLib's relative pose is a LO-RANSAC with a truncated quadratic. */
const POSELIB = { antialias: false, method: 'msac', confidence: 0.99999 } as const;

/**
 * Read from the authors' code: LoFTR df7ca80 (configs/data, trainer), glue-factory 2d17e3b (superpoint+lightglue-official),
 * XFeat e92685f (modules/eval), RoMa a1494f8 (benchmarks).
 */
const PROTOCOLS: Readonly<Record<ProtocolName, Readonly<Record<Benchmark, Omit<Protocol, 'name'>>>>> = {
  loftr: {
    'megadepth-1500': { resize: longSide(840, 8), measuredAt: asOpened, thresholds: [0.5], ...OPENCV },
    'scannet-1500': {
      resize: () => ({ width: 640, height: 480 }),
      measuredAt: asMatched,
      thresholds: [0.5],
      ...OPENCV,
    },
  },
  'glue-factory': {
    'megadepth-1500': {
      resize: longSide(1600),
      measuredAt: asMatched,
      thresholds: [0.5],
      ...OPENCV,
      antialias: true,
    },
    'scannet-1500': { resize: null, measuredAt: asOpened, thresholds: [1], ...OPENCV },
  },
  xfeat: {
    // The list names each photo's size; without it the paper's 1,200 px.
    'megadepth-1500': {
      resize: longSide(1200, 32),
      measuredAt: asOpened,
      thresholds: [2.5],
      ...POSELIB,
      iterations: 1_000,
    },
    'scannet-1500': {
      resize: null,
      measuredAt: asOpened,
      thresholds: steps(0.5, 6),
      ...POSELIB,
      iterations: 10_000,
    },
  },
  roma: {
    'megadepth-1500': { resize: null, measuredAt: longSide(1200), thresholds: [0.5], ...OPENCV },
    'scannet-1500': { resize: null, measuredAt: shortSide(480), thresholds: [0.5], ...OPENCV },
  },
};

export const protocolOf = (name: ProtocolName, benchmark: Benchmark): Protocol => ({
  name: `${benchmark}, ${name}`,
  ...PROTOCOLS[name][benchmark],
});
