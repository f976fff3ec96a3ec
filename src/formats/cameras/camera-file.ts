import {
  CAMERA_MODELS,
  type CameraModel,
  cameraOfColmap,
  isCamera,
  type KnownCamera,
  SHORT_MODELS,
} from '../../core/camera-model.ts';
import { CodedError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { malformed, tooLarge } from '../malformed.ts';

/** A camera of a file, with what the file calls it. */
export interface NamedCamera {
  name: string;
  camera: KnownCamera;
  /** COLMAP's number of it, by which images.txt speaks of it. */
  id?: number;
}

/** A calibration is a page of text; COLMAP's cameras.txt has a line a camera. */
export const MAX_CAMERA_FILE_BYTES = 4 * 2 ** 20;
export const MAX_FILE_CAMERAS = 10_000;

/**
 * The cameras that a file tells, by what is in it: COLMAP's `cameras.txt`, OpenCV's FileStorage (YAML or JSON), ROS's
 * `camera_info`, Kalibr's camchain, nerfstudio's `transforms.json`, and plain JSON (`fx, fy, cx, cy, model, distortion`; also a
 * list of them). OpenCV, ROS and Kalibr have the first pixel's centre at 0, which is mended here; plain JSON says it by
 * `pixel_center` (0.5 where it does not). Nothing in it is run.
 * @throws CodedError `camera-malformed`, `camera-unknown` (no camera is in it), `camera-unsupported` (a model that is not known
 * here), `limit-exceeded`; messages begin with the file's name
 */
export async function readCameraFile(name: string, text: string): Promise<NamedCamera[]> {
  try {
    if (text.length > MAX_CAMERA_FILE_BYTES) throw tooLarge(`It has ${text.length} letters.`);
    const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length > 0 && COLMAP_LINE.test(lines[0])) return colmapCameras(lines);
    const cameras = treeCameras(await parseTree(text));
    if (cameras.length === 0) {
      throw new CodedError(
        'camera-unknown',
        'There is no camera in it.',
        'Give COLMAP’s cameras.txt, a calibration of OpenCV, ROS or Kalibr (YAML), or JSON with fx, fy, cx, cy.',
      );
    }
    return cameras;
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    throw new CodedError(thrown.code, `“${name}”: ${thrown.message}`, thrown.remedy, { cause: thrown });
  }
}

/** CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[] */
const COLMAP_LINE = /^\s*\d+\s+[A-Z][A-Z_0-9]*\s+\d+\s+\d+\s/;

function colmapCameras(lines: readonly string[]): NamedCamera[] {
  if (lines.length > MAX_FILE_CAMERAS) throw tooLarge(`It has more than ${MAX_FILE_CAMERAS} cameras.`);
  return lines.map((line) => {
    const [id, model, ...rest] = line.trim().split(/\s+/);
    const [width, height, ...params] = rest.map(Number);
    if (!Object.hasOwn(SHORT_MODELS, model) && !Object.hasOwn(CAMERA_MODELS, model))
      throw unsupported(`Its camera ${id} is of the model ${model}`);
    const camera = cameraOfColmap(model, { width, height }, params);
    if (!camera) throw malformed('camera', `Its camera ${id} is not as COLMAP writes one.`);
    return { name: `camera ${id}`, camera, id: Number(id) };
  });
}

type Tree = Readonly<Record<string, unknown>>;

