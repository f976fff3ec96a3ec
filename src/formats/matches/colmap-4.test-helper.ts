import type { Database } from 'sql.js';

/**
 * COLMAP 4.1.1's side of a database, after its source (src/colmap/scene/database_sqlite.cc, database_cache.cc, sensor/models.h):
 * what its tables are, how it brings an older file up to date when it opens one, and what it asks of every row that it reads.
 */

/** Columns of a table: type, then what else is said of it. */
type Columns = Readonly<Record<string, string>>;

const TABLES: Readonly<Record<string, Columns>> = {
  rigs: { rig_id: 'INTEGER key', ref_sensor_id: 'INTEGER needed', ref_sensor_type: 'INTEGER needed' },
  rig_sensors: {
    rig_id: 'INTEGER needed of rigs',
    sensor_id: 'INTEGER needed',
    sensor_type: 'INTEGER needed',
    sensor_from_rig: 'BLOB',
  },
  cameras: {
    camera_id: 'INTEGER key',
    model: 'INTEGER needed',
    width: 'INTEGER needed',
    height: 'INTEGER needed',
    params: 'BLOB',
    prior_focal_length: 'INTEGER needed',
  },
  frames: { frame_id: 'INTEGER key', rig_id: 'INTEGER needed of rigs' },
  frame_data: {
    frame_id: 'INTEGER needed of frames',
    data_id: 'INTEGER needed',
    sensor_id: 'INTEGER needed',
    sensor_type: 'INTEGER needed',
  },
  images: { image_id: 'INTEGER key', name: 'TEXT needed', camera_id: 'INTEGER needed of cameras' },
  pose_priors: {
    pose_prior_id: 'INTEGER key',
    corr_data_id: 'INTEGER needed',
    corr_sensor_id: 'INTEGER needed',
    corr_sensor_type: 'INTEGER needed',
    position: 'BLOB',
    position_covariance: 'BLOB',
    gravity: 'BLOB',
    coordinate_system: 'INTEGER needed',
  },
  keypoints: { image_id: 'INTEGER key of images', rows: 'INTEGER needed', cols: 'INTEGER needed', data: 'BLOB' },
  descriptors: {
    image_id: 'INTEGER key of images',
    type: 'INTEGER needed',
    rows: 'INTEGER needed',
    cols: 'INTEGER needed',
    data: 'BLOB',
  },
  matches: { pair_id: 'INTEGER key', rows: 'INTEGER needed', cols: 'INTEGER needed', data: 'BLOB' },
  two_view_geometries: {
    pair_id: 'INTEGER key',
    rows: 'INTEGER needed',
    cols: 'INTEGER needed',
    data: 'BLOB',
    config: 'INTEGER needed',
    ...{ F: 'BLOB', E: 'BLOB', H: 'BLOB', qvec: 'BLOB', tvec: 'BLOB' },
  },
};

/** Tables and columns that must hold a combination once. */
const UNIQUE: readonly (readonly [index: string, table: string, columns: string])[] = [
  ['rig_ref_sensor_assignment', 'rigs', 'ref_sensor_id, ref_sensor_type'],
  ['rig_sensor_assignment', 'rig_sensors', 'sensor_id, sensor_type'],
  ['frame_sensor_assignment', 'frame_data', 'data_id, sensor_type'],
  ['index_name', 'images', 'name'],
  ['pose_prior_data_assignment', 'pose_priors', 'corr_data_id, corr_sensor_id, corr_sensor_type'],
];

const statementOf = (table: string, columns: Columns): string => {
  const lines = Object.entries(columns).map(([name, about]) => {
    const key = about.includes(' key') ? ' PRIMARY KEY NOT NULL' : about.includes(' needed') ? ' NOT NULL' : '';
    return `${name} ${about.split(' ')[0]}${key}`;
  });
  const foreign = Object.entries(columns).flatMap(([name, about]) => {
    const [, other] = / of (\w+)/.exec(about) ?? [];
    return other ? [`FOREIGN KEY(${name}) REFERENCES ${other}(${name}) ON DELETE CASCADE`] : [];
  });
  return `CREATE TABLE IF NOT EXISTS ${table} (${[...lines, ...foreign].join(', ')})`;
};

