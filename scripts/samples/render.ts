import { Bvh, type Hit } from '../../src/gaussians/truth/bvh.ts';
import type { Ray } from '../../src/gaussians/truth/solid.ts';
import { Camera } from './camera.ts';
import type { CameraPose } from './camera.ts';
import { random } from './noise.ts';
import type { Primitive } from './primitive.ts';
import { smoothAlong } from './smooth.ts';
import type { Vec } from './vector.ts';
import { add, clamp01, cross, dot, mix, mul, normalize, scale, smoothstep, sub, toSrgb } from './vector.ts';

/** A glowing ball. */
export interface Lamp {
  at: Vec;
  radius: number;
  /** Radiance times area: falls off with the squared distance. */
  power: Vec;
}

/** Light that a scene stands in. */
export interface Lighting {
  sun: { towards: Vec; colour: Vec; spread: number };
  sky(direction: Vec): Vec;
  lamps?: readonly Lamp[];
  /** What unseen surroundings give back, for the second bounce. */
  ambient: Vec;
  exposure: number;
  /** Air between: density per metre and colour. */
  haze?: { density: number; colour: Vec };
}

export interface Scene {
  primitives: readonly Primitive[];
  lighting: Lighting;
}

/** 8-bit RGB picture. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** Keeps secondary rays off the surface that they start from, as a share of the distance to the camera. */
const LIFT = 2e-4;

/** Step for the numeric slope of a relief, metres per metre of distance. */
const SLOPE_STEP = 4e-4;

/** A rare ray that meets a lamp (which is sampled by itself) or its brightly lit hood would leave a blotch. */
const MAX_BOUNCE = 1.2;

/** Weaker reflections are not worth a ray. */
const MIN_MIRROR = 0.012;

interface Shading {
  point: Vec;
  normal: Vec;
  albedo: Vec;
  emission: Vec;
  gloss: number;
}

/**
 * Renders a scene: stratified supersampling, soft sun and lamps, one diffuse bounce gathered from sky and surroundings,
 * one mirror bounce for polished things. The bounce is noisy at these sample counts, so that it is kept apart from the
 * texture, smoothed along surfaces and multiplied back. The same arguments give the same picture.
 *
 * @param grid Samples of a pixel are grid × grid.
 */
export function render(
  scene: Scene,
  pose: CameraPose,
  width: number,
  height: number,
  grid: number,
  bvh = new Bvh(scene.primitives),
): Picture {
  const camera = new Camera(pose, width, height);
  const tracer = new Tracer(scene, bvh);
  const pixels = width * height;
  const direct = new Float32Array(3 * pixels);
  const albedo = new Float32Array(3 * pixels);
  const bounce = new Float32Array(3 * pixels);
  const guide = new Float32Array(4 * pixels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      for (let s = 0; s < grid * grid; s++) {
        const shiftX = ((s % grid) + sample(x, y, s, 0)) / grid;
        const shiftY = (Math.floor(s / grid) + sample(x, y, s, 1)) / grid;
        const found = tracer.trace(camera.ray(x + shiftX, y + shiftY), (dimension) => sample(x, y, s, dimension));
        for (let k = 0; k < 3; k++) {
          direct[3 * p + k] += found.direct[k] / grid ** 2;
          albedo[3 * p + k] += found.albedo[k] / grid ** 2;
          bounce[3 * p + k] += found.bounce[k] / grid ** 2;
          guide[4 * p + k] += found.normal[k] / grid ** 2;
        }
        guide[4 * p + 3] += found.depth / grid ** 2;
      }
    }
  }
  const smooth = [1, 2, 4].reduce<Float32Array>(
    (image, step) => smoothAlong(image, guide, width, height, step),
    bounce,
  );
  const rgb = new Uint8Array(3 * pixels);
  for (let p = 0; p < pixels; p++) {
    const radiance: Vec = [0, 1, 2].map(
      (k) => direct[3 * p + k] + albedo[3 * p + k] * smooth[3 * p + k],
    ) as unknown as Vec;
    const shown = shownColour(radiance, scene.lighting);
    for (let k = 0; k < 3; k++) rgb[3 * p + k] = Math.round(255 * shown[k]);
  }
  return { width, height, rgb };
}

