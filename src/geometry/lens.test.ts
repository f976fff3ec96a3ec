import { describe, expect, test } from 'vitest';
import {
  CAMERA_MODELS,
  type CameraModel,
  cameraOfPhoto,
  cameraOfText,
  cameraText,
  type KnownCamera,
} from '../core/camera-model.ts';
import { isBent, pixelOfRay, rayOfPixel } from './lens.ts';
import { seededRandom } from './random.ts';

const POINTS = [
  [0.31, -0.22],
  [-0.37, 0.29],
  [0.05, 0.28],
  [-0.4, -0.3],
] as const;

const camera = (model: CameraModel, distortion: readonly number[]): KnownCamera => ({
  model,
  size: { width: 640, height: 480 },
  ...{ fx: 812.5, fy: 798, cx: 330.25, cy: 242.75 },
  distortion,
});

const LENSES: Record<CameraModel, readonly (readonly number[])[]> = {
  PINHOLE: [[]],
  OPENCV: [
    [-0.28, 0.09, 0.0011, -0.0007],
    [0.2, -0.05, -0.002, 0.001],
    [0, 0, 0, 0],
  ],
  FULL_OPENCV: [
    [-0.28, 0.09, 0.0011, -0.0007, -0.012, 0, 0, 0],
    [0.9, 0.4, 0.0006, -0.0009, 0.05, 1.15, 0.52, 0.09],
  ],
  OPENCV_FISHEYE: [
    [0.031, -0.012, 0.004, -0.0009],
    [0, 0, 0, 0],
  ],
  FOV: [[0.93], [1e-10]],
  THIN_PRISM_FISHEYE: [[0.031, -0.012, 0.0011, -0.0007, 0.004, -0.0009, 0.0013, -0.0008]],
  RAD_TAN_THIN_PRISM_FISHEYE: [
    [0.031, -0.012, 0.004, -0.0009, 0.0003, -0.0001, 0.0011, -0.0007, 0.0013, -0.0002, -0.0008, 0.0004],
  ],
};