const MAX_IMAGE_ID = 2 ** 31 - 1;
/** Parameters of the camera models, by number (SIMPLE_PINHOLE … RAD_TAN_THIN_PRISM_FISHEYE). */
const PARAMS = [3, 4, 4, 5, 8, 8, 12, 5, 4, 5, 12, 16];
/** UNDEFINED … CALIBRATED_RIG */
const CONFIGS = 10;
/** Major, minor, patch and revision, two digits each. */
const VERSION = 4_01_01_00;
const LAST_WITHOUT_TYPES = 3_14_00_01;
const SIFT = 0;

type Row = Readonly<Record<string, number | string | Uint8Array | null>>;

const rowsOf = (db: Database, sql: string): Row[] => {
  const [found] = db.exec(sql);
  return found ? found.values.map((row) => Object.fromEntries(found.columns.map((name, k) => [name, row[k]]))) : [];
};

/** Brings a file up to date as COLMAP 4.1.1 does when it opens one. */
export function openAsColmap4(db: Database): void {
  db.run('PRAGMA foreign_keys = ON');
  const columnsOf = (table: string) => rowsOf(db, `PRAGMA table_info(${table})`).map(({ name }) => name);
  const [{ user_version: version }] = rowsOf(db, 'PRAGMA user_version') as [{ user_version: number }];
  for (const [table, columns] of Object.entries(TABLES)) db.run(statementOf(table, columns));
  for (const [index, table, columns] of UNIQUE)
    db.run(`CREATE UNIQUE INDEX IF NOT EXISTS ${index} ON ${table}(${columns})`);
  for (const name of ['F', 'E', 'H', 'qvec', 'tvec']) {
    if (!columnsOf('two_view_geometries').includes(name))
      db.run(`ALTER TABLE two_view_geometries ADD COLUMN ${name} BLOB`);
  }
  // Older writers meant "none" by zeros, and by the pose that does not move; both become NULL.
  if (version < LAST_WITHOUT_TYPES) {
    const isNone = (blob: unknown, none: readonly number[]) =>
      blob instanceof Uint8Array && [...float64(blob)].every((value, k) => value === none[k]);
    for (const { pair_id, F, E, H, qvec, tvec } of rowsOf(db, 'SELECT * FROM two_view_geometries')) {
      for (const [name, matrix] of Object.entries({ F, E, H })) {
        if (isNone(matrix, new Array(9).fill(0)))
          db.run(`UPDATE two_view_geometries SET ${name} = NULL WHERE pair_id = ${pair_id}`);
      }
      const isStill = isNone(qvec, [1, 0, 0, 0]) && isNone(tvec, [0, 0, 0]);
      if (isStill || isNone(qvec, [0, 0, 0, 0])) {
        db.run(`UPDATE two_view_geometries SET qvec = NULL, tvec = NULL WHERE pair_id = ${pair_id}`);
      }
    }
  }
  if (version <= LAST_WITHOUT_TYPES && !columnsOf('descriptors').includes('type')) {
    db.run(`ALTER TABLE descriptors ADD COLUMN type INTEGER NOT NULL DEFAULT ${SIFT}`);
  }
  db.run(`PRAGMA user_version = ${VERSION}`);
}

/**
 * What COLMAP 4.1.1 finds in an opened database.
 * @throws where it would: a row that its readers refuse, a table without one of its columns
 */
