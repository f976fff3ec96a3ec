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

/** A camera that somebody measured. */
export interface KnownCamera {
  model: CameraModel;
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

/** As a text without blanks: model, width, height (0 where not known), fx, fy, cx, cy and the model's parameters. */
export const cameraText = ({ model, size, fx, fy, cx, cy, distortion }: KnownCamera): string =>
  [model, size?.width ?? 0, size?.height ?? 0, fx, fy, cx, cy, ...distortion].join(',');

/** The inverse of {@link cameraText}; undefined where the text is no camera. */
export function cameraOfText(text: string): KnownCamera | undefined {
  const [model, ...rest] = text.slice(0, 600).split(',');
  const [width, height, fx, fy, cx, cy, ...distortion] = rest.map((word) => (word === '' ? NaN : Number(word)));
  const size = width === 0 && height === 0 ? null : { width, height };
  const camera = { model: model as CameraModel, size, fx, fy, cx, cy, distortion };
  return isCamera(camera) ? camera : undefined;
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
      'It is MODEL,width,height,fx,fy,cx,cy and the model’s parameters; choose its file again, or remove it.',
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
