import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../geometry/random.ts';
import { activate } from '../activate.ts';
import type { SplatCamera } from '../camera.ts';
import { type DepthKind, renderSplats, type SplatMaps } from '../raster/render.ts';
import { sceneStatistics } from '../statistics.ts';
import { PLAIN_TAGS } from '../table.ts';
import { chooseDepthRule, trustedDepth } from './depth-rule.ts';
import { type LabelView, labelSide, STATE } from './labels.ts';
import { endPointErrors, measureLabels, spread } from './measures.ts';
import { aside, PROOF_SCENES, type ProofScene, proofCamera, trace, trueWarp } from './proof-scenes.test-helper.ts';

interface Shot {
  scene: ProofScene;
  cameras: [a: SplatCamera, b: SplatCamera];
  maps: [a: SplatMaps, b: SplatMaps];
}

const shots = new Map<string, Shot>();

/** Two views of a proof scene, `degrees` apart. Rendered once. */
function shoot(name: keyof typeof PROOF_SCENES, degrees: number): Shot {
  const known = shots.get(`${name} ${degrees}`);
  if (known) return known;
  const scene = PROOF_SCENES[name]();
  const gaussians = activate(scene.table);
  const a = proofCamera();
  const b = aside(a, degrees);
  const shot: Shot = { scene, cameras: [a, b], maps: [renderSplats(gaussians, a), renderSplats(gaussians, b)] };
  shots.set(`${name} ${degrees}`, shot);
  return shot;
}

const viewsOf = ({ cameras, maps }: Shot, rule: DepthKind): [LabelView, LabelView] => [
  { camera: cameras[0], depth: trustedDepth(maps[0], rule) },
  { camera: cameras[1], depth: trustedDepth(maps[1], rule) },
];

function errorsOf(shot: Shot, rule: DepthKind) {
  const [a, b] = viewsOf(shot, rule);
  const labels = labelSide(a, b);
  const truth = trueWarp(shot.scene, ...shot.cameras);
  const errors = endPointErrors(labels, truth.warp, b.camera);
  return { labels, errors, ...spread(errors), share: errors.length / labels.state.length };
}

/** End-point error over every pixel with alpha, whatever can be trusted: the depth itself. */
function depthError({ scene, cameras: [a, b], maps: [maps] }: Shot, rule: DepthKind): number {
  const everywhere = { width: a.width, height: a.height, depth: maps.depth[rule], trusted: maps.alpha.map(Number) };
  const trusted = Uint8Array.from(everywhere.trusted, (alpha, i) => (alpha > 0.95 && maps.depth[rule][i] > 0 ? 1 : 0));
  const labels = labelSide(
    { camera: a, depth: { ...everywhere, trusted } },
    { camera: b, depth: { ...everywhere, trusted } },
  );
  const truth = trueWarp(scene, a, b);
  const points = a.width * a.height;
  const errors: number[] = [];
  for (let i = 0; i < points; i++) {
    if (labels.warp[i] < -1.5 || truth.warp[i] < -1.5) continue;
    errors.push(
      Math.hypot(
        (b.width / 2) * (labels.warp[i] - truth.warp[i]),
        (b.height / 2) * (labels.warp[points + i] - truth.warp[points + i]),
      ),
    );
  }
  return spread(Float64Array.from(errors)).mean;
}

