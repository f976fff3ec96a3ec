import { colmapCamera, type KnownCamera } from '../../core/camera-model.ts';
import type { Side } from '../../core/geometry.ts';
import type { MatchTable } from '../../core/match.ts';
import { guessedFocal, imageNames } from './colmap.ts';
import {
  type ColmapTables,
  pairId,
  type SqlDatabase,
  type TwoViewGeometry,
  writeColmapTables,
} from './colmap-tables.ts';
import type { MatchMetadata } from './match-metadata.ts';
import { MATCH_COLUMNS } from './matches-csv.ts';

export interface ColmapScene {
  table: MatchTable;
  metadata: MatchMetadata;
  /** Focal lengths that the photos' files tell, pixels; null: COLMAP's guess. */
  focal: Record<Side, number | null>;
  /** Cameras that were measured; they go before the focal lengths. */
  cameras?: Record<Side, KnownCamera | null>;
  geometry: TwoViewGeometry;
}

/** Of both images, the smaller id first. */
export const PAIR_ID = pairId(1, 2);

/**
 * A match as COLMAP's database: both cameras and images, two keypoints for every match, the matches, and those of them that a
 * two-view geometry explains. Closes the database.
 */
export function writeColmapDatabase(db: SqlDatabase, scene: ColmapScene): Uint8Array<ArrayBuffer> {
  const { count } = scene.table;
  return writeColmapTables(db, {
    cameras: [cameraOf('a', scene), cameraOf('b', scene)],
    images: [imageOf('a', 0, scene), imageOf('b', 1, scene)],
    // Keypoint i of A with keypoint i of B.
    pairs: [
      { images: [0, 1], matches: Uint32Array.from({ length: 2 * count }, (_, k) => k >> 1), geometry: scene.geometry },
    ],
  });
}

function cameraOf(side: Side, { metadata, focal, cameras }: ColmapScene): ColmapTables['cameras'][number] {
  const known = cameras?.[side];
  if (known) {
    return { ...colmapCamera(known), size: metadata.photos[side].size, hasFocal: true };
  }
  const { size } = metadata.photos[side];
  const params = [focal[side] ?? guessedFocal(size), size.width / 2, size.height / 2];
  return { model: 'SIMPLE_PINHOLE', size, params, hasFocal: focal[side] !== null };
}

function imageOf(side: Side, camera: number, { table, metadata }: ColmapScene): ColmapTables['images'][number] {
  const keypoints = new Float32Array(2 * table.count);
  for (let i = 0; i < table.count; i++) {
    const at = i * MATCH_COLUMNS.length + (side === 'a' ? 0 : 2);
    keypoints.set(table.rows.subarray(at, at + 2), 2 * i);
  }
  return { name: imageNames(metadata)[side], camera, keypoints };
}
