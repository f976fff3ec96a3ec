import { describe, expect, it } from 'vitest';
import { rotationOf, apply3, type Vector3 } from '../../core/rotation.ts';
import { seededRandom } from '../../geometry/random.ts';
import { activate } from '../activate.ts';
import { trustedDepth } from '../pairs/depth-rule.ts';
import { labelSide, STATE } from '../pairs/labels.ts';
import { endPointErrors } from '../pairs/measures.ts';
import { aside, PROOF_SCENES, proofCamera, trueWarp } from '../pairs/proof-scenes.test-helper.ts';
import { renderSplats } from '../raster/render.ts';
import { Bvh } from './bvh.ts';
import { type Ray, SHAPES, Solid, type SolidShape } from './solid.ts';
import { TrueSurfaces } from './true-surfaces.ts';

const turn = rotationOf([0.4, -0.7, 0.2]);
const AXES = [[1, 0, 0] as const, [0, 1, 0] as const, [0, 0, 1] as const].map((axis) => apply3(turn, axis));
const AT: Vector3 = [0.3, -0.2, 2];
const HALF: Vector3 = [0.5, 0.8, 0.3];

/** How far a point of a solid is from its surface, in the solid's own half sizes; the other way to say each shape. */
const offSurface: Record<(typeof SHAPES)[number], (p: Vector3) => number> = {
  sphere: ([x, y, z]) => Math.hypot(x, y, z) - 1,
  box: ([x, y, z]) => Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) - 1,
  quad: ([x, y, z]) => (Math.max(Math.abs(x), Math.abs(y)) > 1 ? 1 : z),
  disc: ([x, y, z]) => (Math.hypot(x, y) > 1 ? 1 : z),
  frustum: ([x, y, z]) => Math.max(Math.hypot(x, z) - (0.75 - 0.25 * y), Math.abs(y) - 1),
};

describe('solids', () => {
  it.each(SHAPES)('a %s is met on its surface, first from outside, and within its bounds', (shape) => {
    const solid = new Solid({ shape, at: AT, half: HALF, axes: AXES as never, radii: [1, 0.5] });
    const own = (point: Vector3): Vector3 =>
      AXES.map((axis, k) => axis.reduce((sum, v, i) => sum + v * (point[i]! - AT[i]!), 0) / HALF[k]!) as never;
    const random = seededRandom(3);
    let met = 0;
    let isFirst = true;
    for (let k = 0; k < 400; k++) {
      const [dx, dy] = [0.6 * random() - 0.15, 0.9 * random() - 0.55];
      const ray: Ray = { ox: 0, oy: 0, oz: 0, dx, dy, dz: 1 };
      const t = solid.intersect(ray, 1e-6, Infinity);
      // Along the ray from outside: nothing of the solid comes before.
      const at = (s: number): Vector3 => [s * dx, s * dy, s];
      if (t === Infinity) continue;
      met++;
      expect(Math.abs(offSurface[shape](own(at(t))))).toBeLessThan(1e-9);
      at(t).forEach((value, axis) => {
        expect(value).toBeGreaterThanOrEqual(solid.bounds.min[axis]! - 1e-9);
        expect(value).toBeLessThanOrEqual(solid.bounds.max[axis]! + 1e-9);
      });
      if (shape === 'quad' || shape === 'disc') continue;
      for (let s = 0.5; s < t - 1e-6; s += 0.05) isFirst &&= offSurface[shape](own(at(s))) > 0;
    }
    expect(isFirst).toBe(true);
    expect(met).toBeGreaterThan(40);
  });

  it('are found by the hierarchy where a look at each of them finds them', () => {
    const random = seededRandom(5);
    const solids = Array.from({ length: 60 }, (_, k) => {
      const at: Vector3 = [4 * random() - 2, 4 * random() - 2, 3 + 4 * random()];
      return new Solid({ shape: SHAPES[k % SHAPES.length]!, at, half: [0.3, 0.2, 0.25], axes: AXES as never });
    });
    const bvh = new Bvh(solids);
    for (let k = 0; k < 500; k++) {
      const ray: Ray = { ox: 0, oy: 0, oz: 0, dx: 1.4 * random() - 0.7, dy: 1.4 * random() - 0.7, dz: 1 };
      const nearest = Math.min(...solids.map((solid) => solid.intersect(ray, 1e-4, Infinity)));
      expect(bvh.nearest(ray)?.t ?? Infinity).toBe(nearest);
    }
  });
});

describe('labels against true surfaces', () => {
  const ball: SolidShape = { shape: 'sphere', at: [0, 0, 4], half: [1.3, 1.3, 1.3] };
  const scene = PROOF_SCENES.coarseSphere();
  const gaussians = activate(scene.table);
  const view = (camera: ReturnType<typeof proofCamera>) => ({
    camera,
    depth: trustedDepth(renderSplats(gaussians, camera), 'plane'),
  });
  const [a, b] = [view(proofCamera()), view(aside(proofCamera(), 15))];
  const labels = labelSide(a, b);
  const surfaces = new TrueSurfaces([ball]);

  it('are as far off as the analytic truth says', () => {
    const analytic = endPointErrors(labels, trueWarp(scene, a.camera, b.camera).warp, b.camera);
    const errors = surfaces.errorsOf(a.camera, b.camera, labels);
    // The discs of the rim stand out: their rays pass the ball, and the analytic truth says nothing there.
    const met = errors.filter((error) => error < Infinity);
    expect(met.length).toBe(analytic.length);
    expect(met.length / errors.length).toBeGreaterThan(0.98);
    const worst = Math.max(...met.map((error, k) => Math.abs(error - analytic[k]!)));
    expect(worst).toBeLessThan(1e-6);
    const { median, p95, places } = surfaces.endPointError(a.camera, b.camera, labels)!;
    expect(places).toBe(errors.length);
    expect(median).toBeGreaterThan(0.01);
    expect(median).toBeLessThan(p95);
    expect(p95).toBeLessThan(0.7);
  });

  it('are infinitely wrong off every surface, and none where nothing is visible', () => {
    const far = new TrueSurfaces([{ ...ball, at: [9, 9, 4] }]);
    expect(far.endPointError(a.camera, b.camera, labels)).toMatchObject({ median: Infinity, p95: Infinity });
    const hidden = { ...labels, state: labels.state.map(() => STATE.hidden) };
    expect(surfaces.endPointError(a.camera, b.camera, hidden)).toBeNull();
  });

  it('of a large view are held against rays spread over all of its columns', () => {
    // Every label a pixel to the right of the truth.
    const large = proofCamera(640, 480);
    const points = 640 * 480;
    const truth = trueWarp(scene, large, aside(large, 15));
    const warp = Float32Array.from(truth.warp, (value, i) => (i < points ? value + 2 / 640 : value));
    const state = truth.visible.map((value) => (value ? STATE.visible : STATE.hidden));
    const shifted = { ...labels, width: 640, height: 480, warp, state };
    const found = surfaces.endPointError(large, aside(large, 15), shifted)!;
    expect(found.median).toBeCloseTo(1, 3);
    expect(found.places).toBeLessThan(65_536);
    expect(found.places).toBeGreaterThan(5000);
  });
});
