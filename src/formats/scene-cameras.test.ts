import { describe, expect, it } from 'vitest';
import { apply3 } from '../core/rotation.ts';
import { cameraCentre } from '../gaussians/camera.ts';
import { randomNumbers } from './fixtures.test-helper.ts';
import { encodeCamerasJson, readSceneCameras } from './scene-cameras.ts';

/** A camera at (1, 2, 3) that looks along the world's +x, its down along −z: rows are right, down, forward. */
const ROTATION = [0, -1, 0, 0, 0, -1, 1, 0, 0];
const CENTER = [1, 2, 3];

const JSON_ENTRY = {
  id: 0,
  img_name: 'IMG_0001',
  ...{ width: 640, height: 480, fx: 500, fy: 510 },
  position: CENTER,
  // Camera to world: the transpose.
  rotation: [
    [0, 0, 1],
    [-1, 0, 0],
    [0, -1, 0],
  ],
};

const CAMERAS_TXT = `# Camera list with one line of data per camera:
#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]
1 PINHOLE 640 480 500 510 320 240
7 SIMPLE_RADIAL 100 50 80 50.5 25.25 0.01
`;
// The quaternion of ROTATION; −R·CENTER.
const IMAGES_TXT = `# Image list with two lines of data per image:
1 0.5 0.5 -0.5 0.5 2 3 -1 1 IMG 0001.jpg
10.5 20.5 -1 30.5 40.5 7
2 1 0 0 0 0 0 0 7 second.jpg

`;

describe('cameras of a scene', () => {
  it('come from cameras.json', () => {
    const { cameras, notes } = readSceneCameras([{ name: 'cameras.json', text: JSON.stringify([JSON_ENTRY]) }]);
    const [{ name, width, height, fx, fy, cx, cy, rotation }] = cameras;
    expect({ name, width, height, fx, fy, cx, cy }).toEqual({
      ...{ name: 'IMG_0001', width: 640, height: 480, fx: 500, fy: 510, cx: 320, cy: 240 },
    });
    expect(rotation).toEqual(ROTATION);
    cameraCentre(cameras[0]).forEach((value, k) => expect(value).toBeCloseTo(CENTER[k], 12));
    expect(notes).toEqual([]);
  });

  it('come back from the cameras.json that we write', () => {
    const [camera] = readSceneCameras([{ name: 'c', text: JSON.stringify([JSON_ENTRY]) }]).cameras;
    const { cameras } = readSceneCameras([{ name: 'c', text: encodeCamerasJson([camera, { ...camera, name: 'b' }]) }]);
    expect(cameras).toEqual([camera, { ...camera, name: 'b' }]);
  });

  it('come from COLMAP’s text model, whichever file is first, keypoints passed over', () => {
    const files = [
      { name: 'images.txt', text: IMAGES_TXT },
      { name: 'cameras.txt', text: CAMERAS_TXT },
    ];
    const { cameras, notes } = readSceneCameras(files);
    expect(readSceneCameras(files.toReversed())).toEqual({ cameras, notes });
    expect(cameras.map(({ name }) => name)).toEqual(['IMG 0001.jpg', 'second.jpg']);
    cameras[0].rotation.forEach((value, k) => expect(value).toBeCloseTo(ROTATION[k], 12));
    cameraCentre(cameras[0]).forEach((value, k) => expect(value).toBeCloseTo(CENTER[k], 12));
    // What lies straight ahead is on the axis.
    const [x, y, z] = apply3(cameras[0].rotation, [5, 2, 3]);
    expect([x + 2, y + 3, z - 1].map((value) => Math.round(1e9 * value) / 1e9)).toEqual([0, 0, 4]);
    expect(cameras[1]).toMatchObject({ width: 100, height: 50, fx: 80, fy: 80, cx: 50.5, cy: 25.25 });
    expect(notes).toEqual([expect.stringContaining('1 of 2 cameras have a lens distortion')]);
  });

  const refusals: [string, { name: string; text: string }[], string][] = [
    ['no JSON', [{ name: 'cameras.json', text: '[{' }], 'cameras-malformed'],
    ['another JSON', [{ name: 'cameras.json', text: '{"a": 1}' }], 'cameras-malformed'],
    ['an empty list', [{ name: 'cameras.json', text: '[]' }], 'cameras-malformed'],
    [
      'a mirror',
      [
        {
          name: 'c',
          text: JSON.stringify([
            {
              ...JSON_ENTRY,
              rotation: [
                [1, 0, 0],
                [0, 1, 0],
                [0, 0, -1],
              ],
            },
          ]),
        },
      ],
      'cameras-malformed',
    ],
    ['one of COLMAP’s files', [{ name: 'images.txt', text: IMAGES_TXT }], 'cameras-incomplete'],
    ['nothing', [], 'cameras-incomplete'],
    [
      'a fisheye',
      [
        { name: 'images.txt', text: IMAGES_TXT },
        { name: 'cameras.txt', text: '1 OPENCV_FISHEYE 640 480 1 2 3 4 5 6 7 8' },
      ],
      'cameras-unsupported',
    ],
    [
      'a camera that is not there',
      [
        { name: 'images.txt', text: IMAGES_TXT },
        { name: 'cameras.txt', text: '3 PINHOLE 640 480 500 510 320 240\n' },
      ],
      'cameras-malformed',
    ],
  ];
  it.each(refusals)('say what is wrong with %s', (_what, files, code) => {
    expect(() => readSceneCameras(files)).toThrow(expect.objectContaining({ name: 'CodedError', code }));
  });

  it('give a value or a coded error for any damage', () => {
    const random = randomNumbers(3);
    const texts = [JSON.stringify([JSON_ENTRY, JSON_ENTRY]), CAMERAS_TXT, IMAGES_TXT];
    let values = 0;
    for (let i = 0; i < 600; i++) {
      const damaged = texts.map((text) => {
        const at = Math.floor(random() * text.length);
        const put = ['', '-', ' ', '\n', '9e999', 'x', '"', '0'][Math.floor(random() * 8)];
        return text.slice(0, at) + put + text.slice(at + Math.floor(random() * 3));
      });
      for (const files of [[damaged[0]], damaged.slice(1)]) {
        try {
          values += readSceneCameras(files.map((text, k) => ({ name: `${k}`, text }))).cameras.length;
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'CodedError' });
        }
      }
    }
    expect(values).toBeGreaterThan(50);
  });
});