export function readAsColmap4(db: Database) {
  const must = (isRight: boolean, what: string) => {
    if (!isRight) throw new Error(`COLMAP 4 refuses it: ${what}`);
  };
  for (const [table, columns] of Object.entries(TABLES)) {
    const has = new Map(rowsOf(db, `PRAGMA table_info(${table})`).map((row) => [row.name, row]));
    for (const [name, about] of Object.entries(columns)) {
      must(has.get(name)?.type === about.split(' ')[0], `${table}.${name} is ${has.get(name)?.type}`);
      must(!about.includes(' key') || has.get(name)!.pk === 1, `${table}.${name} is no key`);
    }
    // Its writers name these columns only: a further one that must be given would stop them.
    for (const [name, { notnull, dflt_value }] of has) {
      must(String(name) in columns || !notnull || dflt_value !== null, `${table}.${name} is unknown and needed`);
    }
  }
  // Two of its statements ask for all columns and take them by their places.
  for (const table of ['cameras', 'matches', 'two_view_geometries']) {
    const places = rowsOf(db, `PRAGMA table_info(${table})`).map(({ name }) => name);
    must(places.join() === Object.keys(TABLES[table]).join(), `columns of ${table}: ${places}`);
  }
  must(rowsOf(db, 'PRAGMA foreign_key_check').length === 0, 'foreign keys');
  must(rowsOf(db, 'PRAGMA integrity_check')[0].integrity_check === 'ok', 'integrity');

  const cameras = rowsOf(db, 'SELECT * FROM cameras').map(({ camera_id, model, params, ...others }) => {
    const values = [...float64(params as Uint8Array)];
    must(values.length === PARAMS[model as number], `${values.length} parameters of model ${model}`);
    return { camera_id, model, params: values, hasFocal: others.prior_focal_length !== 0 };
  });
  const keypoints = new Map<number, number>();
  for (const { image_id, rows, cols, data } of rowsOf(db, 'SELECT image_id, rows, cols, data FROM keypoints')) {
    must([2, 4, 6].includes(cols as number), `keypoints of ${cols} columns`);
    must(bytesOf(data) === 4 * (rows as number) * (cols as number), 'keypoints’ bytes');
    keypoints.set(image_id as number, rows as number);
  }
  must(rowsOf(db, 'SELECT rows, cols, data, type FROM descriptors').length === 0, 'descriptors of no known kind');
  // A file without rigs and frames is an old one: a rig is made of every camera, a frame of every image.
  must(rowsOf(db, 'SELECT * FROM rigs').length + rowsOf(db, 'SELECT * FROM frames').length === 0, 'rigs or frames');
  const images = rowsOf(
    db,
    'SELECT images.image_id, images.name, images.camera_id, frame_data.frame_id FROM images LEFT JOIN frame_data ON ' +
      'images.image_id = frame_data.data_id AND frame_data.sensor_type = 0',
  );
  for (const { image_id, frame_id } of images)
    must(frame_id === null && (image_id as number) < MAX_IMAGE_ID, `image ${image_id}`);
  const pairOf = (id: number) => {
    const second = id % MAX_IMAGE_ID;
    return [(id - second) / MAX_IMAGE_ID, second] as const;
  };
  const checkMatches = ({ pair_id, rows, cols, data }: Row) => {
    must(cols === 2 && bytesOf(data) === 8 * (rows as number), 'matches’ bytes');
    const pair = pairOf(pair_id as number);
    must(pair[0] < pair[1], `the pair ${pair}`);
    const list = uint32((data as Uint8Array | null) ?? new Uint8Array());
    list.forEach((at, k) => must(at < (keypoints.get(pair[k % 2]) ?? 0), `keypoint ${at} of image ${pair[k % 2]}`));
    return pair;
  };
  const matched = rowsOf(db, 'SELECT * FROM matches WHERE rows > 0').map(checkMatches);
  const geometries = rowsOf(
    db,
    'SELECT * FROM two_view_geometries WHERE rows > 0 OR F IS NOT NULL OR E IS NOT NULL OR H IS NOT NULL OR qvec IS NOT NULL',
  ).map((row) => {
    must((row.config as number) < CONFIGS, `config ${row.config}`);
    for (const name of ['F', 'E', 'H']) must([undefined, 72].includes(bytesOf(row[name]) || undefined), name);
    must((row.qvec === null) === (row.tvec === null), 'a pose that is half there');
    must(row.qvec === null || (bytesOf(row.qvec) === 32 && bytesOf(row.tvec) === 24), 'pose');
    return { pair: checkMatches(row), config: row.config, inliers: row.rows, hasPose: row.qvec !== null };
  });
  return {
    cameras,
    images: images.map(({ name, camera_id }) => ({ name, camera_id })),
    keypoints,
    matched,
    geometries,
  };
}

const bytesOf = (value: unknown): number => (value instanceof Uint8Array ? value.length : 0);
const float64 = (bytes: Uint8Array) => new Float64Array(bytes.slice().buffer);
const uint32 = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer);
