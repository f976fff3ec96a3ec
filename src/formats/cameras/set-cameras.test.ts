import { describe, expect, test } from 'vitest';
import { cameraText, mayHoldCameras } from '../../core/camera-model.ts';
import { camerasOfPhotos } from './set-cameras.ts';

const SIZE = { width: 640, height: 480 };
const PHOTOS = ['left.jpg', 'right.jpg', 'far.png'].map((name) => ({ name, size: SIZE }));

async function told(files: Record<string, string>, photos: readonly { name: string; size: typeof SIZE }[] = PHOTOS) {
  const { cameras, refused } = await camerasOfPhotos(
    Object.entries(files).map(([name, text]) => ({ name, text })),
    photos,
  );
  return {
    cameras: cameras.map((camera) => camera && cameraText(camera)),
    refused: refused.map(({ name, error }) => `${name}: ${error.code}`),
  };
}

const ONE = 'SIMPLE_RADIAL,640,480,700,320,240,-0.1';
const TWO = 'OPENCV,640,480,600,610,321,239,-0.1,0.02,0.001,-0.002';
const CAMERAS_TXT = `# Camera list
1 SIMPLE_RADIAL 640 480 700 320 240 -0.1
2 OPENCV 640 480 600 610 321 239 -0.1 0.02 0.001 -0.002
`;

describe('which camera took which photo', () => {
  test('COLMAP’s cameras.txt beside its images.txt: by file name, in either order', async () => {
    const images = `# Image list with two lines of data per image:
1 1 0 0 0 0 0 0 1 left.jpg
0.5 0.5 -1 3 4 -1
2 0.7 0 0 -0.7 1.5 -2e-3 0 2 photos/RIGHT.jpg

3 1 0 0 0 0 0 0 2 elsewhere.jpg

`;
    const both = { 'images.txt': images, 'cameras.txt': CAMERAS_TXT };
    expect(await told(both)).toEqual({ cameras: [ONE, TWO, null], refused: [] });
    expect(await told({ 'cameras.txt': CAMERAS_TXT, 'images.txt': images })).toEqual(await told(both));
    expect(await told({ 'images.txt': images })).toEqual({
      cameras: [null, null, null],
      refused: ['images.txt: camera-nobodys'],
    });
  });

  test('one camera is every photo’s of its shape, at any scale', async () => {
    const one = { 'cameras.txt': '1 SIMPLE_RADIAL 1280 960 1400 640 480 -0.1\n' };
    expect((await told(one)).cameras).toEqual([ONE, ONE, ONE]);
    const portrait = [PHOTOS[0], { name: 'tall.jpg', size: { width: 480, height: 640 } }];
    expect((await told(one, portrait)).cameras).toEqual([ONE, null]);
    expect(await told(one, [portrait[1]])).toEqual({ cameras: [null], refused: ['cameras.txt: camera-size'] });
    const tall = { 'cameras.txt': `${CAMERAS_TXT.split('\n')[1]}\n2 PINHOLE 480 640 500 500 240 320\n` };
    expect((await told(tall, portrait)).cameras).toEqual([ONE, 'PINHOLE,480,640,500,500,240,320']);
  });

  test('several that fit are none: it is said so', async () => {
    expect(await told({ 'cameras.txt': CAMERAS_TXT })).toEqual({
      cameras: [null, null, null],
      refused: ['cameras.txt: camera-ambiguous'],
    });
  });

  test('a calibration that is called as its photo, and JSON by file name, go before one for all', async () => {
    const yaml = `%YAML:1.0
camera_matrix: { rows: 3, cols: 3, data: [600, 0, 320.5, 0, 610, 238.5, 0, 0, 1] }
distortion_coefficients: { rows: 1, cols: 4, data: [-0.1, 0.02, 0.001, -0.002] }
image_width: 640
image_height: 480
`;
    const all = { 'rig.txt': CAMERAS_TXT.split('\n')[1] };
    expect((await told({ 'right.yml': yaml, ...all })).cameras).toEqual([ONE, TWO, ONE]);
    expect((await told({ 'right.jpg.yaml': yaml, 'far.camera.yml': yaml })).cameras).toEqual([null, TWO, TWO]);
    const json = (about: unknown) => ({ 'any.json': JSON.stringify(about), ...all });
    const camera = {
      fx: 600,
      fy: 610,
      cx: 321,
      cy: 239,
      distortion: [-0.1, 0.02, 0.001, -0.002],
      width: 640,
      height: 480,
    };
    expect((await told(json({ 'right.jpg': camera }))).cameras).toEqual([ONE, TWO, ONE]);
    expect((await told(json({ cameras: [{ image: 'a/far.png', ...camera }] }))).cameras).toEqual([ONE, ONE, TWO]);
    const { fx: fl_x, fy: fl_y, width: w, height: h, cx, cy } = camera;
    const frame = {
      file_path: './images/left',
      ...{ fl_x, fl_y, w, h, cx, cy, k1: -0.1, k2: 0.02, p1: 0.001, p2: -0.002 },
    };
    expect((await told(json({ camera_model: 'OPENCV', frames: [frame] }))).cameras).toEqual([TWO, ONE, ONE]);
  });

  test('Kalibr’s is in pixels whose first centre is 0', async () => {
    const kalibr =
      'cam0:\n  camera_model: pinhole\n  intrinsics: [600, 610, 320.5, 238.5]\n  distortion_model: radtan\n  distortion_coeffs: [-0.1, 0.02, 0.001, -0.002]\n  resolution: [640, 480]\n';
    expect((await told({ 'camchain.yaml': kalibr })).cameras).toEqual([TWO, TWO, TWO]);
  });

  test('what tells no camera is refused, and the others are taken', async () => {
    const files = {
      'notes.txt': 'the photos of Sunday',
      'broken.json': '{"fx": 1',
      'empty.txt': '',
      'omni.yaml': 'cam0:\n  camera_model: omni\n  intrinsics: [1, 2, 3, 4, 5]\n',
      'cameras.txt': CAMERAS_TXT.split('\n')[1],
    };
    expect(Object.keys(files).every(mayHoldCameras)).toBe(true);
    const { cameras, refused } = await told(files);
    expect(cameras).toEqual([ONE, ONE, ONE]);
    expect(refused).toEqual([
      'notes.txt: camera-unknown',
      'broken.json: camera-malformed',
      'empty.txt: camera-unknown',
      expect.stringMatching(/^omni\.yaml: camera-/),
    ]);
  });
});