async function parseTree(text: string): Promise<unknown> {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch (cause) {
      // A YAML may begin so as well; what is no YAML either is told below.
      if (!/^\s*\{\s*\w+\s*:/.test(text)) throw malformed('camera', 'It is no JSON.', { cause });
    }
  }
  // YAML is no format to read by hand; comes with the first file of it. ISC, maintained, and it runs nothing.
  const { parse } = await import('yaml');
  try {
    // OpenCV's first line names a version as no other reader takes it.
    return parse(text.replace(/^\uFEFF?%YAML[^\n]*\n/, ''), {
      maxAliasCount: 0,
      logLevel: 'error',
      uniqueKeys: false,
    });
  } catch (cause) {
    throw malformed('camera', 'It is neither COLMAP’s cameras.txt nor YAML nor JSON.', { cause });
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The cameras at the top of a tree, in a list, or one level below (Kalibr's cam0, cam1; lists under `cameras`, nerfstudio's under
 * `frames`). What is of a photo by its file name is called so.
 */
function treeCameras(tree: unknown): NamedCamera[] {
  const top = cameraOfTree('camera', tree);
  const frames = isTree(tree) && Array.isArray(tree.frames) ? tree.frames : [];
  if (frames.length > MAX_FILE_CAMERAS) throw tooLarge(`It has more than ${MAX_FILE_CAMERAS} frames.`);
  const own = frames.flatMap((frame) => cameraOfTree(photoOf(frame) ?? 'frame', frame));
  if (own.length > 0) return own;
  if (top.length > 0) return top;
  const branches: [string, unknown][] = Array.isArray(tree)
    ? tree.map((value, i) => [photoOf(value) ?? `camera ${i + 1}`, value])
    : isTree(tree)
      ? Object.entries(tree).flatMap(([name, value]): [string, unknown][] =>
          Array.isArray(value) && name === 'cameras'
            ? value.map((one, i) => [photoOf(one) ?? `camera ${i + 1}`, one])
            : [[name, value]],
        )
      : [];
  if (branches.length > MAX_FILE_CAMERAS) throw tooLarge(`It has more than ${MAX_FILE_CAMERAS} parts.`);
  return branches.flatMap(([name, value]) => cameraOfTree(name, value));
}

/** The photo that a branch of a file says it is of. */
const photoOf = (tree: unknown): string | undefined =>
  isTree(tree)
    ? ['file_path', 'file', 'filename', 'image', 'image_name', 'name']
        .map((key) => tree[key])
        .find((value): value is string => typeof value === 'string' && value !== '')
    : undefined;

/** What a tree tells of cameras by itself: none, one, or the two of an OpenCV stereo file or of this project's OpenCV export. */
function cameraOfTree(name: string, tree: unknown): NamedCamera[] {
  if (!isTree(tree)) return [];
  if ('intrinsics' in tree && numbers(tree.intrinsics)) return [kalibr(name, tree)];
  if (['fx', 'fl_x', 'f', 'focal'].some((key) => typeof tree[key] === 'number')) return [plain(name, tree)];
  const stereo = STEREO.flatMap(([matrix, distortion, size], i) =>
    matrixNumbers(tree[matrix], 9) ? [opencv(`camera ${i % 2 ? 2 : 1}`, tree, matrix, distortion, size)] : [],
  );
  if (stereo.length > 0) return stereo;
  const matrix = MATRIX_KEYS.find((key) => matrixNumbers(tree[key], 9));
  const distortion = DISTORTION_KEYS.find((key) => key in tree);
  return matrix ? [opencv(name, tree, matrix, distortion)] : [];
}

const MATRIX_KEYS = ['camera_matrix', 'Camera_Matrix', 'cameraMatrix', 'K', 'mtx', 'intrinsic_matrix', 'intrinsic'];
const DISTORTION_KEYS = [
  'distortion_coefficients',
  'Distortion_Coefficients',
  'dist_coeffs',
  'distCoeffs',
  'dist_coeff',
  'distortion_coeffs',
  'dist',
  'distortion',
  'D',
];
const STEREO = [
  ['M1', 'D1', undefined],
  ['M2', 'D2', undefined],
  ['cameraMatrix1', 'distCoeffs1', undefined],
  ['cameraMatrix2', 'distCoeffs2', undefined],
  ['K1', 'D1', undefined],
  ['K2', 'D2', undefined],
  ['K_a', 'D_a', 'size_a'],
  ['K_b', 'D_b', 'size_b'],
] as const;

/** From the first pixel's centre at 0 to ours at 0.5. */
const HALF_PIXEL = 0.5;

function opencv(name: string, tree: Tree, matrix: string, distortion?: string, sizeKey?: string): NamedCamera {
  const [fx, skew, cx, , fy, cy] = matrixNumbers(tree[matrix], 9)!;
  if (Math.abs(skew) > 1e-6 * fx) throw unsupported(`Its ${matrix} has a skew`);
  const bent = distortion !== undefined && distortion in tree ? matrixNumbers(tree[distortion]) : [];
  if (bent === null) throw malformed('camera', `Its ${distortion} is no list of numbers.`);
  const lens = opencvLens(
    bent,
    String(tree.distortion_model ?? tree[matrix.replace(/^K/, 'distortion_model')] ?? tree.model ?? ''),
  );
  const shift = tree.pixel_center === 0.5 ? 0 : HALF_PIXEL;
  return checked(name, { ...lens, size: sizeOf(tree, sizeKey), fx, fy, cx: cx + shift, cy: cy + shift });
}

function kalibr(name: string, tree: Tree): NamedCamera {
  const camera = String(tree.camera_model ?? 'pinhole');
  if (camera !== 'pinhole') throw unsupported(`Its ${name} is of the model ${camera}`);
  const [fx, fy, cx, cy] = numbers(tree.intrinsics)!;
  const bent = numbers(tree.distortion_coeffs) ?? [];
  const lens = opencvLens(bent, String(tree.distortion_model ?? 'none'));
  return checked(name, { ...lens, size: sizeOf(tree), fx, fy, cx: cx + HALF_PIXEL, cy: cy + HALF_PIXEL });
}

/** JSON of a few numbers, and nerfstudio's. */
function plain(name: string, tree: Tree): NamedCamera {
  const value = (...keys: string[]) => keys.map((key) => tree[key]).find((one) => typeof one === 'number') as number;
  const size = sizeOf(tree);
  const fx = value('fx', 'fl_x', 'f', 'focal');
  const fy = value('fy', 'fl_y') ?? fx;
  const shift = tree.pixel_center === 0 ? HALF_PIXEL : 0;
  const middle = (key: string, side: number | undefined) =>
    value(key) === undefined ? (side ?? NaN) / 2 : value(key) + shift;
  const listed = DISTORTION_KEYS.map((key) => numbers(tree[key])).find((list) => list !== null);
  const single = (...keys: string[]) => keys.map((key) => value(key) ?? 0);
  const model = String(tree.model ?? tree.camera_model ?? tree.distortion_model ?? '');
  const isFisheye = /fisheye|equidistant/i.test(model);
  const bent =
    listed ?? (isFisheye ? single('k1', 'k2', 'k3', 'k4') : single('k1', 'k2', 'p1', 'p2', 'k3', 'k4', 'k5', 'k6'));
  const place = { size, fx, fy, cx: middle('cx', size?.width), cy: middle('cy', size?.height) };
  if (Object.hasOwn(CAMERA_MODELS, model)) {
    const wanted = CAMERA_MODELS[model as CameraModel].length;
    return checked(name, { ...place, model: model as CameraModel, distortion: listed ?? bent.slice(0, wanted) });
  }
  return checked(name, { ...place, ...opencvLens(bent, model) });
}

/** OpenCV's 4, 5 or 8 coefficients (12 and 14 where the further ones are 0), or its fisheye's four. */
function opencvLens(bent: readonly number[], model: string): Pick<KnownCamera, 'model' | 'distortion'> {
  if (/fisheye|equidistant|equi\b/i.test(model)) {
    const distortion = [...bent, 0, 0, 0, 0].slice(0, 4);
    if (bent.length > 4 && bent.slice(4).some((value) => value !== 0))
      throw unsupported('Its fisheye has more than four coefficients');
    return { model: 'OPENCV_FISHEYE', distortion };
  }
  if (/^fov$/i.test(model)) return { model: 'FOV', distortion: bent.slice(0, 1) };
  if (/division|omni|mei|ucm|eucm|ds\b/i.test(model)) throw unsupported(`It is of the model ${model}`);
  if (bent.every((value) => value === 0)) return { model: 'PINHOLE', distortion: [] };
  if (bent.slice(8).some((value) => value !== 0))
    throw unsupported(`It has ${bent.length} coefficients (thin prism, tilt)`);
  const eight = [...bent, 0, 0, 0, 0, 0, 0, 0, 0].slice(0, 8);
  return eight.slice(4).every((value) => value === 0)
    ? { model: 'OPENCV', distortion: eight.slice(0, 4) }
    : { model: 'FULL_OPENCV', distortion: eight };
}

function sizeOf(tree: Tree, key?: string): Size | null {
  const pair = [key && tree[key], tree.resolution, tree.image_size, tree.imageSize, tree.img_size, tree.image_Size]
    .map((value) => numbers(value))
    .find((list) => list !== null && list.length === 2);
  const [width, height] = pair ?? [
    tree.image_width ?? tree.image_Width ?? tree.width ?? tree.w,
    tree.image_height ?? tree.image_Height ?? tree.height ?? tree.h,
  ];
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : null;
}

/** A list of numbers; null where it is something else. */
function numbers(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length > 32) return null;
  const flat = value.flat() as unknown[];
  return flat.every((one) => typeof one === 'number') ? (flat as number[]) : null;
}

/** The numbers of a matrix as FileStorage and ROS write one (`rows`, `cols`, `data`), or of rows in lists. */
function matrixNumbers(value: unknown, count?: number): number[] | null {
  const found = isTree(value) ? numbers(value.data) : numbers(value);
  return found && (count === undefined || found.length === count) ? found : null;
}

function checked(name: string, camera: KnownCamera): NamedCamera {
  if (!isCamera(camera)) throw malformed('camera', `Its ${name} has no numbers of a camera.`);
  return { name, camera };
}

const unsupported = (what: string) =>
  new CodedError(
    'camera-unsupported',
    `${what}, which is not known here.`,
    `Known are OpenCV’s 4, 5 and 8 coefficients and its fisheye, and COLMAP’s ${Object.keys(CAMERA_MODELS).join(', ')}.`,
  );

/**
 * Which of a file's cameras took a photo: the only one, the one of its name, else the one at the photo's place (first for A, second for
 * B) if the photo has its shape, else the first that has; null where none has.
 */
export function chooseCamera(
  cameras: readonly NamedCamera[],
  place: 0 | 1,
  photo: Size,
  name?: string,
): NamedCamera | null {
  const fits = ({ camera: { size } }: NamedCamera) =>
    size === null || Math.abs((size.width * photo.height) / (size.height * photo.width) - 1) < 0.01;
  const named = name === undefined ? undefined : cameras.find((camera) => isNameOf(camera.name, name));
  const own = named ?? (cameras.length === 1 ? cameras[0] : cameras[place]);
  if (own && fits(own)) return own;
  return cameras.find(fits) ?? null;
}

/** Whether a path, with or without its ending, is that of a photo: folders before it need not be there. */
export function isNameOf(path: string, photo: string): boolean {
  const plain = (name: string) => name.replaceAll('\\', '/').toLowerCase();
  const stem = (name: string) => name.replace(/\.[^./]{1,5}$/, '');
  const last = plain(path).split('/').at(-1)!;
  const own = plain(photo).split('/').at(-1)!;
  return last !== '' && (last === own || last === stem(own));
}