describe('labels against the true shape', () => {
  it('a plane turned 60°, 15° aside: by its planes to 0.005 px, by the centres off by more than a pixel', () => {
    const shot = shoot('plane', 15);
    const { flatness } = sceneStatistics(shot.scene.table);
    expect(chooseDepthRule({ flatness }, PLAIN_TAGS)).toMatchObject({ rule: 'plane', because: 'flat' });
    const { mean, share } = errorsOf(shot, 'plane');
    expect(mean).toBeLessThan(0.005);
    expect(share).toBeGreaterThan(0.35);
    expect(depthError(shot, 'plane')).toBeLessThan(0.005);
    expect(depthError(shot, 'rayMedian')).toBeLessThan(0.02);
    expect(depthError(shot, 'centre')).toBeGreaterThan(0.5);
  });

  it('of thick Gaussians the ray’s median, which is better than their planes', () => {
    const shot = shoot('thickPlane', 15);
    const { flatness } = sceneStatistics(shot.scene.table);
    expect(chooseDepthRule({ flatness }, PLAIN_TAGS)).toMatchObject({ rule: 'rayMedian', because: 'round' });
    expect(chooseDepthRule({ flatness }, { ...PLAIN_TAGS, model: 'pgsr' })).toMatchObject({
      rule: 'plane',
      because: 'tag',
    });
    expect(depthError(shot, 'rayMedian')).toBeLessThan(depthError(shot, 'plane'));
  });

  it('a sphere of discs, 15° aside: 0.15 px', () => {
    const { mean, share } = errorsOf(shoot('sphere', 15), 'plane');
    expect(mean).toBeLessThan(0.15);
    expect(share).toBeGreaterThan(0.2);
  });

  it('a room with a ball, 20° aside: 0.1 px', () => {
    const { median, p95, share } = errorsOf(shoot('room', 20), 'plane');
    expect(median).toBeLessThan(0.05);
    expect(p95).toBeLessThan(0.5);
    expect(share).toBeGreaterThan(0.3);
  });

  it.each([0, 1])('a step: visibility right for 99.5 % of the places beyond 2 px of the edge, from view %d', (from) => {
    const shot = shoot('step', 15);
    const views = viewsOf(shot, 'plane');
    const [a, b] = from === 0 ? views : [views[1], views[0]];
    const labels = labelSide(a, b);
    const truth = trueWarp(shot.scene, a.camera, b.camera);
    const counts = { right: 0, all: 0, hidden: 0 };
    for (let i = 0; i < labels.state.length; i++) {
      if (truth.surface[i] < 0 || isNearEdge(shot.scene, a.camera, b.camera, i, truth)) continue;
      if (Math.abs(truth.warp[i]) > 1 || Math.abs(truth.warp[labels.state.length + i]) > 1) continue;
      counts.all++;
      counts.hidden += 1 - truth.visible[i];
      if ((labels.state[i] === STATE.visible) === (truth.visible[i] === 1)) counts.right++;
      // A hidden place is told from one of which nothing is known.
      if (!truth.visible[i]) expect(labels.state[i]).not.toBe(STATE.outside);
    }
    expect(counts.all).toBeGreaterThan(8000);
    expect(counts.hidden).toBeGreaterThan(300);
    expect(counts.right / counts.all).toBeGreaterThanOrEqual(0.995);
  });

  it('a label of which nothing is known says so', () => {
    const shot = shoot('sphere', 15);
    const [a, b] = viewsOf(shot, 'plane');
    const { state, warp } = labelSide(a, b);
    const points = state.length;
    expect(state[0]).toBe(STATE.masked);
    expect([warp[0], warp[points]]).toEqual([-2, -2]);
    const away = labelSide(a, { ...b, camera: aside(a.camera, 180) });
    expect(away.state.every((value) => value !== STATE.visible)).toBe(true);
  });
});

describe('trustedDepth', () => {
  it('asks for an opaque pixel, one surface, and a view that is not grazing', () => {
    const { maps } = shoot('sphere', 15);
    const i = 60 * 160 + 80;
    const withChange = (change: (maps: SplatMaps) => void) => {
      const copy = structuredClone(maps[0]);
      change(copy);
      return trustedDepth(copy, 'plane').trusted[i];
    };
    expect(withChange(() => {})).toBe(1);
    expect(withChange(({ alpha }) => void (alpha[i] = 0.94))).toBe(0);
    expect(withChange(({ facing }) => void (facing[i] = 0.09))).toBe(0);
    expect(withChange(({ depth }) => void (depth.rayExpected[i] *= 1.011))).toBe(0);
    expect(withChange(({ depth }) => void (depth.plane[i] *= 0.98))).toBe(0);
    expect(withChange(({ depth }) => void (depth.plane[i] = 0))).toBe(0);
  });
});

/** Whether the surface seen changes within 2 px in a, or around the place in b. */
function isNearEdge(
  scene: ProofScene,
  a: SplatCamera,
  b: SplatCamera,
  i: number,
  truth: ReturnType<typeof trueWarp>,
): boolean {
  const around = Array.from({ length: 8 }, (_, k) => [
    2 * Math.cos((k * Math.PI) / 4),
    2 * Math.sin((k * Math.PI) / 4),
  ]);
  const changes = (camera: SplatCamera, x: number, y: number) => {
    const { surface } = trace(scene, camera, x, y);
    return around.some(([dx, dy]) => trace(scene, camera, x + dx, y + dy).surface !== surface);
  };
  if (changes(a, (i % a.width) + 0.5, Math.floor(i / a.width) + 0.5)) return true;
  const points = a.width * a.height;
  return changes(b, (b.width / 2) * (truth.warp[i] + 1), (b.height / 2) * (truth.warp[points + i] + 1));
}

