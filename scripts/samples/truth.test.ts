import { describe, expect, it } from 'vitest';
import { Bvh } from '../../src/gaussians/truth/bvh.ts';
import { Camera } from './camera.ts';
import { Heightfield } from './heightfield.ts';
import type { Ray } from '../../src/gaussians/truth/solid.ts';
import type { Picture } from './render.ts';
import { render } from './render.ts';
import { SAMPLES } from './scenes/index.ts';
import { exactWarp } from './truth.ts';
import type { Vec } from './vector.ts';

const WIDTH = 64;
const HEIGHT = 48;

const pointOn = (ray: Ray, t: number): Vec => [ray.ox + t * ray.dx, ray.oy + t * ray.dy, ray.oz + t * ray.dz];

/** Bilinear sample of one channel at a pixel position (first pixel's centre is 0.5). */
function sample({ width, height, rgb }: Picture, x: number, y: number, channel: number): number {
  const at = (i: number, j: number) =>
    rgb[3 * (Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))) + channel];
  const [i, j] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [u, v] = [x - 0.5 - i, y - 0.5 - j];
  return (1 - v) * ((1 - u) * at(i, j) + u * at(i + 1, j)) + v * ((1 - u) * at(i, j + 1) + u * at(i + 1, j + 1));
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

describe.each(SAMPLES.filter(({ related }) => related))('truth of $id', ({ a, b }) => {
  const scene = a.scene();
  const bvh = new Bvh(scene.primitives);
  const [cameraA, cameraB] = [new Camera(a.pose, WIDTH, HEIGHT), new Camera(b.pose, WIDTH, HEIGHT)];
  const truth = exactWarp(bvh, cameraA, cameraB, WIDTH, HEIGHT);
  const cells = [...truth.visible.keys()].filter((p) => truth.visible[p]);
  const inB = (p: number) => ({
    x: (WIDTH / 2) * (truth.warp[p] + 1),
    y: (HEIGHT / 2) * (truth.warp[WIDTH * HEIGHT + p] + 1),
  });
  const inA = (p: number) => ({ x: (p % WIDTH) + 0.5, y: Math.floor(p / WIDTH) + 0.5 });

  it('shares a good part of the scene, and hides some of it', () => {
    expect(cells.length / (WIDTH * HEIGHT)).toBeGreaterThan(0.25);
    expect(cells.length / (WIDTH * HEIGHT)).toBeLessThan(0.98);
  });

  it('a visible place is what the ray of B meets at the warped position, and projects back', () => {
    for (const p of cells) {
      const { x, y } = inB(p);
      const rayA = cameraA.ray(inA(p).x, inA(p).y);
      const seen = pointOn(rayA, bvh.nearest(rayA)!.t);
      const rayB = cameraB.ray(x, y);
      const hit = bvh.nearest(rayB);
      expect(hit).not.toBeNull();
      // The warp is rounded, so that at grazing edges the ray may slip past: depth tells, with the margin of the truth.
      const depth = cameraB.project(seen)!.depth;
      expect(hit!.t).toBeGreaterThan(depth * 0.99);
      const back = cameraA.project(pointOn(rayB, depth))!;
      expect(Math.hypot(back.x - inA(p).x, back.y - inA(p).y)).toBeLessThan(0.01);
    }
  });

  it('a hidden place inside B lies behind something', () => {
    for (let p = 0; p < WIDTH * HEIGHT; p++) {
      const { x, y } = inB(p);
      if (truth.visible[p] || !(x > 0 && x < WIDTH && y > 0 && y < HEIGHT)) continue;
      const rayA = cameraA.ray(inA(p).x, inA(p).y);
      const seen = pointOn(rayA, bvh.nearest(rayA)!.t);
      const depth = cameraB.project(seen)!.depth;
      const front = bvh.nearest(cameraB.ray(x, y));
      if (front) expect(front.t).toBeLessThan(depth * 1.001);
    }
  });

  // Both in A's light: the square's dusk differs by design.
  it('colours agree at visible places, far better than at shuffled ones', () => {
    const [photoA, photoB] = [
      render(scene, a.pose, WIDTH, HEIGHT, 2, bvh),
      render(scene, b.pose, WIDTH, HEIGHT, 2, bvh),
    ];
    const difference = (p: number, q: number) => {
      const { x, y } = inB(q);
      return [0, 1, 2].reduce((sum, k) => sum + Math.abs(photoA.rgb[3 * p + k] - sample(photoB, x, y, k)) / 3, 0);
    };
    const right = median(cells.map((p) => difference(p, p)));
    const wrong = median(cells.map((p, i) => difference(p, cells[(i * 7919 + 13) % cells.length])));
    expect(right).toBeLessThan(0.5 * wrong);
  });
});

describe('camera', () => {
  const camera = new Camera({ from: [1, 2, 3], to: [0.2, 0.5, -1], fov: 55, roll: 20 }, 640, 480);
  const other = new Camera({ from: [-1, 1, 4], to: [0, 0, 0], fov: 40 }, 640, 480);

  it('projects a point of a ray to the ray', () => {
    const seen = camera.project(pointOn(camera.ray(123.25, 411.5), 7))!;
    expect(seen.x).toBeCloseTo(123.25, 9);
    expect(seen.y).toBeCloseTo(411.5, 9);
    expect(seen.depth).toBeCloseTo(7, 9);
  });

  it('tells intrinsics and pose as K [R|t]', () => {
    const world = pointOn(camera.ray(200, 100), 5);
    const [fx, , cx, , fy, cy] = camera.intrinsics();
    const own = [((200 - cx) / fx) * 5, ((100 - cy) / fy) * 5, 5];
    const pose = camera.poseTo(other);
    const there = [0, 1, 2].map(
      (r) => pose[4 * r] * own[0] + pose[4 * r + 1] * own[1] + pose[4 * r + 2] * own[2] + pose[4 * r + 3],
    );
    const K = other.intrinsics();
    const seen = other.project(world)!;
    expect((K[0] * there[0]) / there[2] + K[2]).toBeCloseTo(seen.x, 8);
    expect((K[4] * there[1]) / there[2] + K[5]).toBeCloseTo(seen.y, 8);
  });
});

describe('heightfield', () => {
  it('is met where the height says', () => {
    const ground = new Heightfield((x, z) => 0.3 * Math.sin(3 * x) * Math.cos(2 * z), 2, 400, {
      colour: () => [1, 1, 1],
    });
    for (let i = 0; i < 200; i++) {
      const ray: Ray = {
        ox: Math.sin(i),
        oy: 1.5,
        oz: Math.cos(1.7 * i),
        dx: 0.8 * Math.cos(i),
        dy: -1,
        dz: 0.8 * Math.sin(3 * i),
      };
      const t = ground.intersect(ray, 1e-4, Infinity);
      if (t === Infinity) continue;
      const [x, y, z] = pointOn(ray, t);
      expect(y).toBeCloseTo(ground.at(x, z), 5);
      // Nothing before it: the march did not step over a ridge.
      for (let s = 0; s < 1; s += 0.01) {
        const q = pointOn(ray, s * (t - 0.002));
        expect(q[1]).toBeGreaterThan(ground.at(q[0], q[2]) - 1e-6);
      }
    }
  });
});