describe('lenses bend as OpenCV has it', () => {
  // cv2 4.13: projectPoints, and fisheye.distortPoints, of POINTS at depth 1.
  test.each([
    [
      'OPENCV',
      0,
      [
        [572.0940610422, 74.2512474779],
        [46.4330044438, 461.3284962998],
        [369.9548613366, 461.4532628912],
        [26.0621875, 19.004765],
      ],
    ],
    [
      'FULL_OPENCV',
      0,
      [
        [572.0849415669, 74.2576038653],
        [46.4719432973, 461.298521316],
        [369.9546032174, 461.4518432201],
        [26.123125, 19.0496525],
      ],
    ],
    [
      'FULL_OPENCV',
      1,
      [
        [573.5217531452, 73.1821061462],
        [43.606818763, 463.3882591526],
        [370.0466127195, 461.9979272278],
        [22.3204133484, 16.1786915942],
      ],
    ],
    [
      'OPENCV_FISHEYE',
      0,
      [
        [571.8836937711, 74.3283175049],
        [47.6661795091, 460.2819675276],
        [369.9212539914, 460.9443382605],
        [27.0264316925, 19.3908546067],
      ],
    ],
  ] as const)('%s %d', (model, which, pixels) => {
    POINTS.forEach(([x, y], i) => {
      const at = pixelOfRay(camera(model, LENSES[model][which]), { x, y });
      expect(Math.hypot(at.x - pixels[i][0], at.y - pixels[i][1])).toBeLessThan(1e-9);
    });
  });

  test('the other models are these where their further parameters are zero, and FOV its own formula', () => {
    const fisheye = camera('OPENCV_FISHEYE', [0.031, -0.012, 0.004, -0.0009]);
    const thin = camera('THIN_PRISM_FISHEYE', [0.031, -0.012, 0, 0, 0.004, -0.0009, 0, 0]);
    const radTan = camera('RAD_TAN_THIN_PRISM_FISHEYE', [0.031, -0.012, 0.004, -0.0009, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (const [x, y] of POINTS) {
      expect(pixelOfRay(thin, { x, y })).toEqual(pixelOfRay(fisheye, { x, y }));
      expect(pixelOfRay(radTan, { x, y }).x).toBeCloseTo(pixelOfRay(fisheye, { x, y }).x, 10);
    }
    const at = pixelOfRay(camera('FOV', [0.93]), { x: 0.5, y: 0 });
    expect(at.x).toBeCloseTo(330.25 + (812.5 * Math.atan(2 * 0.5 * Math.tan(0.465))) / 0.93, 9);
  });
});

test.each(Object.keys(CAMERA_MODELS) as CameraModel[])(
  '%s: what is bent is straightened to a billionth of a pixel',
  (model) => {
    for (const distortion of LENSES[model]) {
      const lens = camera(model, distortion);
      const random = seededRandom(3);
      for (let i = 0; i < 300; i++) {
        const ray = { x: 0.9 * (random() - 0.5), y: 0.7 * (random() - 0.5) };
        const pixel = pixelOfRay(lens, ray);
        const back = pixelOfRay(lens, rayOfPixel(lens, pixel));
        expect(Math.hypot(back.x - pixel.x, back.y - pixel.y)).toBeLessThan(1e-9);
        const again = rayOfPixel(lens, pixel);
        expect(Math.hypot(again.x - ray.x, again.y - ray.y) * lens.fx).toBeLessThan(1e-8);
      }
    }
  },
);

test('fisheyes are straightened far from the axis; beyond the fold of a barrel and beyond 90° there is nothing', () => {
  const wide = { ...camera('OPENCV_FISHEYE', [0.031, -0.012, 0.004, -0.0009]), fx: 200, fy: 200 };
  const ray = { x: Math.tan(1.3), y: 0.4 };
  const back = rayOfPixel(wide, pixelOfRay(wide, ray));
  expect(Math.hypot(back.x - ray.x, back.y - ray.y)).toBeLessThan(1e-9);
  expect(rayOfPixel({ ...wide, fx: 20 }, { x: 640, y: 242.75 }).x).toBeNaN();
  // r (1 − 0.4 r²) turns at r = 0.913 and shows nothing beyond 0.608.
  const barrel = camera('OPENCV', [-0.4, 0, 0, 0]);
  expect(rayOfPixel(barrel, { x: 330.25 + 812.5 * 0.6, y: 242.75 }).x).toBeLessThan(0.913);
  expect(rayOfPixel(barrel, { x: 330.25 + 812.5 * 0.62, y: 242.75 }).x).toBeNaN();
});

test('a camera is a text and back, fits photos of its shape at any scale, and is refused for another one', () => {
  for (const [model, all] of Object.entries(LENSES)) {
    const one = camera(model as CameraModel, all[0]);
    expect(cameraOfText(cameraText(one))).toEqual(one);
    expect(isBent(one)).toBe(model !== 'PINHOLE');
  }
  expect(isBent(camera('OPENCV', [0, 0, 0, 0]))).toBe(false);
  const free = { ...camera('PINHOLE', []), size: null };
  expect(cameraOfText(cameraText(free))).toEqual(free);
  for (const text of [
    '',
    'PINHOLE',
    'PINHOLE,640,480,1,1,1',
    'PINHOLE,640,480,-1,1,1,1',
    'SPHERE,1,1,1,1,1,1',
    'toString,1,1,1,1,1,1',
    'OPENCV,640,480,1,1,1,1,x,0,0,0',
  ]) {
    expect(cameraOfText(text), text).toBeUndefined();
  }
  const half = cameraOfPhoto(camera('PINHOLE', []), { width: 320, height: 240 }, 'A');
  expect(half).toMatchObject({ fx: 406.25, fy: 399, cx: 165.125, cy: 121.375, size: { width: 320 } });
  expect(() => cameraOfPhoto(camera('PINHOLE', []), { width: 480, height: 640 }, 'B')).toThrow(
    expect.objectContaining({
      code: 'camera-size',
      message: expect.stringContaining('photo B was measured on 640 × 480'),
    }),
  );
});