describe('what the measures say', () => {
  it('the epipolar error is blind: a tenth of noise on the depth changes it by nothing, and the place by 10 px', () => {
    const scene = PROOF_SCENES.plane();
    const [a, b] = [proofCamera(640, 480), aside(proofCamera(640, 480), 15)];
    const depthOf = (camera: SplatCamera) => {
      const depth = Float64Array.from({ length: 640 * 480 }, (_, i) => {
        const { surface, distance } = trace(scene, camera, (i % 640) + 0.5, Math.floor(i / 640) + 0.5);
        return surface < 0 ? 0 : distance;
      });
      return { width: 640, height: 480, depth, trusted: Uint8Array.from(depth, (z) => (z > 0 ? 1 : 0)) };
    };
    const [depthA, depthB] = [depthOf(a), depthOf(b)];
    const random = seededRandom(5);
    const noisy = depthA.depth.map((z) => {
      // Box–Muller.
      const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return z * (1 + 0.1 * gauss);
    });
    // Every place counts, as the paper's measure counts them.
    const free = { maxDepthDifference: Infinity, maxCycle: Infinity, maxShift: Infinity };
    const seenBy = (depth: Float64Array) =>
      labelSide({ camera: a, depth: { ...depthA, depth } }, { camera: b, depth: depthB }, free);
    const [right, wrong] = [seenBy(depthA.depth), seenBy(noisy)];
    const truth = trueWarp(scene, a, b).warp;
    const errorOf = (labels: typeof right) => spread(endPointErrors(labels, truth, b)).mean;
    expect(errorOf(right)).toBeLessThan(1e-4);
    expect(errorOf(wrong)).toBeGreaterThan(10);
    const [before, after] = [right, wrong].map((labels) => measureLabels(labels, a, b));
    expect(before.epipolar.mean).toBeLessThan(1e-4);
    expect(after.epipolar.mean).toBeLessThan(1e-4);
    expect(after.epipolarNormalised.mean).toBeLessThan(1e-6);
    // The measures that do see it.
    expect(after.relative.median).toBeGreaterThan(20 * before.relative.median);
  });

  it('cycle and relative error are small where the depth is right, and shares sum to one', () => {
    const shot = shoot('room', 20);
    const [a, b] = viewsOf(shot, 'plane');
    const measures = measureLabels(labelSide(a, b), a.camera, b.camera);
    expect(Object.values(measures.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(measures.cycle.mean).toBeLessThan(0.05);
    expect(measures.cycle.p95).toBeLessThanOrEqual(1);
    expect(measures.relative.mean).toBeLessThan(0.002);
    const same = measureLabels(labelSide(a, a), a.camera, a.camera);
    expect(same.shares.hidden + same.shares.outside + same.shares.doubtful).toBe(0);
    expect(same.epipolar.mean).toBe(0);
  });

  it('leaves a place out that its depth’s spread moves by more than a pixel: the wider the views, the sooner', () => {
    const camera = proofCamera();
    const size = { width: camera.width, height: camera.height };
    const points = size.width * size.height;
    const flat = (spread: number) => ({
      ...size,
      depth: new Float64Array(points).fill(4),
      trusted: new Uint8Array(points).fill(1),
      spread: new Float32Array(points).fill(spread),
    });
    // Beside it, half a unit: a depth z is at f / 2z, so that a spread s moves it by about f s / 2z².
    const [x, y, z] = camera.translation;
    const other = { ...camera, translation: [x - 0.5, y, z] as const };
    const kept = (spread: number, second: SplatCamera) => {
      const { state } = labelSide({ camera, depth: flat(spread) }, { camera: second, depth: flat(0) });
      return state.filter((value) => value !== STATE.masked).length;
    };
    const atLimit = (2 * 4 * 4) / camera.fx;
    expect(kept(0.9 * atLimit, other)).toBe(points);
    expect(kept(1.2 * atLimit, other)).toBe(0);
    // From the same place no depth is wrong.
    expect(kept(1.2 * atLimit, camera)).toBe(points);
  });

  it('leaves out the rim of what stands before something, and nothing of a steep plane', () => {
    const camera = proofCamera();
    const { width, height } = camera;
    const view = (depthOf: (x: number, y: number) => number) => ({
      ...{ width, height, trusted: new Uint8Array(width * height).fill(1) },
      depth: Float64Array.from({ length: width * height }, (_, i) => depthOf(i % width, Math.floor(i / width))),
    });
    const [x, y, z] = camera.translation;
    const other = { ...camera, translation: [x - 0.5, y, z] as const };
    const masked = (depth: ReturnType<typeof view>, second = other) => {
      const { state } = labelSide({ camera, depth }, { camera: second, depth });
      return [...state.keys()].filter((i) => state[i] === STATE.masked);
    };
    // A wall's right half is nearer. Its leftmost column is the rim; from the same place nothing moves.
    const step = view((column) => (column < 70 ? 4 : 3));
    expect(masked(step)).toEqual(Array.from({ length: height }, (_, row) => row * width + 70));
    expect(masked(step, camera)).toEqual([]);
    // A part before nothing: all around it.
    const card = view((column, row) => (column > 49 && column < 60 && row > 29 && row < 40 ? 3 : 0));
    expect(masked(card)).toHaveLength(36);
    // 1 / depth falls from column to column by a twentieth of a pixel's shift and more, to 80°.
    const slope = view((column) => 1 / (0.4 - 0.0024 * column));
    expect(Math.max(...slope.depth) - slope.depth[width * height - 2]!).toBeGreaterThan(1);
    expect(masked(slope)).toEqual([]);
  });
});
