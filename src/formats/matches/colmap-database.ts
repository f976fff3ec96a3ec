import type { Side } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import type { MatchTable } from '../../core/match.ts';
import { guessedFocal, imageNames } from './colmap.ts';
import type { MatchMetadata } from './match-metadata.ts';
import { MATCH_COLUMNS } from './matches-csv.ts';

/** What this writer needs of SQLite; sql.js has it. */
export interface SqlDatabase {
  run(sql: string, values?: (number | string | Uint8Array | null)[]): unknown;
  export(): Uint8Array;
  close(): void;
}

/** How two images see one scene, as COLMAP numbers it (TwoViewGeometry::ConfigurationType). */
export const TWO_VIEW_CONFIG = { degenerate: 1, calibrated: 2, uncalibrated: 3, planarOrPanoramic: 6 } as const;

/** A verified pair: row-major matrices between pixels (F, H) or rays (E). */
export interface TwoViewGeometry {
  config: keyof typeof TWO_VIEW_CONFIG;
  /** 1 for the matches that the geometry explains. */
  inliers: ArrayLike<number>;
  fundamental: Matrix3 | null;
  essential: Matrix3 | null;
  homography: Matrix3 | null;
  /** From camera A's frame to B's: a quaternion (w, x, y, z) and a translation; null where no pose is known. */
  pose: { quaternion: readonly number[]; translation: readonly number[] } | null;
}

export interface ColmapScene {
  table: MatchTable;
  metadata: MatchMetadata;
  /** Focal lengths that the photos' files tell, pixels; null: COLMAP's guess. */
  focal: Record<Side, number | null>;
  geometry: TwoViewGeometry;
}

/** COLMAP's ids are below this, so that a pair of them fits in one number. */
const MAX_IMAGE_ID = 2147483647;
/** Image and camera id of each photo. */
const IDS: Record<Side, number> = { a: 1, b: 2 };
const SIMPLE_PINHOLE = 0;
/** Of both images, the smaller id first. */
export const PAIR_ID = IDS.a * MAX_IMAGE_ID + IDS.b;

/** As COLMAP 3.8 makes it; later versions ignore the prior poses of images, earlier ones ask for them. */
const SCHEMA = [
  `CREATE TABLE cameras (camera_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, model INTEGER NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, params BLOB, prior_focal_length INTEGER NOT NULL)`,
  `CREATE TABLE images (image_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT NOT NULL UNIQUE,
    camera_id INTEGER NOT NULL, prior_qw REAL, prior_qx REAL, prior_qy REAL, prior_qz REAL,
    prior_tx REAL, prior_ty REAL, prior_tz REAL, CONSTRAINT image_id_check CHECK(image_id >= 0 and image_id < ${MAX_IMAGE_ID}),
    FOREIGN KEY(camera_id) REFERENCES cameras(camera_id))`,
  'CREATE UNIQUE INDEX index_name ON images(name)',
  `CREATE TABLE keypoints (image_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols INTEGER NOT NULL,
    data BLOB, FOREIGN KEY(image_id) REFERENCES images(image_id) ON DELETE CASCADE)`,
  `CREATE TABLE descriptors (image_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols INTEGER NOT NULL,
    data BLOB, FOREIGN KEY(image_id) REFERENCES images(image_id) ON DELETE CASCADE)`,
  `CREATE TABLE matches (pair_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols INTEGER NOT NULL,
    data BLOB)`,
  `CREATE TABLE two_view_geometries (pair_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL,
    cols INTEGER NOT NULL, data BLOB, config INTEGER NOT NULL, F BLOB, E BLOB, H BLOB, qvec BLOB, tvec BLOB)`,
];

/**
 * Fills an empty SQLite database with a match as COLMAP keeps it and returns the file: both cameras and images, two
 * keypoints for every match (COLMAP puts the first pixel's centre at (0.5, 0.5), as this project does), the matches,
 * and those of them that a two-view geometry explains, with its matrices. Closes the database.
 * @see https://colmap.github.io/database.html
 */
export function writeColmapDatabase(db: SqlDatabase, scene: ColmapScene): Uint8Array<ArrayBuffer> {
  try {
    for (const statement of SCHEMA) db.run(statement);
    for (const side of ['a', 'b'] as const) writeImage(db, side, scene);
    const { table, geometry } = scene;
    const all = Uint32Array.from({ length: table.count }, (_, i) => i);
    db.run('INSERT INTO matches VALUES (?, ?, 2, ?)', [PAIR_ID, table.count, matchBlob(all)]);
    const inliers = all.filter((i) => geometry.inliers[i]);
    db.run('INSERT INTO two_view_geometries VALUES (?, ?, 2, ?, ?, ?, ?, ?, ?, ?)', [
      PAIR_ID,
      inliers.length,
      matchBlob(inliers),
      TWO_VIEW_CONFIG[geometry.config],
      ...[
        geometry.fundamental,
        geometry.essential,
        geometry.homography,
        geometry.pose?.quaternion ?? null,
        geometry.pose?.translation ?? null,
      ].map((values) => values && float64Blob(values)),
    ]);
    return new Uint8Array(db.export());
  } finally {
    db.close();
  }
}

function writeImage(db: SqlDatabase, side: Side, { table, metadata, focal }: ColmapScene): void {
  const { size } = metadata.photos[side];
  const id = IDS[side];
  const params = float64Blob([focal[side] ?? guessedFocal(size), size.width / 2, size.height / 2]);
  const known = focal[side] === null ? 0 : 1;
  db.run('INSERT INTO cameras VALUES (?, ?, ?, ?, ?, ?)', [id, SIMPLE_PINHOLE, size.width, size.height, params, known]);
  db.run('INSERT INTO images (image_id, name, camera_id) VALUES (?, ?, ?)', [id, imageNames(metadata)[side], id]);
  const { length } = MATCH_COLUMNS;
  const places = new Float32Array(2 * table.count);
  for (let i = 0; i < table.count; i++) {
    const at = i * length + (side === 'a' ? 0 : 2);
    places.set(table.rows.subarray(at, at + 2), 2 * i);
  }
  db.run('INSERT INTO keypoints VALUES (?, ?, 2, ?)', [id, table.count, float32Blob(places)]);
}

// COLMAP keeps numbers as its (little-endian) machines do.
function float64Blob(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => view.setFloat64(8 * i, value, true));
  return new Uint8Array(view.buffer);
}

function float32Blob(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** Keypoint i of A with keypoint i of B, as pairs of uint32. */
function matchBlob(indices: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * indices.length));
  indices.forEach((index, i) => {
    view.setUint32(8 * i, index, true);
    view.setUint32(8 * i + 4, index, true);
  });
  return new Uint8Array(view.buffer);
}
