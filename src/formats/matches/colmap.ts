import { colmapCamera, type KnownCamera } from '../../core/camera-model.ts';
import type { Side, Size } from '../../core/geometry.ts';
import type { MatchTable } from '../../core/match.ts';
import { MATCH_COLUMNS } from './matches-csv.ts';
import type { MatchMetadata } from './match-metadata.ts';

/** COLMAP's own guess of a focal length where EXIF has none, as a share of the longer side. */
const DEFAULT_FOCAL_FACTOR = 1.2;
const DESCRIPTOR_LENGTH = 128;

const SIDES: readonly Side[] = ['a', 'b'];

/**
 * The text files that COLMAP imports, by path. `features/` is for `feature_importer`, `matches.txt` for
 * `matches_importer` (raw matches, or verified two-view matches with `--match_type inliers`); `sparse/` is a model with
 * both images at the origin, for tools that want cameras and image ids in one place. COLMAP puts the centre of the
 * first pixel at (0.5, 0.5), as this project does. One point may be matched twice: each match has two points of its
 * own.
 * @see https://colmap.github.io/format.html and https://colmap.github.io/tutorial.html
 */
export function colmapFiles(
  table: MatchTable,
  metadata: MatchMetadata,
  known: Record<Side, KnownCamera | null> = { a: null, b: null },
): Map<string, string> {
  const names = imageNames(metadata);
  const files = new Map<string, string>();
  for (const side of SIDES) files.set(`features/${names[side]}.txt`, features(table, side));
  files.set('matches.txt', matchList(table, names));
  files.set('sparse/cameras.txt', cameras(metadata, known));
  files.set('sparse/images.txt', images(table, names));
  files.set('sparse/points3D.txt', '# 3D point list, empty: nothing has been triangulated\n');
  files.set('README.txt', readme(names));
  return files;
}

/** What COLMAP assumes of a photo whose file tells no focal length, pixels. */
export const guessedFocal = ({ width, height }: Size): number => DEFAULT_FOCAL_FACTOR * Math.max(width, height);

/** COLMAP separates fields by blanks and keys images by name: blanks go, and two photos never share a name. */
export function imageNames({ photos }: MatchMetadata): Record<Side, string> {
  const clean = (side: Side) =>
    photos[side].name.replace(/[\s/\\:*?"<>|\u0000-\u001f]+/gu, '_').replace(/^[.#]+/, '_') || side;
  const [a, b] = [clean('a'), clean('b')];
  return a === b ? { a: `a_${a}`, b: `b_${b}` } : { a, b };
}

function features(table: MatchTable, side: Side): string {
  // X Y SCALE ORIENTATION and a descriptor, which matching by COLMAP would need and importing does not.
  const tail = ` 1 0${' 0'.repeat(DESCRIPTOR_LENGTH)}`;
  const lines = [`${table.count} ${DESCRIPTOR_LENGTH}`];
  for (let i = 0; i < table.count; i++) lines.push(point(table, i, side) + tail);
  return `${lines.join('\n')}\n`;
}

function matchList(table: MatchTable, names: Record<Side, string>): string {
  const pairs = Array.from({ length: table.count }, (_, i) => `${i} ${i}`);
  // A blank line ends a pair's matches.
  return [`${names.a} ${names.b}`, ...pairs, '', ''].join('\n');
}

function cameras({ photos }: MatchMetadata, known: Record<Side, KnownCamera | null>): string {
  const lines = ['# Camera list with one line of data per camera:', '#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]'];
  SIDES.forEach((side, i) => {
    const { width, height } = photos[side].size;
    const camera = known[side];
    if (camera) {
      const { model, params } = colmapCamera(camera);
      lines.push([i + 1, model, width, height, ...params].join(' '));
      return;
    }
    lines.push(
      `${i + 1} SIMPLE_PINHOLE ${width} ${height} ${guessedFocal(photos[side].size)} ${width / 2} ${height / 2}`,
    );
  });
  return `${lines.join('\n')}\n`;
}

function images(table: MatchTable, names: Record<Side, string>): string {
  const lines = [
    '# Image list with two lines of data per image:',
    '#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME',
    '#   POINTS2D[] as (X, Y, POINT3D_ID)',
    '# The poses are placeholders.',
  ];
  SIDES.forEach((side, i) => {
    lines.push(`${i + 1} 1 0 0 0 0 0 0 ${i + 1} ${names[side]}`);
    lines.push(Array.from({ length: table.count }, (_, row) => `${point(table, row, side)} -1`).join(' '));
  });
  return `${lines.join('\n')}\n`;
}

function point(table: MatchTable, row: number, side: Side): string {
  const at = row * MATCH_COLUMNS.length + (side === 'a' ? 0 : 2);
  return `${table.rows[at].toFixed(3)} ${table.rows[at + 1].toFixed(3)}`;
}

function readme({ a, b }: Record<Side, string>): string {
  return `Matches of two photos for COLMAP

Put the photos into a folder images/ as
  ${a}
  ${b}
and run
  colmap feature_importer --database_path database.db --image_path images --import_path features
  colmap matches_importer --database_path database.db --match_list_path matches.txt --match_type raw

Raw matches are verified by COLMAP; with --match_type inliers they are taken as verified.
Coordinates are pixels; the centre of the first (top-left) pixel is at (0.5, 0.5).
sparse/ names cameras (focal length guessed as ${DEFAULT_FOCAL_FACTOR} times the longer side) and images; its poses are placeholders.
`;
}
