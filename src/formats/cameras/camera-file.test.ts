import { describe, expect, test } from 'vitest';
import { toPlainError } from '../../core/errors.ts';
import { seededRandom } from '../../geometry/random.ts';
import { chooseCamera, MAX_CAMERA_FILE_BYTES, readCameraFile } from './camera-file.ts';

const read = (text: string) => readCameraFile('file', text);
const codeOf = (text: string) =>
  read(text).then(
    () => 'none',
    (thrown: unknown) => toPlainError(thrown).code,
  );

const COLMAP = `# Camera list with one line of data per camera:
#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]
1 SIMPLE_RADIAL 640 480 700.5 320 240 -0.1
2 OPENCV 640 480 700 710 321 239 -0.1 0.02 0.001 -0.002
7 RADIAL_FISHEYE 1000 500 400 500 250 0.01 0.002
9 FULL_OPENCV 640 480 700 710 321 239 1 2 3 4 5 6 7 8
`;

const OPENCV = `%YAML:1.0
---
calibration_time: "Mon 1 Jan"
image_width: 640
image_height: 480
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 700., 0., 320.5, 0., 710.,
       240.25, 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 1
   cols: 5
   dt: d
   data: [ -0.1, 0.02, 0.001, -0.002, 0. ]
`;

const KALIBR = `cam0:
  camera_model: pinhole
  distortion_coeffs: [0.01, 0.002, 0.0003, 0.0004]
  distortion_model: equidistant
  intrinsics: [461.6, 460.3, 363.0, 248.1]
  resolution: [752, 480]
  rostopic: /cam0/image_raw
cam1:
  T_cn_cnm1:
  - [1.0, 0.0, 0.0, -0.1]
  - [0.0, 1.0, 0.0, 0.0]
  camera_model: pinhole
  distortion_coeffs: [-0.28, 0.07, 0.0002, 1.7e-05]
  distortion_model: radtan
  intrinsics: [458.6, 457.2, 367.2, 248.3]
  resolution: [752, 480]
`;

