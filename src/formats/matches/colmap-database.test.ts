import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { openAsColmap4, readAsColmap4 } from './colmap-4.test-helper.ts';
import { type ColmapScene, PAIR_ID, writeColmapDatabase } from './colmap-database.ts';
import { METADATA, TABLE } from './exported-match.test-helper.ts';

const matrix = (start: number) => Array.from({ length: 9 }, (_, i) => start + i / 8) as unknown as Matrix3;
const SCENE: ColmapScene = {
  table: TABLE,
  metadata: METADATA,
  focal: { a: 555.5, b: null },
  geometry: {
    config: 'calibrated',
    inliers: [0, 1],
    fundamental: matrix(1),
    essential: matrix(20),
    homography: null,
    pose: { quaternion: [1, 0, 0, 0], translation: [0.6, 0, 0.8] },
  },
};

async function encoded(scene: ColmapScene) {
  const { Database } = await initSqlJs();
  return writeColmapDatabase(new Database(), scene);
}

/** Reads every table by the sqlite of another program, as COLMAP's scripts do. */
const READER = `
import json, sqlite3, struct, sys
db = sqlite3.connect(sys.argv[1])
def floats(blob, kind):
    return None if blob is None else list(struct.unpack('<%d%s' % (len(blob) // struct.calcsize(kind), kind), blob))
rows = lambda table: [list(row) for row in db.execute('SELECT * FROM ' + table)]
print(json.dumps({
  'integrity': db.execute('PRAGMA integrity_check').fetchone()[0],
  'tables': sorted(row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")),
  'cameras': [row[:4] + [floats(row[4], 'd'), row[5]] for row in rows('cameras')],
  'images': [row[:3] for row in rows('images')],
  'keypoints': [row[:3] + [floats(row[3], 'f')] for row in rows('keypoints')],
  'descriptors': rows('descriptors'),
  'matches': [row[:3] + [floats(row[3], 'I')] for row in rows('matches')],
  'geometries': [row[:3] + [floats(row[3], 'I'), row[4]] + [floats(blob, 'd') for blob in row[5:]]
                 for row in rows('two_view_geometries')],
}))`;

describe('COLMAP database', () => {
  it.runIf(spawnSync('python3', ['-c', 'import sqlite3']).status === 0)('is read by another SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'liftmatch-colmap-'));
    try {
      const path = join(folder, 'database.db');
      writeFileSync(path, await encoded(SCENE));
      const told = JSON.parse(execFileSync('python3', ['-c', READER, path], { encoding: 'utf8' })) as unknown;
      // COLMAP: image_id1 * 2147483647 + image_id2.
      const pairId = 2147483649;
      const rounded = (values: number[]) => values.map((value) => Math.fround(value));
      expect(told).toEqual({
        integrity: 'ok',
        tables: ['cameras', 'descriptors', 'images', 'keypoints', 'matches', 'sqlite_sequence', 'two_view_geometries'],
        cameras: [
          [1, 0, 640, 480, [555.5, 320, 240], 1],
          [2, 0, 320, 200, [384, 160, 100], 0],
        ],
        images: [
          [1, 'left_1.jpg', 1],
          [2, 'right_1.jpg', 2],
        ],
        keypoints: [
          [1, 2, 2, rounded([0.5, 0.5, 639.5, 479.5])],
          [2, 2, 2, rounded([10.25, 20.125, 319.5, 199.5])],
        ],
        descriptors: [],
        matches: [[pairId, 2, 2, [0, 0, 1, 1]]],
        geometries: [[pairId, 1, 2, [1, 1], 2, [...matrix(1)], [...matrix(20)], null, [1, 0, 0, 0], [0.6, 0, 0.8]]],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is opened, brought up to date and read as COLMAP 4.1.1 does it, rigs, frames and pose priors included', async () => {
    const { Database } = await initSqlJs();
    const db = new Database(await encoded(SCENE));
    expect(db.exec('PRAGMA user_version')[0].values).toEqual([[0]]);
    openAsColmap4(db);
    const found = readAsColmap4(db);
    expect(found.cameras).toEqual([
      { camera_id: 1, model: 0, params: [555.5, 320, 240], hasFocal: true },
      { camera_id: 2, model: 0, params: [384, 160, 100], hasFocal: false },
    ]);
    expect(found.images.map(({ name }) => name)).toEqual(['left_1.jpg', 'right_1.jpg']);
    expect(found.matched).toEqual([[1, 2]]);
    expect(found.geometries).toEqual([{ pair: [1, 2], config: 2, inliers: 1, hasPose: true }]);
    // Twice is as once, and its writers' rows are taken.
    openAsColmap4(db);
    expect(readAsColmap4(db)).toEqual(found);
    db.run('INSERT INTO rigs (rig_id, ref_sensor_id, ref_sensor_type) VALUES (1, 1, 0)');
    db.run('INSERT INTO frames (frame_id, rig_id) VALUES (1, 1)');
    db.run('INSERT INTO frame_data (frame_id, data_id, sensor_id, sensor_type) VALUES (1, 1, 1, 0)');
    db.run('INSERT INTO images (name, camera_id) VALUES (?, ?)', ['later.jpg', 2]);
    db.run('INSERT INTO descriptors (image_id, type, rows, cols, data) VALUES (1, 0, 0, 128, NULL)');
    db.close();
  });

  it('COLMAP 4’s reader refuses what is not whole', async () => {
    const { Database } = await initSqlJs();
    const broken = async (sql: string) => {
      const db = new Database(await encoded(SCENE));
      db.run(sql);
      openAsColmap4(db);
      try {
        return () => readAsColmap4(db);
      } finally {
        setTimeout(() => db.close());
      }
    };
    expect(await broken('UPDATE cameras SET model = 4')).toThrow('3 parameters of model 4');
    expect(await broken('UPDATE keypoints SET rows = 1')).toThrow('keypoints’ bytes');
    expect(await broken('DELETE FROM keypoints WHERE image_id = 2')).toThrow('keypoint 0 of image 2');
    expect(await broken('UPDATE two_view_geometries SET tvec = NULL')).toThrow('half there');
    expect(await broken('ALTER TABLE two_view_geometries DROP COLUMN H')).toThrow('columns of two_view_geometries');
  });

  it('says so where no geometry was found', async () => {
    const nothing = { fundamental: null, essential: null, homography: null, pose: null };
    const bytes = await encoded({ ...SCENE, geometry: { config: 'degenerate', inliers: [], ...nothing } });
    const { Database } = await initSqlJs();
    const [{ values }] = new Database(bytes).exec('SELECT pair_id, rows, config, F, E, H FROM two_view_geometries');
    expect(values).toEqual([[PAIR_ID, 0, 1, null, null, null]]);
  });
});
