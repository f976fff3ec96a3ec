import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CAMERA_MODELS,
  type CameraModel,
  cameraOfPhoto,
  cameraOfText,
  cameraText,
  colmapCamera,
  type KnownCamera,
} from '../core/camera-model.ts';
import { isBent, pixelOfRay, rayOfPixel } from './lens.ts';
import { seededRandom } from './random.ts';

/** Debian's COLMAP opens a window's library even where it shows none. */
const OFFSCREEN = { ...process.env, QT_QPA_PLATFORM: 'offscreen' };

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

  // COLMAP 4.1.1, its src/colmap compiled: Camera::ImgFromCam of POINTS at depth 1.
  test.each([
    [
      'FOV',
      [
        [589.8644794083, 61.7954868291],
        [27.1833421103, 476.0495791063],
        [372.945580848, 477.5783220843],
        [5.25, 3.35],
      ],
    ],
    [
      'THIN_PRISM_FISHEYE',
      [
        [571.7368696969, 74.507085654],
        [47.4566502198, 460.5619652084],
        [369.9797439552, 461.0785231789],
        [27.159175115, 19.4629036521],
      ],
    ],
    [
      'RAD_TAN_THIN_PRISM_FISHEYE',
      [
        [572.369640061, 74.0148162862],
        [48.3648026188, 459.8109538282],
        [370.0597970258, 460.7938080887],
        [27.5731937909, 19.2413124909],
      ],
    ],
  ] as const)('%s as COLMAP 4.1.1 has it', (model, pixels) => {
    POINTS.forEach(([x, y], i) => {
      const at = pixelOfRay(camera(model, LENSES[model][0]), { x, y });
      expect(Math.hypot(at.x - pixels[i][0], at.y - pixels[i][1])).toBeLessThan(1e-9);
    });
  });

  // COLMAP's formulas (sensor/models.h) in polar coordinates, φ the azimuth: there both tangential terms are double angles.
  const polar = ([x, y]: readonly [number, number]) => ({ r: Math.hypot(x, y), phi: Math.atan2(y, x) });
  const pixel = (u: number, v: number) => ({ x: 330.25 + 812.5 * u, y: 242.75 + 798 * v });
  const tangential = (rho: number, phi: number, p1: number, p2: number) => [
    rho ** 2 * (p1 * Math.sin(2 * phi) + p2 * (2 + Math.cos(2 * phi))),
    rho ** 2 * (p2 * Math.sin(2 * phi) + p1 * (2 - Math.cos(2 * phi))),
  ];
  const series = (theta: number, ks: readonly number[]) =>
    ks.reduce((sum, k, i) => sum + k * theta ** (2 * i + 3), theta);
  const EXPECTED: Partial<
    Record<CameraModel, (point: readonly [number, number], d: readonly number[]) => [number, number]>
  > = {
    FOV: (point, [omega]) => {
      const { r, phi } = polar(point);
      const seen = Math.atan(2 * r * Math.tan(omega / 2)) / omega;
      return [seen * Math.cos(phi), seen * Math.sin(phi)];
    },
    THIN_PRISM_FISHEYE: (point, [k1, k2, p1, p2, k3, k4, sx, sy]) => {
      const { r, phi } = polar(point);
      const theta = Math.atan(r);
      const radial = series(theta, [k1, k2, k3, k4]);
      const [tx, ty] = tangential(theta, phi, p1, p2);
      return [radial * Math.cos(phi) + tx + sx * theta ** 2, radial * Math.sin(phi) + ty + sy * theta ** 2];
    },
    RAD_TAN_THIN_PRISM_FISHEYE: (point, [k0, k1, k2, k3, k4, k5, p0, p1, s0, s1, s2, s3]) => {
      const { r, phi } = polar(point);
      // The tangential terms and the prism are over the place that the radial series has moved already.
      const rho = series(Math.atan(r), [k0, k1, k2, k3, k4, k5]);
      const [tx, ty] = tangential(rho, phi, p1, p0);
      return [
        rho * Math.cos(phi) + tx + s0 * rho ** 2 + s1 * rho ** 4,
        rho * Math.sin(phi) + ty + s2 * rho ** 2 + s3 * rho ** 4,
      ];
    },
  };
  test.each(Object.keys(EXPECTED) as CameraModel[])('%s: COLMAP’s formula in closed form', (model) => {
    // Ten times the usual coefficients: no term may hide behind another.
    const strong = LENSES[model][0].map((value) => (model === 'FOV' ? value : 10 * value));
    for (const point of [...POINTS, [1.1, 0], [0, -0.9]] as const) {
      const [u, v] = EXPECTED[model]!(point, strong);
      const [at, wanted] = [pixelOfRay(camera(model, strong), { x: point[0], y: point[1] }), pixel(u, v)];
      expect(Math.hypot(at.x - wanted.x, at.y - wanted.y)).toBeLessThan(1e-9);
    }
  });
});

