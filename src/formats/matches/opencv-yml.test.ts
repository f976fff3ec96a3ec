import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { project } from '../../core/matrix3.ts';
import type { TwoViewGeometry } from './colmap-tables.ts';
import { encodeOpenCvYaml } from './opencv-yml.ts';

/** Pixels with the first centre at 0.5: what B shows lies where this takes it. */
const H: Matrix3 = [1.1, 0.02, -12, -0.03, 0.95, 8, 1e-4, -2e-4, 1];
const POINTS = [
  [0.5, 0.5],
  [100.25, 40],
  [319.5, 239.5],
];
const ROWS = POINTS.flatMap(([x, y]) => [x, y, ...project(H, x, y), 0.75]);
/** [t]× H for t = (3, 1, 0): every pair of points of H lies on its lines. */
const F: Matrix3 = [
  1 * H[6],
  1 * H[7],
  1 * H[8],
  -3 * H[6],
  -3 * H[7],
  -3 * H[8],
  3 * H[3] - H[0],
  3 * H[4] - H[1],
  3 * H[5] - H[2],
];

const GEOMETRY: TwoViewGeometry = {
  config: 'planarOrPanoramic',
  inliers: [1, 0, 1],
  homography: H,
  fundamental: F,
  essential: null,
  pose: null,
};
const size = { width: 640, height: 480 };

const encode = (geometry = GEOMETRY, names = ['a.jpg', 'b.jpg']) =>
  encodeOpenCvYaml({
    table: { count: 3, rows: Float32Array.from(ROWS) },
    metadata: {
      photos: { a: { name: names[0], size }, b: { name: names[1], size } },
      model: 'M',
      verdict: '',
    },
    focal: { a: 500, b: null },
    geometry,
  });

/** A matrix of the file; null where there is none of that name. */
function read(text: string, name: string): { rows: number; cols: number; dt: string; data: number[] } | null {
  const found = new RegExp(
    `^${name}: !!opencv-matrix\\n +rows: (\\d+)\\n +cols: (\\d+)\\n +dt: (\\w)\\n +data: \\[([^\\]]*)\\]`,
    'm',
  ).exec(text);
  if (!found) return null;
  return { rows: Number(found[1]), cols: Number(found[2]), dt: found[3], data: found[4].split(',').map(Number) };
}

describe('a match for OpenCV', () => {
  it('counts from the centre of the first pixel: keypoints, camera and matrices alike', () => {
    const text = encode();
    expect(text.startsWith('%YAML:1.0\n---\n')).toBe(true);
    const [a, b] = ['keypoints_a', 'keypoints_b'].map((name) => read(text, name)!);
    expect(a).toMatchObject({ rows: 3, cols: 2, dt: 'f' });
    expect(a.data.slice(0, 2)).toEqual([0, 0]);
    expect(read(text, 'K_a')!.data).toEqual([500, 0, 319.5, 0, 500, 239.5, 0, 0, 1]);
    expect(read(text, 'K_b')).toBeNull();
    const h = read(text, 'H')!.data as unknown as Matrix3;
    const f = read(text, 'F')!.data;
    expect(h[8]).toBe(1);
    for (let i = 0; i < 3; i++) {
      const [xa, ya, xb, yb] = [...a.data.slice(2 * i, 2 * i + 2), ...b.data.slice(2 * i, 2 * i + 2)];
      const [x, y] = project(h, xa, ya);
      expect(x).toBeCloseTo(xb, 3);
      expect(y).toBeCloseTo(yb, 3);
      const line = [0, 3, 6].map((at) => f[at] * xa + f[at + 1] * ya + f[at + 2]);
      expect((line[0] * xb + line[1] * yb + line[2]) / Math.hypot(line[0], line[1])).toBeCloseTo(0, 3);
    }
  });

  it('pairs keypoints by their rows, and says which matches the geometry explains', () => {
    const text = encode();
    expect(read(text, 'matches')).toMatchObject({ rows: 3, cols: 2, dt: 'i', data: [0, 0, 1, 1, 2, 2] });
    expect(read(text, 'inliers')).toMatchObject({ rows: 3, cols: 1, dt: 'u', data: [1, 0, 1] });
    expect(read(text, 'certainty')!.data).toEqual([0.75, 0.75, 0.75]);
  });

  it('has the pose of calibrated cameras, and leaves out what is not known', () => {
    const half = Math.SQRT1_2;
    const pose = { quaternion: [half, 0, 0, half], translation: [1, 0, 0] };
    const text = encode({ ...GEOMETRY, homography: null, essential: [0, 0, 0, 0, 0, -1, 0, 1, 0], pose });
    expect(read(text, 'H')).toBeNull();
    // A quarter turn about z.
    [0, -1, 0, 1, 0, 0, 0, 0, 1].forEach((value, i) => expect(read(text, 'R')!.data[i]).toBeCloseTo(value, 12));
    expect(read(text, 't')).toMatchObject({ rows: 3, cols: 1, data: [1, 0, 0] });
    expect(read(text, 'E')!.data[7]).toBe(1);
  });

  it('writes real numbers so that its reader takes them for such, and names that cannot break out of their quotes', () => {
    const text = encode(GEOMETRY, ['a"\\: b\u0007.jpg', '広場.jpg']);
    expect(text).toContain('image_a: "a\\"\\\\: b.jpg"');
    expect(text).toContain('image_b: "広場.jpg"');
    expect(/dt: [df]\n +data: \[ [^\]]*(^|[ ,])-?\d+(,| \])/m.test(text)).toBe(false);
  });
});
