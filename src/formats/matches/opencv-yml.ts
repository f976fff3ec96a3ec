import { rotationOfQuaternion } from '../../core/rotation.ts';
import type { KnownCamera } from '../../core/camera-model.ts';
import type { Side, Size } from '../../core/geometry.ts';
import type { MatchTable } from '../../core/match.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { multiply3 } from '../../core/matrix3.ts';
import type { TwoViewGeometry } from './colmap-tables.ts';
import type { MatchMetadata } from './match-metadata.ts';
import { MATCH_COLUMNS } from './matches-csv.ts';

export interface OpenCvScene {
  table: MatchTable;
  metadata: MatchMetadata;
  /** Focal lengths that the photos' files tell, pixels; null: no camera matrix of that photo. */
  focal: Record<Side, number | null>;
  /** Cameras that were measured, in the photos' pixels; they go before the focal lengths. */
  cameras?: Record<Side, KnownCamera | null>;
  geometry: TwoViewGeometry;
}

/** From OpenCV's pixels, whose first centre is 0, to ours, whose first centre is 0.5. */
const FROM_OPENCV: Matrix3 = [1, 0, 0.5, 0, 1, 0.5, 0, 0, 1];
const FROM_OPENCV_TRANSPOSED: Matrix3 = [1, 0, 0, 0, 1, 0, 0.5, 0.5, 1];
const TO_OPENCV: Matrix3 = [1, 0, -0.5, 0, 1, -0.5, 0, 0, 1];

/** Values on a line of the file. */
const LINE = 8;

/** One matrix as `cv::FileStorage` writes it: `d` float64, `f` float32, `i` int32, `u` bytes. */
function matrix(name: string, columns: number, type: 'd' | 'f' | 'i' | 'u', values: readonly number[]): string {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += LINE)
    lines.push(
      values
        .slice(i, i + LINE)
        .map(number(type))
        .join(', '),
    );
  return [
    `${name}: !!opencv-matrix`,
    `   rows: ${values.length / columns}`,
    `   cols: ${columns}`,
    `   dt: ${type}`,
    `   data: [ ${lines.join(',\n       ')} ]`,
  ].join('\n');
}

/** Its reader takes a number without a point for an integer. */
const number = (type: string) => (value: number) => {
  if (type === 'i' || type === 'u') return String(value);
  const text = String(type === 'f' ? Math.fround(value) : value);
  return /^-?\d+$/.test(text) ? `${text}.` : text.replace(/^(-?\d+)e/, '$1.e');
};

/** A name in quotes; control characters, which its reader has no escape for, are left out. */
const quoted = (name: string) => `"${name.replace(/\p{Cc}/gu, '').replace(/["\\]/g, '\\$&')}"`;

const identity = (value: number) => value;

/**
 * A match as OpenCV's FileStorage (YAML 1.0), for `cv2.FileStorage(path, cv2.FILE_STORAGE_READ)`: keypoints of both photos
 * [n, 2] with the first pixel's centre at 0, `matches` [n, 2] of their rows, `certainty`, `inliers`, and what explains them
 * in OpenCV's terms: `x_b ~ H x_a`, `x_bᵀ F x_a = 0`, E between rays, `K_a`, `K_b`, and the pose `x_b = R x_a + t` of
 * `recoverPose`. Matrices that are not known are left out.
 */
export function encodeOpenCvYaml({ table, metadata, focal, cameras, geometry }: OpenCvScene): string {
  const { count, rows } = table;
  const width = MATCH_COLUMNS.length;
  const column = (index: number, change = identity) =>
    Array.from({ length: count }, (_, i) => change(rows[width * i + index]));
  const keypoints = (first: number) => {
    const [x, y] = [first, first + 1].map((index) => column(index, (value) => value - 0.5));
    return x.flatMap((value, i) => [value, y[i]]);
  };
  const indices = Array.from({ length: 2 * count }, (_, i) => i >> 1);
  const inliers = Array.from({ length: count }, (_, i) => (geometry.inliers[i] ? 1 : 0));
  const { homography: H, fundamental: F, essential: E, pose } = geometry;
  const parts = [
    '%YAML:1.0',
    '---',
    `image_a: ${quoted(metadata.photos.a.name)}`,
    `image_b: ${quoted(metadata.photos.b.name)}`,
    `size_a: [ ${metadata.photos.a.size.width}, ${metadata.photos.a.size.height} ]`,
    `size_b: [ ${metadata.photos.b.size.width}, ${metadata.photos.b.size.height} ]`,
    `model: ${quoted(metadata.model)}`,
    'pixel_center: 0',
    matrix('keypoints_a', 2, 'f', keypoints(0)),
    matrix('keypoints_b', 2, 'f', keypoints(2)),
    matrix('matches', 2, 'i', indices),
    matrix('certainty', 1, 'f', column(4)),
    matrix('inliers', 1, 'u', inliers),
    ...(H ? [matrix('H', 3, 'd', scaled(multiply3(TO_OPENCV, multiply3(H, FROM_OPENCV))))] : []),
    ...(F ? [matrix('F', 3, 'd', multiply3(FROM_OPENCV_TRANSPOSED, multiply3(F, FROM_OPENCV)))] : []),
    ...(E ? [matrix('E', 3, 'd', E)] : []),
    ...(pose
      ? [matrix('R', 3, 'd', rotationOfQuaternion(pose.quaternion)), matrix('t', 1, 'd', Array.from(pose.translation))]
      : []),
    ...(['a', 'b'] as const).flatMap((side) => {
      const [known, length] = [cameras?.[side], focal[side]];
      if (known) return knownCamera(side, known);
      return length === null ? [] : [matrix(`K_${side}`, 3, 'd', cameraMatrix(length, metadata.photos[side].size))];
    }),
  ];
  return `${parts.join('\n')}\n`;
}

/** h33 = 1, as OpenCV gives a homography. */
const scaled = (h: Matrix3): Matrix3 => (h[8] === 0 ? h : (h.map((value) => value / h[8]) as unknown as Matrix3));

/** K, D (in OpenCV's order) and, where D is not that of `cv2.undistortPoints`, the model by COLMAP's name. */
function knownCamera(side: Side, { model, fx, fy, cx, cy, distortion }: KnownCamera): string[] {
  const isOpenCv = model === 'PINHOLE' || model === 'OPENCV' || model === 'FULL_OPENCV';
  return [
    matrix(`K_${side}`, 3, 'd', [fx, 0, cx - 0.5, 0, fy, cy - 0.5, 0, 0, 1]),
    ...(distortion.length ? [matrix(`D_${side}`, distortion.length, 'd', distortion)] : []),
    ...(isOpenCv ? [] : [`distortion_model_${side}: ${model === 'OPENCV_FISHEYE' ? 'fisheye' : model}`]),
  ];
}

const cameraMatrix = (focal: number, { width, height }: Size): Matrix3 => [
  focal,
  0,
  width / 2 - 0.5,
  0,
  focal,
  height / 2 - 0.5,
  0,
  0,
  1,
];
