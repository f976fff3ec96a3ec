import { CodedError } from './errors.ts';
import type { Side, Size } from './geometry.ts';

/**
 * How lenses bend, by COLMAP's names, each with the parameters that COLMAP lists behind fx, fy, cx, cy; OPENCV and FULL_OPENCV are
 * cv2's four and eight coefficients in cv2's order, OPENCV_FISHEYE those of cv2.fisheye. The models with fewer parameters
 * (SIMPLE_RADIAL …) are these with zeros.
 */
export const CAMERA_MODELS = {
  PINHOLE: [],
  OPENCV: ['k1', 'k2', 'p1', 'p2'],
  FULL_OPENCV: ['k1', 'k2', 'p1', 'p2', 'k3', 'k4', 'k5', 'k6'],
  OPENCV_FISHEYE: ['k1', 'k2', 'k3', 'k4'],
  FOV: ['omega'],
  THIN_PRISM_FISHEYE: ['k1', 'k2', 'p1', 'p2', 'k3', 'k4', 'sx1', 'sy1'],
  RAD_TAN_THIN_PRISM_FISHEYE: ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'p0', 'p1', 's0', 's1', 's2', 's3'],
} as const satisfies Record<string, readonly string[]>;
export type CameraModel = keyof typeof CAMERA_MODELS;

/** COLMAP's models with one focal length: the full model that holds them, and how many of its parameters they list behind f, cx, cy. */
export const SHORT_MODELS = {
  SIMPLE_PINHOLE: { model: 'PINHOLE', count: 0 },
  SIMPLE_RADIAL: { model: 'OPENCV', count: 1 },
  RADIAL: { model: 'OPENCV', count: 2 },
  SIMPLE_RADIAL_FISHEYE: { model: 'OPENCV_FISHEYE', count: 1 },
  RADIAL_FISHEYE: { model: 'OPENCV_FISHEYE', count: 2 },
} as const satisfies Record<string, { model: CameraModel; count: number }>;
export type ShortModel = keyof typeof SHORT_MODELS;

/** Files that may hold cameras, by name; what is in them decides. */
export const mayHoldCameras = (name: string): boolean => /\.(txt|ya?ml|json)$/i.test(name);

/** A camera that somebody measured. */
export interface KnownCamera {
  model: CameraModel;
  /** The shorter model that it was told as, and is written as again. */
  short?: ShortModel;
  /** Of the pictures that it was measured on; null: whatever the photo's is. */
  size: Size | null;
  /** Pixels of that size; the first pixel's centre is at (0.5, 0.5). */
  fx: number;
  fy: number;
  cx: number;
  cy: number;
  /** The model's parameters in the order of {@link CAMERA_MODELS}. */
  distortion: readonly number[];
}

const finite = (values: readonly number[]) => values.every((value) => Number.isFinite(value) && Math.abs(value) < 1e6);

/** Whether its numbers are those of a camera. */
export const isCamera = ({ model, size, fx, fy, cx, cy, distortion }: KnownCamera): boolean =>
  Object.hasOwn(CAMERA_MODELS, model) &&
  finite([fx, fy, cx, cy, ...distortion]) &&
  fx > 0 &&
  fy > 0 &&
  distortion.length === CAMERA_MODELS[model].length &&
  (size === null || (size.width >= 1 && size.height >= 1 && finite([size.width, size.height])));

/** Model and parameters as COLMAP lists them: the shorter model where the camera was told as one and still is one. */
export function colmapCamera(camera: KnownCamera): { model: CameraModel | ShortModel; params: number[] } {
  const { model, short, fx, fy, cx, cy, distortion } = camera;
  if (short && SHORT_MODELS[short].model === model && fx === fy) {
    const { count } = SHORT_MODELS[short];
    if (distortion.slice(count).every((value) => value === 0)) {
      return { model: short, params: [fx, cx, cy, ...distortion.slice(0, count)] };
    }
  }
  return { model, params: [fx, fy, cx, cy, ...distortion] };
}

/** The inverse of {@link colmapCamera}; undefined where this is no camera. */
export function cameraOfColmap(model: string, size: Size | null, params: readonly number[]): KnownCamera | undefined {
  if (!Object.hasOwn(SHORT_MODELS, model)) {
    const [fx, fy, cx, cy, ...distortion] = params;
    const camera = { model: model as CameraModel, size, fx, fy, cx, cy, distortion };
    return isCamera(camera) ? camera : undefined;
  }
  const short = model as ShortModel;
  const { model: full, count } = SHORT_MODELS[short];
  const [f, cx, cy, ...told] = params;
  if (told.length !== count) return undefined;
  const distortion = [...told, ...new Array<number>(CAMERA_MODELS[full].length - count).fill(0)];
  const camera = { model: full, short, size, fx: f, fy: f, cx, cy, distortion };
  return isCamera(camera) ? camera : undefined;
}

/** As a text without blanks: model, width, height (0 where not known) and the parameters as COLMAP lists them. */
export function cameraText(camera: KnownCamera): string {
  const { model, params } = colmapCamera(camera);
  return [model, camera.size?.width ?? 0, camera.size?.height ?? 0, ...params].join(',');
}

/** The inverse of {@link cameraText}; undefined where the text is no camera. */
export function cameraOfText(text: string): KnownCamera | undefined {
  const [model, ...rest] = text.slice(0, 600).split(',');
  const [width, height, ...params] = rest.map((word) => (word === '' ? NaN : Number(word)));
  return cameraOfColmap(model, width === 0 && height === 0 ? null : { width, height }, params);
}

/**
 * Measured cameras from their texts.
 * @throws CodedError `camera-malformed`
 */
export function camerasOfTexts(texts: Record<Side, string | null> | undefined): Record<Side, KnownCamera | null> {
  const of = (side: Side) => {
    const text = texts?.[side];
    if (!text) return null;
    const camera = cameraOfText(text);
    if (camera) return camera;
    throw new CodedError(
      'camera-malformed',
      `The camera of photo ${side.toUpperCase()} cannot be understood: “${text.slice(0, 60)}”.`,
      'It is MODEL,width,height and the parameters as COLMAP lists them; choose its file again, or remove it.',
    );
  };
  return { a: of('a'), b: of('b') };
}

/** Sides of another ratio than this are of another crop, not of another scale. */
const MAX_SHAPE_ERROR = 0.01;

/** Whether photos of this size can have been taken by a camera that was measured on another one. */
export const fitsPhoto = ({ size }: KnownCamera, photo: Size): boolean =>
  size === null || Math.abs((size.width * photo.height) / (size.height * photo.width) - 1) <= MAX_SHAPE_ERROR;

/**
 * The camera in the pixels of a photo, which may be a scaled copy of what it was measured on.
 * @throws CodedError `camera-size` where the photo has another shape
 */
export function cameraOfPhoto(camera: KnownCamera, photo: Size, name: string): KnownCamera & { size: Size } {
  const { size } = camera;
  if (!size) return { ...camera, size: photo };
  if (!fitsPhoto(camera, photo)) {
    throw new CodedError(
      'camera-size',
      `The camera of photo ${name} was measured on ${size.width} × ${size.height} pixels, and the photo has ${photo.width} × ${photo.height}: another shape.`,
      'Give the camera that took this photo, or remove it under “Geometry”, “E matrix”.',
    );
  }
  const [x, y] = [photo.width / size.width, photo.height / size.height];
  return { ...camera, size: photo, fx: camera.fx * x, fy: camera.fy * y, cx: camera.cx * x, cy: camera.cy * y };
}
