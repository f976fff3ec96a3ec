import { VIEWPOINT_BOUNDS } from '../../../geometry/viewpoint-bins.ts';
import type { ScoreProtocol } from '../contract.ts';
import { RECALL_THRESHOLDS } from '../contract.ts';

/** One of the distances at which recall is told: in tables, and in the header of a CSV. */
export interface Measure {
  readonly label: string;
  readonly column: string;
}

/** How a protocol's scores are told. */
export interface ProtocolTable {
  readonly measures: readonly Measure[];
  /** Bounds of the viewpoint bins in degrees. */
  readonly bins: readonly number[];
  /** Which measure the viewpoint plot begins with. */
  readonly shown: number;
  /** Whether a mean weighs pairs by their places, or all alike. */
  readonly weighs: 'places' | 'pairs';
  /** Whether only pairs with cameras, pose and depth can be scored. */
  readonly needsScene: boolean;
}

/** The bins that Probe3D reports on ScanNet, 3DPoV on NAVI, and this app with its own protocol. */
const BINS = VIEWPOINT_BOUNDS;

const pixels = (counts: readonly number[]): Measure[] =>
  counts.map((count) => ({ label: `@${count} px`, column: `recall_at_${count}_px` }));

export const PROTOCOL_TABLES: Readonly<Record<ScoreProtocol, ProtocolTable>> = {
  covisible: {
    measures: RECALL_THRESHOLDS.map((threshold) => ({
      label: `@${100 * threshold} %`,
      column: `recall_at_${100 * threshold}_percent`,
    })),
    bins: BINS,
    shown: RECALL_THRESHOLDS.length - 1,
    weighs: 'places',
    needsScene: false,
  },
  'probe3d-navi': {
    measures: [
      ...[1, 2, 5].map((count) => ({ label: `@${count} cm`, column: `recall_at_${count}_cm` })),
      ...pixels([5, 25, 50]),
    ],
    bins: [0, 30, 60, 90, 120],
    shown: 1,
    weighs: 'pairs',
    needsScene: true,
  },
  'probe3d-scannet': { measures: pixels([5, 10, 20]), bins: BINS, shown: 1, weighs: 'pairs', needsScene: true },
};

/** Names of a table's bins. */
export const binLabels = ({ bins }: ProtocolTable): string[] =>
  bins.slice(0, -1).map((low, bin) => `${low}–${bins[bin + 1]}°`);

/** The bin that a viewpoint lies in (an upper bound belongs to the next bin, the last to the last); null for none. */
export function binOf({ bins }: ProtocolTable, viewpoint: number | null): number | null {
  if (viewpoint === null || viewpoint > bins[bins.length - 1]) return null;
  const bin = bins.findIndex((low, i) => viewpoint >= low && viewpoint < bins[i + 1]);
  return bin >= 0 ? bin : bins.length - 2;
}