/**
 * What a scene sends back along single rays, linear and before {@link shownColour}; null where a ray meets nothing.
 * Noisy, as nothing is smoothed: take the mean of some. `pick` gives a number of 0…1 for every dimension of the draw.
 */
export function rayTracer(
  scene: Scene,
  bvh: Bvh<Primitive>,
): (ray: Ray, pick: (dimension: number) => number) => Vec | null {
  const tracer = new Tracer(scene, bvh);
  return (ray, pick) => {
    if (!bvh.nearest(ray)) return null;
    const { direct, albedo, bounce } = tracer.trace(ray, pick);
    return add(direct, mul(albedo, bounce));
  };
}

/** Radiance as it is shown, 0…1 with sRGB's curve. */
export function shownColour(radiance: Vec, { exposure }: Lighting): Vec {
  return develop(scale(radiance, exposure)).map(toSrgb) as unknown as Vec;
}

/** Sample `s` of a pixel in one dimension: a golden-ratio sequence, shifted per pixel and dimension. */
export const sample = (x: number, y: number, s: number, dimension: number) =>
  (random(x, y, dimension) + s * (dimension % 2 ? 0.7548776662466927 : 0.5698402909980532)) % 1;

/** Filmic curve (K. Narkowicz's fit of the ACES reference), which keeps bright colours from clipping. */
function develop(colour: Vec): Vec {
  return colour.map((c) => clamp01((c * (2.51 * c + 0.03)) / (c * (2.43 * c + 0.59) + 0.14))) as unknown as Vec;
}

interface Traced {
  direct: Vec;
  albedo: Vec;
  bounce: Vec;
  normal: Vec;
  depth: number;
}

type Random = (dimension: number) => number;

class Tracer {
  private readonly sun: Vec;
  constructor(
    private readonly scene: Scene,
    private readonly bvh: Bvh<Primitive>,
  ) {
    this.sun = normalize(scene.lighting.sun.towards);
  }

  trace(ray: Ray, pick: Random): Traced {
    const direction = normalize([ray.dx, ray.dy, ray.dz]);
    const hit = this.bvh.nearest(ray);
    const { lighting } = this.scene;
    if (!hit) {
      return { direct: lighting.sky(direction), albedo: [0, 0, 0], bounce: [0, 0, 0], normal: [0, 0, 0], depth: 1e3 };
    }
    const shading = this.shade(ray, hit);
    const lift = LIFT * hit.t + 1e-5;
    let direct = add(shading.emission, mul(shading.albedo, this.light(shading, lift, pick)));
    if (shading.gloss > 0) direct = add(direct, this.mirror(shading, direction, lift, pick));
    let albedo = shading.albedo;
    if (lighting.haze) {
      const clear = Math.exp(-hit.t * lighting.haze.density);
      direct = mix(lighting.haze.colour, direct, clear);
      albedo = scale(albedo, clear);
    }
    return { direct, albedo, bounce: this.gather(shading, lift, pick), normal: shading.normal, depth: hit.t };
  }

  private shade(ray: Ray, hit: Hit<Primitive>, relief = true): Shading {
    const surface = hit.primitive.surface(ray, hit.t);
    const { material } = hit.primitive;
    let { normal } = surface;
    if (relief && material.bump) {
      const step = Math.max(SLOPE_STEP * hit.t, 1e-4);
      const [x, y, z] = surface.local;
      const here = material.bump(surface.local);
      const slope: Vec = [
        (material.bump([x + step, y, z]) - here) / step,
        (material.bump([x, y + step, z]) - here) / step,
        (material.bump([x, y, z + step]) - here) / step,
      ];
      const turned = hit.primitive.toWorld ? hit.primitive.toWorld(slope) : slope;
      const along = sub(turned, scale(normal, dot(turned, normal)));
      normal = normalize(sub(normal, along));
    }
    return {
      point: surface.point,
      normal,
      albedo: material.colour(surface.local, surface),
      emission: material.emission ? material.emission(surface.local) : [0, 0, 0],
      gloss: material.gloss ?? 0,
    };
  }

