import { colmapCamera } from '../../core/camera-model.ts';
import { guessedFocal } from '../matches/colmap.ts';
import { type ColmapTables, type SqlDatabase, writeColmapTables } from '../matches/colmap-tables.ts';
import type { SetContent } from './set-content.ts';

/** Whether photos of one size and focal length were taken by one camera (`shared`), or each by its own. */
export type CameraRule = 'shared' | 'each';

/**
 * The whole set as one COLMAP database: keypoints that all pairs of a photo share, matches, and the two-view geometries that
 * its mapper starts from. Cameras are as they were measured, else SIMPLE_RADIAL, whose focal length and distortion the mapper
 * refines. Closes the database.
 */
export function writeColmapSet(db: SqlDatabase, content: SetContent, rule: CameraRule): Uint8Array<ArrayBuffer> {
  const { cameras, cameraOf } = camerasOf(content, rule);
  return writeColmapTables(db, {
    cameras,
    images: content.photos.map(({ name, keypoints }, i) => ({ name, camera: cameraOf[i], keypoints })),
    pairs: content.pairs.map(({ pair, matches, geometry }) => ({ images: pair, matches, geometry })),
  });
}

function camerasOf({ photos }: SetContent, rule: CameraRule): Pick<ColmapTables, 'cameras'> & { cameraOf: number[] } {
  const cameras: ColmapTables['cameras'] = [];
  const known = new Map<string, number>();
  const cameraOf = photos.map(({ size, focal, camera: measured }, i) => {
    const told = measured ? colmapCamera(measured) : null;
    const facts = told ?? {
      model: 'SIMPLE_RADIAL',
      params: [focal ?? guessedFocal(size), size.width / 2, size.height / 2, 0],
    };
    const key = rule === 'shared' ? JSON.stringify([size, told ?? focal]) : String(i);
    let camera = known.get(key);
    if (camera === undefined) {
      camera =
        cameras.push({ ...facts, size, hasFocal: told !== null || focal !== null } as ColmapTables['cameras'][number]) -
        1;
      known.set(key, camera);
    }
    return camera;
  });
  return { cameras, cameraOf };
}

/**
 * The same as COLMAP's text imports, by path: `features/NAME.txt` for `feature_importer`, `matches.txt` for `matches_importer`.
 * Matches that the pair's geometry does not explain are left out. `cameras.txt` and `images.txt` say which camera took which photo;
 * the poses in them are placeholders.
 */
export function colmapSetText(content: SetContent, rule: CameraRule): Map<string, string> {
  const { photos, pairs } = content;
  const files = new Map<string, string>();
  const { cameras, cameraOf } = camerasOf(content, rule);
  const listed = cameras.map(({ model, size: { width, height }, params }, i) =>
    [i + 1, model, width, height, ...params].join(' '),
  );
  files.set('cameras.txt', `# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n${listed.join('\n')}\n`);
  const named = photos.map(({ name }, i) => `${i + 1} 1 0 0 0 0 0 0 ${cameraOf[i] + 1} ${name}\n\n`);
  files.set(
    'images.txt',
    `# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME; the poses are placeholders\n${named.join('')}`,
  );
  const tail = ` 1 0${' 0'.repeat(128)}`;
  for (const { name, keypoints } of photos) {
    const lines = [`${keypoints.length / 2} 128`];
    for (let k = 0; k < keypoints.length; k += 2) {
      lines.push(`${keypoints[k].toFixed(3)} ${keypoints[k + 1].toFixed(3)}${tail}`);
    }
    files.set(`features/${name}.txt`, `${lines.join('\n')}\n`);
  }
  const lines: string[] = [];
  for (const { pair, matches, geometry } of pairs) {
    lines.push(`${photos[pair[0]].name} ${photos[pair[1]].name}`);
    for (let k = 0; k < matches.length / 2; k++) {
      if (geometry.inliers[k]) lines.push(`${matches[2 * k]} ${matches[2 * k + 1]}`);
    }
    // A blank line ends a pair's matches.
    lines.push('');
  }
  files.set('matches.txt', `${lines.join('\n')}\n`);
  return files;
}
