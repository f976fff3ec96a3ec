import { describe, expect, it } from 'vitest';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { cameraText, type KnownCamera } from '../../../../core/camera-model.ts';
import { encodeOpenCvYaml } from '../../../../formats/matches/opencv-yml.ts';
import { readCameraFile } from '../../../../formats/cameras/camera-file.ts';
import { epipolarCurve } from '../../../../geometry/epipolar-curve.ts';
import { pixelOfRay } from '../../../../geometry/lens.ts';
import { poseError } from '../../../../geometry/measures.ts';
import { KA, KB, POSE, twoViews } from '../../../../geometry/scene.test-helper.ts';
import { matchTable } from '../../../../matching/match-table.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { twoViewGeometry } from '../exports/two-view-geometry.ts';
import { camerasByName } from './camera-files.ts';
import { makeCloud } from './cloud.ts';
import { fitAsJson } from './fit-files.ts';
import { type FitSource, fitMatch } from './fit-match.ts';

const SIZE = { width: 640, height: 480 };
/** A strong barrel, and a fisheye whose principal point is off the centre: no focal length alone explains them. */
const CAMERAS: Record<'a' | 'b', KnownCamera> = {
  a: { model: 'OPENCV', size: SIZE, fx: 520, fy: 500, cx: 338, cy: 225, distortion: [-0.28, 0.09, 0.001, -0.0007] },
  b: {
    model: 'OPENCV_FISHEYE',
    size: SIZE,
    fx: 450,
    fy: 455,
    cx: 300,
    cy: 262,
    distortion: [0.03, -0.01, 0.004, -0.001],
  },
};
const COUNT = 600;
const OUTLIERS = 150;

/** What both lenses show of the scene, as sampled rows. */
function rows(): Float32Array {
  const { pairs } = twoViews({ points: COUNT, outliers: OUTLIERS, noise: 0.3 });
  const made = new Float32Array(COUNT * ROW_FLOATS);
  for (let i = 0; i < COUNT; i++) {
    const a = pixelOfRay(CAMERAS.a, { x: (pairs.xa[i] - KA[2]) / KA[0], y: (pairs.ya[i] - KA[5]) / KA[4] });
    const b = pixelOfRay(CAMERAS.b, { x: (pairs.xb[i] - KB[2]) / KB[0], y: (pairs.yb[i] - KB[5]) / KB[4] });
    made.set([a.x / 320 - 1, a.y / 240 - 1, b.x / 320 - 1, b.y / 240 - 1, 0.9, i % 2], ROW_FLOATS * i);
  }
  return made;
}

const ROWS = rows();
const PHOTOS = { a: SIZE, b: SIZE };
const source: FitSource = {
  photos: PHOTOS,
  exifFocal: { a: null, b: null },
  verdict: 'good',
  sample: async () => ROWS,
  readField: async () => ({
    grid: { width: 4, height: 3 },
    warp: new Float32Array(24),
    certainty: new Float32Array(12),
    cycle: new Float32Array(12),
  }),
};
const request = (camera: typeof CAMERAS | { a: null; b: null }) => ({
  settings: {
    ...DEFAULT_FIT,
    model: 'essential' as const,
    camera: { a: camera.a && cameraText(camera.a), b: camera.b && cameraText(camera.b) },
  },
  certainty: 0,
  cycleLimit: 0,
});

