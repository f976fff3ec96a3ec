import { rotationOfQuaternion } from '../core/rotation.ts';
import * as v from 'valibot'; // What comes from outside is checked against a schema.
import { CodedError } from '../core/errors.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import type { SplatCamera } from '../gaussians/camera.ts';
import { cameraCentre, translationAt } from '../gaussians/camera.ts';
import { malformed, tooLarge } from './malformed.ts';

/** A camera that a scene was made from: `X_camera = rotation · X + translation`, K in pixels of its own size. */
export interface SceneCamera extends SplatCamera {
  /** Name of its photo. */
  readonly name: string;
}

export interface SceneCameras {
  readonly cameras: readonly SceneCamera[];
  /** What of the files is not used, a sentence each. */
  readonly notes: readonly string[];
}

/** Cameras of a scene; city-sized captures have some ten thousand. */
export const MAX_SCENE_CAMERAS = 100_000;

/** A text is held in memory at once. COLMAP's images.txt lists every keypoint: about 100 kB a photo. */
export const MAX_CAMERA_TEXT_BYTES = 256 * 1024 * 1024;

/** Text of a dropped file. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/**
 * The cameras in files that lie beside a scene: `cameras.json` as trainers of 3-D Gaussians write it, or COLMAP's
 * `cameras.txt` and `images.txt` together, told by what is in them. Throws `cameras-malformed`, `cameras-incomplete`
 * where one of COLMAP's two is missing, `limit-exceeded`; messages begin with the file's name.
 */
export function readSceneCameras(files: readonly NamedText[]): SceneCameras {
  for (const { name, text } of files) {
    if (text.length > MAX_CAMERA_TEXT_BYTES) throw tooLarge(`${name} has ${text.length} letters.`);
  }
  const json = files.find(({ text }) => /^\s*[[{]/.test(text));
  if (json) return named(json.name, () => parseCamerasJson(json.text));
  const lenses = files.find(({ text }) => isLensLine(firstLine(text)));
  const poses = files.find(({ text }) => isPoseLine(firstLine(text)));
  if (!lenses || !poses) {
    throw new CodedError(
      'cameras-incomplete',
      `${files.map(({ name }) => name).join(', ')}: cameras come as cameras.json, or as COLMAP's cameras.txt and images.txt.`,
      'Drop both files of COLMAP’s text model together.',
    );
  }
  const known = named(lenses.name, () => parseLenses(lenses.text));
  return named(poses.name, () => parsePoses(poses.text, known));
}

function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    throw new CodedError(thrown.code, `${name}: ${thrown.message}`, thrown.remedy, { cause: thrown });
  }
}

const finite = v.pipe(v.number(), v.finite());
const vector = v.pipe(v.array(finite), v.length(3));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 20));
const focal = v.pipe(finite, v.minValue(1e-6));

/** Of `cameras.json`: the position and, row by row, the rotation of the camera in the world. */
const CAMERAS_JSON = v.pipe(
  v.array(
    v.object({
      img_name: v.union([v.string(), v.number()]),
      width: side,
      height: side,
      position: vector,
      rotation: v.pipe(v.array(vector), v.length(3)),
      fx: focal,
      fy: focal,
    }),
  ),
  v.minLength(1),
  v.maxLength(MAX_SCENE_CAMERAS),
);

function parseCamerasJson(text: string): SceneCameras {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed('cameras', 'It is no JSON.', { cause });
  }
  const parsed = v.safeParse(CAMERAS_JSON, json);
  if (!parsed.success) {
    const place = v.getDotPath(parsed.issues[0]) ?? 'its top';
    throw malformed('cameras', `It is not a list of cameras as trainers write it, at ${place}.`);
  }
  const cameras = parsed.output.map(({ img_name, width, height, position, rotation, fx, fy }): SceneCamera => {
    const [a, b, c] = rotation;
    const toCamera = orthonormal([a[0], b[0], c[0], a[1], b[1], c[1], a[2], b[2], c[2]]);
    const [x, y, z] = position;
    return {
      ...{ name: String(img_name), width, height, fx, fy, cx: width / 2, cy: height / 2, rotation: toCamera },
      translation: translationAt(toCamera, [x, y, z]),
    };
  });
  return { cameras, notes: [] };
}

/** The inverse of reading: cameras as `cameras.json`, which keeps principal points only where they are in the middle. */
export function encodeCamerasJson(cameras: readonly SceneCamera[]): string {
  const entries = cameras.map((camera, id) => {
    const { name, width, height, fx, fy, rotation: r } = camera;
    const rotation = [0, 1, 2].map((row) => [r[row], r[3 + row], r[6 + row]]);
    return { id, img_name: name, width, height, position: cameraCentre(camera), rotation, fx, fy };
  });
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
}

/** Rotations in files are rounded, which is kept; a mirror or a shear is an error. */
function orthonormal(m: Matrix3): Matrix3 {
  const rows = [0, 3, 6].map((at) => m.slice(at, at + 3));
  const dot = (p: number, q: number) => rows[p].reduce((sum, value, k) => sum + value * rows[q][k], 0);
  const off = Math.max(
    ...[0, 1, 2].map((k) => Math.abs(dot(k, k) - 1)),
    ...[0, 1, 2].map((k) => Math.abs(dot(k, (k + 1) % 3))),
  );
  const determinant =
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
  if (!(off < 1e-3 && determinant > 0)) throw malformed('cameras', 'A rotation in it is none.');
  return m;
}

