import type { CameraModel, ShortModel } from '../../core/camera-model.ts';
import type { Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';

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

/** Camera models as COLMAP numbers them. */
export const CAMERA_MODELS = {
  SIMPLE_PINHOLE: 0,
  PINHOLE: 1,
  SIMPLE_RADIAL: 2,
  RADIAL: 3,
  OPENCV: 4,
  OPENCV_FISHEYE: 5,
  FULL_OPENCV: 6,
  FOV: 7,
  SIMPLE_RADIAL_FISHEYE: 8,
  RADIAL_FISHEYE: 9,
  THIN_PRISM_FISHEYE: 10,
  RAD_TAN_THIN_PRISM_FISHEYE: 11,
} as const satisfies Record<CameraModel | ShortModel, number>;

/** What a database holds. Images and cameras are numbered from 1 in this order; keypoints [n, 2] of pixels. */
export interface ColmapTables {
  cameras: {
    model: keyof typeof CAMERA_MODELS;
    size: Size;
    params: readonly number[];
    /** Whether the focal length is known from elsewhere. */
    hasFocal: boolean;
  }[];
  /** `camera`: place in the list of cameras, from 0. */
  images: { name: string; camera: number; keypoints: Float32Array }[];
  /** `images`: places in the list of images, the smaller first; `matches` [n, 2] numbers of keypoints. */
  pairs: { images: readonly [number, number]; matches: Uint32Array; geometry: TwoViewGeometry }[];
}

/** COLMAP's ids are below this, so that a pair of them fits in one number. */
const MAX_IMAGE_ID = 2147483647;

/** Of both images' ids, the smaller first. */
export const pairId = (i: number, j: number): number => i * MAX_IMAGE_ID + j;

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
 * Fills an empty SQLite database as COLMAP keeps one and returns the file: cameras, images, keypoints (COLMAP puts the first
 * pixel's centre at (0.5, 0.5), as this project does), matches, and those of them that a two-view geometry explains, with its
 * matrices. Closes the database.
 * @see https://colmap.github.io/database.html
 */
export function writeColmapTables(db: SqlDatabase, { cameras, images, pairs }: ColmapTables): Uint8Array<ArrayBuffer> {
  try {
    for (const statement of SCHEMA) db.run(statement);
    cameras.forEach(({ model, size: { width, height }, params, hasFocal }, i) => {
      const values = [i + 1, CAMERA_MODELS[model], width, height, float64Blob(params), hasFocal ? 1 : 0];
      db.run('INSERT INTO cameras VALUES (?, ?, ?, ?, ?, ?)', values);
    });
    images.forEach(({ name, camera, keypoints }, i) => {
      db.run('INSERT INTO images (image_id, name, camera_id) VALUES (?, ?, ?)', [i + 1, name, camera + 1]);
      db.run('INSERT INTO keypoints VALUES (?, ?, 2, ?)', [i + 1, keypoints.length / 2, float32Blob(keypoints)]);
    });
    for (const pair of pairs) writePair(db, pair);
    return new Uint8Array(db.export());
  } finally {
    db.close();
  }
}

function writePair(db: SqlDatabase, { images, matches, geometry }: ColmapTables['pairs'][number]): void {
  const id = pairId(images[0] + 1, images[1] + 1);
  db.run('INSERT INTO matches VALUES (?, ?, 2, ?)', [id, matches.length / 2, uint32Blob(matches)]);
  const inliers = matches.filter((_, k) => geometry.inliers[k >> 1]);
  db.run('INSERT INTO two_view_geometries VALUES (?, ?, 2, ?, ?, ?, ?, ?, ?, ?)', [
    id,
    inliers.length / 2,
    uint32Blob(inliers),
    TWO_VIEW_CONFIG[geometry.config],
    ...[
      geometry.fundamental,
      geometry.essential,
      geometry.homography,
      geometry.pose?.quaternion ?? null,
      geometry.pose?.translation ?? null,
    ].map((values) => values && float64Blob(values)),
  ]);
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

function uint32Blob(values: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}
