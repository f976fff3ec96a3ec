import { describe, expect, it } from 'vitest';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { focalOfFov } from '../../../../core/focal.ts';
import { apply3, rotationOf, type Vector3 } from '../../../../core/rotation.ts';
import { poseError } from '../../../../geometry/measures.ts';
import { seededRandom } from '../../../../geometry/random.ts';
import type { FitResult } from '../../contract/geometry-fit.ts';
import type { FitSettings } from '../../params.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { twoViewGeometry } from '../exports/two-view-geometry.ts';
import { fitMatch } from './fit-match.ts';
import { fitVerdict } from './fit-verdict.ts';

const PHOTO = { width: 640, height: 480 };
const PHOTOS = { a: PHOTO, b: PHOTO };
const DEGREE = Math.PI / 180;

interface Scene {
  /** Horizontal field of view of both true cameras, degrees. */
  fov: number;
  /** Axis times angle, radians. */
  turn: Vector3;
  shift: Vector3;
  /** Depth in camera A of a ray (x, y, 1). */
  depth: (x: number, y: number, random: () => number) => number;
  /** Standard deviation in B, pixels. */
  noise: number;
  outliers?: number;
}

/** Matches of what both cameras see, normalised rows. */
function rowsOf({ fov, turn, shift, depth, noise, outliers = 0 }: Scene, seed: number, count = 800): Float32Array {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const focal = focalOfFov(640, fov);
  const rotation = rotationOf(turn);
  const rows = new Float32Array(ROW_FLOATS * count);
  for (let i = 0; i < count; ) {
    const [x, y] = [640 * random(), 480 * random()];
    const ray: Vector3 = [(x - 320) / focal, (y - 240) / focal, 1];
    const z = depth(ray[0], ray[1], random);
    const seen = apply3(rotation, ray.map((value) => value * z) as unknown as Vector3).map((v, k) => v + shift[k]);
    let u = 320 + (focal * seen[0]) / seen[2] + noise * normal();
    let v = 240 + (focal * seen[1]) / seen[2] + noise * normal();
    if (!(z > 0 && seen[2] > 0 && u > 0 && u < 640 && v > 0 && v < 480)) continue;
    if (i < outliers * count) [u, v] = [640 * random(), 480 * random()];
    rows.set([x / 320 - 1, y / 240 - 1, u / 320 - 1, v / 240 - 1, 0.9, i % 2], ROW_FLOATS * i++);
  }
  return rows;
}

async function fitted(scene: Scene, seed: number, settings: Partial<FitSettings>): Promise<FitResult> {
  const rows = rowsOf(scene, seed);
  const field = {
    grid: { width: 4, height: 3 },
    warp: new Float32Array(24),
    certainty: new Float32Array(12),
    cycle: new Float32Array(12),
  };
  const { result } = await fitMatch(
    { settings: { ...DEFAULT_FIT, ...settings }, certainty: 0, cycleLimit: 0 },
    {
      photos: PHOTOS,
      exifFocal: { a: null, b: null },
      verdict: 'good',
      sample: async () => rows,
      readField: async () => field,
    },
    {},
  );
  return result;
}

const lens = (fov: number | null) => ({ model: 'essential', fov: { a: fov, b: fov } }) as const;

/** The plane of the report: z = 1, seen under a turn by 10° and from 0.3 beside. */
const PLANE: Scene = { fov: 50, turn: [0, -10 * DEGREE, 0], shift: [0.3, 0, 0], depth: () => 1, noise: 0.5 };
const SLANTED: Scene = {
  fov: 60,
  turn: [0.05, 0.2, 0.1],
  shift: [-0.4, 0.1, 0.1],
  depth: (x, y) => 1 / (1 + 0.6 * x - 0.3 * y),
  noise: 0.5,
};
const TURN: Scene = { ...PLANE, turn: [0.05, 15 * DEGREE, 0.02], shift: [0, 0, 0] };
const DEEP: Scene = { ...SLANTED, depth: (_x, _y, random) => 1 + 2 * random(), outliers: 0.3 };

describe('a pose before a plane', () => {
  it.each([
    ['frontal', PLANE],
    ['frontal, a third of the matches wrong', { ...PLANE, outliers: 0.33 }],
    ['turned the other way', { ...PLANE, turn: [0, 10 * DEGREE, 0] as const }],
    ['slanted', SLANTED],
  ])('is the one of its two solutions that has the points in front: %s', async (_, scene) => {
    for (const seed of [1, 2]) {
      const { cameras, verdict } = await fitted(scene, seed, lens(scene.fov));
      expect(cameras!.inFront).toBeGreaterThan(0.95);
      expect(poseError(cameras!, { rotation: rotationOf(scene.turn), translation: scene.shift })).toBeLessThan(0.6);
      expect(verdict.kind).toBe('good');
    }
  });

  it('is a guess where the fields of view are', async () => {
    const { verdict } = await fitted(SLANTED, 1, lens(null));
    expect(verdict).toMatchObject({ kind: 'partial', sentence: expect.stringContaining('assumed') });
  });
});