  /** Light that arrives straight from sun and lamps, with soft shadows; times albedo it is radiance. */
  private light({ point, normal }: Shading, lift: number, pick: Random): Vec {
    const { sun, lamps = [] } = this.scene.lighting;
    const start = add(point, scale(normal, lift));
    let sum: Vec = [0, 0, 0];
    const towards = jitter(this.sun, sun.spread, pick(2), pick(3));
    const cosine = dot(normal, towards);
    if (cosine > 0 && sun.colour[0] > 0 && !this.bvh.nearest(rayFrom(start, towards), lift))
      sum = scale(sun.colour, cosine);
    lamps.forEach((lamp, i) => {
      // The far half of the ball is hidden by the near one.
      const side = onBall(pick(8 + 2 * i), pick(9 + 2 * i));
      const facingUs = dot(side, sub(start, lamp.at)) >= 0 ? side : scale(side, -1);
      const spot = add(lamp.at, scale(facingUs, lamp.radius * 1.02));
      const offset = sub(spot, start);
      const square = dot(offset, offset);
      const facing = dot(normal, offset) / Math.sqrt(square);
      if (facing > 0 && !this.bvh.blocked(start, spot, lift)) sum = add(sum, scale(lamp.power, facing / square));
    });
    return sum;
  }

  /** One diffuse bounce: what a cosine-distributed ray sees; its mean times albedo is radiance. */
  private gather(shading: Shading, lift: number, pick: Random): Vec {
    const direction = aroundNormal(shading.normal, pick(4), pick(5));
    const seen = this.see(rayFrom(add(shading.point, scale(shading.normal, lift)), direction), direction, pick);
    return seen.map((c) => Math.min(c, MAX_BOUNCE)) as unknown as Vec;
  }

  private mirror(shading: Shading, incoming: Vec, lift: number, pick: Random): Vec {
    const cosine = -dot(incoming, shading.normal);
    const reflected = normalize(add(incoming, scale(shading.normal, 2 * cosine)));
    const fresnel = shading.gloss * (0.04 + 0.96 * (1 - clamp01(cosine)) ** 5);
    if (fresnel < MIN_MIRROR) return [0, 0, 0];
    const start = add(shading.point, scale(shading.normal, lift));
    const seen = this.see(rayFrom(start, reflected), reflected, pick);
    const highlight = smoothstep(0.985, 1, dot(reflected, this.sun)) * shading.gloss;
    if (highlight <= 0 || this.bvh.nearest(rayFrom(start, this.sun), lift)) return scale(seen, fresnel);
    return add(scale(seen, fresnel), scale(this.scene.lighting.sun.colour, 0.5 * highlight));
  }

  /** Radiance along a secondary ray, with ambient light in place of further bounces. */
  private see(ray: Ray, direction: Vec, pick: Random): Vec {
    const hit = this.bvh.nearest(ray);
    const { lighting } = this.scene;
    if (!hit) return lighting.sky(direction);
    const shading = this.shade(ray, hit, false);
    const light = add(
      this.light(shading, LIFT * hit.t + 1e-4, (d) => pick(d + 20)),
      lighting.ambient,
    );
    return add(shading.emission, mul(shading.albedo, light));
  }
}

const rayFrom = (o: Vec, d: Vec): Ray => ({ ox: o[0], oy: o[1], oz: o[2], dx: d[0], dy: d[1], dz: d[2] });

/** Two axes that make a frame with a unit vector. */
function frame(z: Vec): readonly [Vec, Vec] {
  const x = normalize(cross(Math.abs(z[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0], z));
  return [x, cross(z, x)];
}

function jitter(axis: Vec, spread: number, u: number, v: number): Vec {
  const [x, y] = frame(axis);
  const radius = spread * Math.sqrt(u);
  const angle = 2 * Math.PI * v;
  return normalize(add(axis, add(scale(x, radius * Math.cos(angle)), scale(y, radius * Math.sin(angle)))));
}

function aroundNormal(normal: Vec, u: number, v: number): Vec {
  const [x, y] = frame(normal);
  const radius = Math.sqrt(u);
  const angle = 2 * Math.PI * v;
  const side = add(scale(x, radius * Math.cos(angle)), scale(y, radius * Math.sin(angle)));
  return normalize(add(side, scale(normal, Math.sqrt(1 - u))));
}

function onBall(u: number, v: number): Vec {
  const z = 2 * u - 1;
  const radius = Math.sqrt(1 - z * z);
  return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v), z];
}