describe('cameras of files', () => {
  test('COLMAP’s, with the short models as the full ones', async () => {
    const cameras = await read(COLMAP);
    expect(cameras.map(({ name, camera }) => [name, camera.model])).toEqual([
      ['camera 1', 'OPENCV'],
      ['camera 2', 'OPENCV'],
      ['camera 7', 'OPENCV_FISHEYE'],
      ['camera 9', 'FULL_OPENCV'],
    ]);
    expect(cameras[0].camera).toMatchObject({ fx: 700.5, fy: 700.5, cx: 320, cy: 240, distortion: [-0.1, 0, 0, 0] });
    expect(cameras[2].camera).toMatchObject({ size: { width: 1000, height: 500 }, distortion: [0.01, 0.002, 0, 0] });
    // The second for B; a photo of another shape gets the one that has it.
    expect(chooseCamera(cameras, 1, { width: 1280, height: 960 })?.name).toBe('camera 2');
    expect(chooseCamera(cameras, 0, { width: 2000, height: 1000 })?.name).toBe('camera 7');
    expect(chooseCamera(cameras, 0, { width: 500, height: 1000 })).toBeNull();
    // A photo's own name goes before its place.
    const named = [
      { ...cameras[0], name: 'right.jpg' },
      { ...cameras[1], name: 'photos/left.jpg' },
    ];
    expect(chooseCamera(named, 0, { width: 640, height: 480 }, 'left.jpg')).toBe(named[1]);
    expect(chooseCamera(named, 0, { width: 640, height: 480 }, 'other.jpg')).toBe(named[0]);
  });

  test('OpenCV’s and ROS’s, whose first pixel’s centre is 0', async () => {
    const [{ camera }] = await read(OPENCV);
    expect(camera).toEqual({
      model: 'OPENCV',
      size: { width: 640, height: 480 },
      ...{ fx: 700, fy: 710, cx: 321, cy: 240.75 },
      distortion: [-0.1, 0.02, 0.001, -0.002],
    });
    const ros = OPENCV.replaceAll(' !!opencv-matrix', '').replace(
      '0., 0., 1. ]',
      '0., 0., 1. ]\ndistortion_model: rational_polynomial',
    );
    expect((await read(ros.replace('-0.002, 0. ]', '-0.002, 0.5, 0.1, 0.2, 0.3 ]')))[0].camera).toMatchObject({
      model: 'FULL_OPENCV',
      distortion: [-0.1, 0.02, 0.001, -0.002, 0.5, 0.1, 0.2, 0.3],
    });
    const json = '{"camera_matrix": [[700, 0, 320], [0, 710, 240], [0, 0, 1]], "dist_coeff": [[0, 0, 0, 0, 0]]}';
    expect((await read(json))[0].camera).toMatchObject({ model: 'PINHOLE', size: null, cx: 320.5 });
    expect(
      (await read('M1: {data: [5,0,1,0,5,1,0,0,1]}\nD1: {data: [1,0,0,0]}\nM2: {data: [6,0,1,0,6,1,0,0,1]}')).length,
    ).toBe(2);
  });

  test('Kalibr’s, one a camera', async () => {
    const [first, second] = await read(KALIBR);
    expect(first).toMatchObject({ name: 'cam0', camera: { model: 'OPENCV_FISHEYE', cx: 363.5, size: { width: 752 } } });
    expect(second).toMatchObject({
      name: 'cam1',
      camera: { model: 'OPENCV', distortion: [-0.28, 0.07, 0.0002, 1.7e-5] },
    });
  });

  test('plain JSON and nerfstudio’s', async () => {
    expect((await read('{"fx": 500, "width": 640, "height": 480}'))[0].camera).toEqual({
      ...{ model: 'PINHOLE', size: { width: 640, height: 480 }, fx: 500, fy: 500, cx: 320, cy: 240, distortion: [] },
    });
    const nerf =
      '{"camera_model": "OPENCV", "fl_x": 500, "fl_y": 510, "cx": 320, "cy": 240, "w": 640, "h": 480, "k1": 0.1, "p2": 0.2, "frames": []}';
    expect((await read(nerf))[0].camera).toMatchObject({
      model: 'OPENCV',
      fy: 510,
      cx: 320,
      distortion: [0.1, 0, 0, 0.2],
    });
    const listed =
      '[{"fx": 5, "cx": 3, "cy": 2, "pixel_center": 0}, {"fx": 6, "cx": 3, "cy": 2, "model": "FOV", "distortion": [0.9]}]';
    expect((await read(listed)).map(({ camera }) => [camera.cx, camera.model])).toEqual([
      [3.5, 'PINHOLE'],
      [3, 'FOV'],
    ]);
  });

  test.each([
    ['', 'camera-unknown'],
    ['hello', 'camera-unknown'],
    ['{"a": 1}', 'camera-unknown'],
    ['{', 'camera-malformed'],
    ['a: [1, 2', 'camera-malformed'],
    ['{"fx": 0, "width": 4, "height": 3}', 'camera-malformed'],
    ['{"fx": 5}', 'camera-malformed'],
    ['1 SPHERE 640 480 1 2 3', 'camera-unsupported'],
    ['1 OPENCV 640 480 1 2 3', 'camera-malformed'],
    ['1 toString 640 480 1 2 3', 'camera-unknown'],
    ['cam0: {camera_model: omni, intrinsics: [1, 2, 3, 4]}', 'camera-unsupported'],
    [OPENCV.replace('0., 320.5', '9., 320.5'), 'camera-unsupported'],
    [OPENCV.replace('-0.002, 0. ]', '-0.002, 0., 0., 0., 0., 1. ]'), 'camera-unsupported'],
    ['x'.repeat(MAX_CAMERA_FILE_BYTES + 1), 'limit-exceeded'],
    [`a: &a [1]\n${'b: *a\n'.repeat(20)}`, 'camera-malformed'],
  ])('%#: what is none is refused with a reason', async (text, code) => {
    expect(await codeOf(text)).toBe(code);
  });

  test('damaged files are refused or read, never worse', async () => {
    const random = seededRandom(7);
    for (const whole of [COLMAP, OPENCV, KALIBR]) {
      for (let i = 0; i < 60; i++) {
        const at = Math.floor(random() * whole.length);
        const cut =
          whole.slice(0, at) +
          String.fromCharCode(32 + Math.floor(90 * random())) +
          whole.slice(at + 1 + Math.floor(3 * random()));
        expect(['none', 'camera-malformed', 'camera-unknown', 'camera-unsupported']).toContain(await codeOf(cut));
      }
    }
  });
});