/**
 * COLMAP itself as the judge: points of a scene where our lenses show them. Its point_filtering works every reprojection out by its
 * own models and takes away what is off by more than a millionth of a pixel. COLMAP 3.8 knows no RAD_TAN_THIN_PRISM_FISHEYE.
 */
test.runIf(spawnSync('colmap', ['help'], { env: OFFSCREEN }).status === 0)(
  'COLMAP agrees to a millionth of a pixel, and would not with one off by a hundred-thousandth',
  () => {
    const models = (Object.keys(LENSES) as CameraModel[]).filter((model) => model !== 'RAD_TAN_THIN_PRISM_FISHEYE');
    const cameras = models.map((model) => camera(model, LENSES[model][0]));
    const kept = (nudge: number) => {
      const folder = mkdtempSync(join(tmpdir(), 'lens-'));
      const write = (name: string, lines: readonly string[]) =>
        writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
      try {
        const points = POINTS.map(([x, y]) => [4 * x, 4 * y, 4] as const);
        write(
          'cameras.txt',
          cameras.map((one, i) => [i + 1, one.model, 640, 480, ...colmapCamera(one).params].join(' ')),
        );
        // Two images a camera, the second half a unit to the right: tracks need two.
        const shown = (one: KnownCamera, shift: number) =>
          points.map(([x, y, z]) => pixelOfRay(one, { x: (x - shift) / z, y: y / z }));
        write(
          'images.txt',
          cameras.flatMap((one, i) =>
            [0, 0.5].flatMap((shift, k) => [
              `${2 * i + k + 1} 1 0 0 0 ${-shift} 0 0 ${i + 1} ${i}-${k}.jpg`,
              shown(one, shift)
                .map(({ x, y }, p) => `${x + nudge} ${y} ${i * points.length + p + 1}`)
                .join(' '),
            ]),
          ),
        );
        write(
          'points3D.txt',
          cameras.flatMap((_, i) =>
            points.map(
              (point, p) =>
                `${i * points.length + p + 1} ${point.join(' ')} 0 0 0 0 ${2 * i + 1} ${p} ${2 * i + 2} ${p}`,
            ),
          ),
        );
        const where = ['--input_path', folder, '--output_path', folder];
        const limits = ['--max_reproj_error', '1e-6', '--min_tri_angle', '0'];
        execFileSync('colmap', ['point_filtering', ...where, ...limits], { env: OFFSCREEN, stdio: 'ignore' });
        // points3D.bin begins with how many there are.
        return Number(readFileSync(join(folder, 'points3D.bin')).readBigUInt64LE(0));
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
    expect(kept(0)).toBe(models.length * POINTS.length);
    expect(kept(1e-5)).toBe(0);
  },
);

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
  const short = cameraOfText('SIMPLE_RADIAL,640,480,700,320,240,-0.1')!;
  expect(short).toMatchObject({ model: 'OPENCV', fx: 700, fy: 700, distortion: [-0.1, 0, 0, 0] });
  expect(cameraText(short)).toBe('SIMPLE_RADIAL,640,480,700,320,240,-0.1');
  // On a copy whose sides were rounded apart it has two focal lengths.
  const odd = cameraOfPhoto(short, { width: 320, height: 239 }, 'A');
  expect(colmapCamera(odd)).toMatchObject({
    model: 'OPENCV',
    params: [350, (700 * 239) / 480, 160, 119.5, -0.1, 0, 0, 0],
  });
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