describe('a camera that only turned', () => {
  it.each([
    [50, 70],
    [70, 50],
    [40, 60],
    [90, 60],
    [75, null],
  ])('is not two cameras, through a lens of %i° taken for %s°', async (fov, taken) => {
    const { verdict, cameras } = await fitted({ ...TURN, fov }, 2, lens(taken));
    expect(verdict.kind).toBe('partial');
    expect(verdict.sentence).toContain('fields of view');
    expect(cameras!.rival).toBe('turn');
  });

  it('is not two cameras where some matches are wrong, and lie on the lines by chance', async () => {
    for (const seed of [1, 5, 6]) {
      const wrong = { ...TURN, fov: 61, turn: [0.03, 12 * DEGREE, -0.02] as const, noise: 0.3, outliers: 0.3 };
      const { verdict } = await fitted(wrong, seed, lens(45));
      expect(verdict).toMatchObject({ kind: 'partial', sentence: expect.stringContaining('A mere turn') });
    }
  });

  it('keeps its turn through the right lens, though more than half of the points may lie behind', async () => {
    for (const scene of [TURN, { ...TURN, noise: 1.2 }, { ...TURN, outliers: 0.4 }]) {
      const { verdict, cameras } = await fitted(scene, 3, lens(50));
      expect(
        poseError({ ...cameras!, translation: [1, 0, 0] }, { rotation: rotationOf(TURN.turn), translation: [1, 0, 0] }),
      ).toBeLessThan(0.2);
      expect(verdict.sentence).toContain('its turn holds');
    }
  });

  it('cannot be told from a step aside through a narrow lens', async () => {
    const step: Scene = { ...PLANE, fov: 8, turn: [0, 0.02, 0], depth: (_x, _y, random) => 10 + 0.1 * random() };
    const { verdict } = await fitted(step, 1, lens(8));
    expect(verdict).toMatchObject({ kind: 'partial', sentence: expect.stringContaining('narrow') });
  });
});

it('two cameras before a deep scene are believed', async () => {
  const { verdict, cameras } = await fitted(DEEP, 1, lens(60));
  expect(verdict.kind).toBe('good');
  expect(cameras).toMatchObject({ rival: null });
  expect(cameras!.planarShare).toBeLessThan(0.2);
});

it('no turn holds where points lie behind a camera', () => {
  const facts = { model: 'essential', inlierRatio: 0.9, coverage: { a: 1, b: 1 }, planarShare: null } as const;
  for (const parallax of [0.2, 5]) {
    const { kind, sentence } = fitVerdict({ ...facts, cameras: { parallax, inFront: 0.79 } }, 'good');
    expect({ kind, sentence }).toMatchObject({ kind: 'partial', sentence: expect.stringContaining('behind a camera') });
    expect(sentence).not.toContain('holds');
  }
});

describe('epipolar lines', () => {
  it.each([
    ['a plane with noise above the usual', { ...PLANE, noise: 0.7 }],
    ['a plane with noise as large as the threshold', { ...PLANE, noise: 1.2 }],
    ['a plane with wrong matches', { ...PLANE, noise: 0.7, outliers: 0.3 }],
    ['a mere turn with noise', { ...TURN, noise: 0.7 }],
    ['a narrow lens with little depth', { ...PLANE, fov: 8, turn: [0, 0.02, 0] as const, depth: narrow }],
  ])('are arbitrary of %s', async (_, scene) => {
    for (const seed of [1, 2]) {
      const { verdict, planarShare } = await fitted(scene, seed, { model: 'fundamental' });
      expect(planarShare).toBeGreaterThan(0.95);
      expect(verdict.sentence).toContain('nearly flat');
    }
  });

  it('are not of a scene with depth', async () => {
    const { verdict, planarShare } = await fitted(DEEP, 1, { model: 'fundamental' });
    expect(planarShare).toBeLessThan(0.2);
    expect(verdict.kind).toBe('good');
  });
});

/** Two pixels of parallax at most. */
function narrow(_x: number, _y: number, random: () => number): number {
  return 10 + 0.1 * (random() - 0.5);
}

describe('files for COLMAP', () => {
  /** Rows as pixels with certainty. */
  const tableOf = (scene: Scene) => {
    const rows = rowsOf(scene, 1, 400);
    const pixels = Float32Array.from({ length: 5 * 400 }, (_, at) => {
      const value = rows[ROW_FLOATS * Math.floor(at / 5) + (at % 5)];
      return at % 5 === 4 ? value : ((value + 1) / 2) * (at % 5 === 0 || at % 5 === 2 ? 640 : 480);
    });
    return { count: 400, rows: pixels };
  };
  const focal = (fov: number) => ({ a: focalOfFov(640, fov), b: focalOfFov(640, fov) });

  it('get a pose that the panel believes', async () => {
    expect((await twoViewGeometry(tableOf({ ...DEEP, outliers: 0.1 }), PHOTOS, focal(60))).pose).not.toBeNull();
  });

  it.each([
    ['of a mere turn', TURN, 50],
    ['of a turn through another lens', TURN, 70],
    ['of a narrow lens', { ...PLANE, fov: 8, turn: [0, 0.02, 0] as const, depth: narrow }, 8],
  ])('get none %s', async (_, scene, fov) => {
    const { pose, essential, config } = await twoViewGeometry(tableOf(scene), PHOTOS, focal(fov));
    expect({ pose, essential, config }).toEqual({ pose: null, essential: null, config: 'planarOrPanoramic' });
  });

  it('get none where the photos show no common scene', async () => {
    const { pose } = await twoViewGeometry(tableOf(DEEP), PHOTOS, focal(60), { verdict: 'none' });
    expect(pose).toBeNull();
  });
});