/** Focal lengths and principal point among the parameters of COLMAP's models; the rest is distortion. */
const MODELS: Record<string, { count: number; focals: 1 | 2 }> = {
  SIMPLE_PINHOLE: { count: 3, focals: 1 },
  PINHOLE: { count: 4, focals: 2 },
  SIMPLE_RADIAL: { count: 4, focals: 1 },
  RADIAL: { count: 5, focals: 1 },
  OPENCV: { count: 8, focals: 2 },
  FULL_OPENCV: { count: 12, focals: 2 },
};
const FISHEYES = ['OPENCV_FISHEYE', 'SIMPLE_RADIAL_FISHEYE', 'RADIAL_FISHEYE', 'THIN_PRISM_FISHEYE', 'FOV'];

interface Lens {
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly distorted: boolean;
}

/** CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[] */
const isLensLine = (line: string) => /^\s*\d+\s+[A-Z][A-Z_0-9]*\s+\d+\s+\d+\s/.test(line);
/** IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME */
const isPoseLine = (line: string) => /^\s*\d+(?:\s+[-+.\deE]+){7}\s+\d+\s+\S/.test(line);

/** Lines that are no comments, one at a time: an images.txt is too long to be split at once. */
function* dataLines(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (!line.startsWith('#')) yield line;
  }
}

function firstLine(text: string): string {
  for (const line of dataLines(text)) if (line.trim() !== '') return line;
  return '';
}

function parseLenses(text: string): Map<string, Lens> {
  const lenses = new Map<string, Lens>();
  for (const line of dataLines(text)) {
    if (line.trim() === '') continue;
    const [id, model, ...rest] = line.trim().split(/\s+/);
    const [width, height, ...params] = rest.map(Number);
    if (FISHEYES.includes(model)) {
      throw new CodedError(
        'cameras-unsupported',
        `Its camera ${id} is of the model ${model}; pictures here have no such distortion.`,
        'Undistort the photos with COLMAP first (image_undistorter), as trainers of Gaussians do.',
      );
    }
    const known = Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
    const isSize = [width, height].every((length) => Number.isInteger(length) && length > 0 && length <= 1 << 20);
    if (!known || !isSize || params.length !== known.count || !params.every(Number.isFinite)) {
      throw malformed('cameras', `Its camera ${id} is not as COLMAP writes one.`);
    }
    const [fx, fy] = known.focals === 1 ? [params[0], params[0]] : params;
    if (!(fx > 0 && fy > 0)) throw malformed('cameras', `Its camera ${id} has a focal length of ${fx}, ${fy}.`);
    const [cx, cy, ...distortion] = params.slice(known.focals);
    lenses.set(id, { width, height, fx, fy, cx, cy, distorted: distortion.some((value) => value !== 0) });
    if (lenses.size > MAX_SCENE_CAMERAS) throw tooLarge(`It has more than ${MAX_SCENE_CAMERAS} cameras.`);
  }
  return lenses;
}

function parsePoses(text: string, lenses: ReadonlyMap<string, Lens>): SceneCameras {
  const cameras: SceneCamera[] = [];
  let distorted = 0;
  let isPoints = false;
  for (const line of dataLines(text)) {
    // Each pose is followed by a line of keypoints, which may be empty.
    if (isPoints) {
      isPoints = false;
      continue;
    }
    if (line.trim() === '') continue;
    if (!isPoseLine(line)) throw malformed('cameras', `Its line “${line.slice(0, 60)}” is no pose.`);
    const [, qw, qx, qy, qz, tx, ty, tz, id, ...name] = line.trim().split(/\s+/);
    const lens = lenses.get(id);
    if (!lens) throw malformed('cameras', `Its photo ${name.join(' ')} has camera ${id}, which the other file lacks.`);
    const [w, x, y, z] = [qw, qx, qy, qz].map(Number);
    const translation = [tx, ty, tz].map(Number);
    const length = Math.hypot(w, x, y, z);
    if (!(length > 0.9 && length < 1.1) || !translation.every(Number.isFinite)) {
      throw malformed('cameras', `Its photo ${name.join(' ')} has no pose.`);
    }
    const { distorted: isDistorted, ...intrinsics } = lens;
    if (isDistorted) distorted++;
    cameras.push({
      name: name.join(' '),
      ...intrinsics,
      rotation: rotationOfQuaternion([w / length, x / length, y / length, z / length]),
      translation: translation as unknown as SceneCamera['translation'],
    });
    if (cameras.length > MAX_SCENE_CAMERAS) throw tooLarge(`It has more than ${MAX_SCENE_CAMERAS} photos.`);
    isPoints = true;
  }
  if (cameras.length === 0) throw malformed('cameras', 'It has no photo.');
  const note = `${distorted} of ${cameras.length} cameras have a lens distortion, which is left out: their photos differ from pictures here.`;
  return { cameras, notes: distorted > 0 ? [note] : [] };
}
