import type { PointExport, KeypointTable, KeypointOptions, PointTable, PointSource } from '../../../core/points.ts';
import type { FirstPixel } from '../../../core/coordinates.ts';
import type { ExportedFile } from '../../../core/exported-file.ts';
import type { Side } from '../../../core/geometry.ts';

/** The engine's calls on chosen points. They read the match that is shown; no model runs. */
export interface PointsApi {
  /** Throws `points-no-match`, `points-malformed`, `points-empty`, `points-too-many`. */
  matchPoints(options: { side: Side; source: PointSource }): PointTable;
  /** As {@link PointsApi.matchPoints}. */
  matchKeypoints(options: Record<Side, PointSource> & { options: KeypointOptions }): KeypointTable;
  /** `firstPixel`: where its centre is in the file; absent: (0.5, 0.5). */
  exportPoints(
    options: PointExport & { format: 'csv' | 'json'; names: Record<Side, string>; firstPixel?: FirstPixel },
  ): ExportedFile;
}