describe('measured cameras', () => {
  it('bring the true pose where focal lengths alone cannot', async () => {
    const { result } = await fitMatch(request(CAMERAS), source, {});
    expect(poseError(result.cameras!, POSE)).toBeLessThan(0.5);
    expect(result.inlierRatio).toBeGreaterThan(0.95 * (1 - OUTLIERS / COUNT));
    expect(result.cameras!.intrinsics).toMatchObject({
      a: { source: 'known', camera: CAMERAS.a },
      b: { source: 'known' },
    });
    const assumed = await fitMatch(request({ a: null, b: null }), source, {});
    expect(poseError(assumed.result.cameras!, POSE)).toBeGreaterThan(2);
    expect(assumed.result.lenses).toBeNull();
  });

  it('bend the epipolar lines: each inlier’s match lies on its curve, which is none without the lens', async () => {
    const { result } = await fitMatch(request(CAMERAS), source, {});
    const offsets = { bent: [] as number[], straight: [] as number[] };
    for (let i = 0; i < COUNT; i += 5) {
      if (!result.inliers[i]) continue;
      const [xa, ya, xb, yb] = result.matches.rows.subarray(5 * i, 5 * i + 4);
      for (const [name, lenses] of [
        ['bent', result.lenses],
        ['straight', null],
      ] as const) {
        for (const side of ['a', 'b'] as const) {
          const [from, to] =
            side === 'a'
              ? [
                  { x: xa, y: ya },
                  { x: xb, y: yb },
                ]
              : [
                  { x: xb, y: yb },
                  { x: xa, y: ya },
                ];
          const curve = epipolarCurve(result.fundamental!, lenses, side, from, SIZE).flat();
          const next = curve.slice(1);
          const distances = next.map((q, k) => {
            const p = curve[k];
            const [dx, dy] = [q.x - p.x, q.y - p.y];
            const t = Math.min(1, Math.max(0, ((to.x - p.x) * dx + (to.y - p.y) * dy) / (dx * dx + dy * dy || 1)));
            return Math.hypot(to.x - p.x - t * dx, to.y - p.y - t * dy);
          });
          offsets[name].push(Math.min(...distances));
        }
      }
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(offsets.bent)).toBeLessThan(0.6);
    expect(mean(offsets.straight)).toBeGreaterThan(3);
  });

  it('triangulate, and stand in the files with their models', async () => {
    const fitted = await fitMatch(request(CAMERAS), source, {});
    const cloud = await makeCloud(
      { density: 'sparse', step: 1, certainty: 0, cycleLimit: 0 },
      fitted,
      {
        photos: PHOTOS,
        field: () => source.readField('a'),
        pixels: () => ({ data: new Uint8ClampedArray(16), width: 2, height: 2 }),
      },
      {},
    );
    expect(cloud.info.count).toBeGreaterThan(400);
    const names = { a: { name: 'a.jpg', size: SIZE }, b: { name: 'b.jpg', size: SIZE } };
    const json = JSON.parse(fitAsJson(fitted.result, names));
    expect(json.cameras.K.a).toEqual([
      [520, 0, 338],
      [0, 500, 225],
      [0, 0, 1],
    ]);
    expect(json.lenses.b).toMatchObject({ model: 'OPENCV_FISHEYE', distortion: CAMERAS.b.distortion });
    expect(json.conventions.lenses).toContain('undistortPoints');
  });

  it('are COLMAP’s and OpenCV’s: the calibrated geometry, K and D, which this reader takes again', async () => {
    const table = matchTable(ROWS, PHOTOS);
    const plain = await twoViewGeometry(table, PHOTOS, { a: null, b: null });
    expect(plain.config).toBe('uncalibrated');
    const geometry = await twoViewGeometry(table, PHOTOS, { a: null, b: null }, { cameras: CAMERAS });
    expect(geometry.config).toBe('calibrated');
    const metadata = {
      photos: { a: { name: 'a', size: SIZE }, b: { name: 'b', size: SIZE } },
      model: 'M',
      verdict: '',
    };
    const text = encodeOpenCvYaml({ table, metadata, focal: { a: 1, b: null }, cameras: CAMERAS, geometry });
    expect(text).toContain('distortion_model_b: fisheye');
    const [first, second] = await readCameraFile('opencv.yml', text);
    expect(first.camera).toMatchObject({ ...CAMERAS.a, size: SIZE });
    expect(second.camera).toMatchObject({ ...CAMERAS.b, size: SIZE });
  });

  it('of another shape are refused by name', async () => {
    const tall = { ...CAMERAS.b, size: { width: 480, height: 640 } };
    await expect(fitMatch(request({ ...CAMERAS, b: tall }), source, {})).rejects.toMatchObject({ code: 'camera-size' });
    const nonsense = { ...request(CAMERAS), settings: { ...request(CAMERAS).settings, camera: { a: 'x', b: null } } };
    await expect(fitMatch(nonsense, source, {})).rejects.toMatchObject({ code: 'camera-malformed' });
  });
});

it('calibrations of many photos: those of others are passed over, and what cannot be read is told', async () => {
  const file = (name: string, text: string) => new File([text], name);
  const photo = (name: string) => ({ name, size: SIZE });
  const files = [
    file('left.json', JSON.stringify({ fx: 500, fy: 500, cx: 320, cy: 240, width: 640, height: 480 })),
    file('portrait.txt', '1 PINHOLE 480 640 500 500 240 320'),
    file('broken.json', '{'),
    file('large.yaml', ' '.repeat(5 * 2 ** 20)),
  ];
  const { cameras, refused } = await camerasByName(files, { a: photo('left.jpg'), b: photo('right.jpg') });
  expect(cameras).toEqual({ a: 'PINHOLE,640,480,500,500,320,240', b: null });
  expect(refused.map(({ name, error }) => [name, error.code])).toEqual([
    ['large.yaml', 'limit-exceeded'],
    ['broken.json', 'camera-malformed'],
  ]);
});
