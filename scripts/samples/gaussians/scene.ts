import { createTable, type GaussianTable, logit, selectGaussians, sh0OfColor } from '../../../src/gaussians/table.ts';
import { spreadBits } from '../../../src/gaussians/floaters.ts';
import { ascendingOrder } from '../../../src/gaussians/order.ts';
import { quaternionOf } from '../../../src/gaussians/transform.ts';
import { Bvh } from '../../../src/gaussians/truth/bvh.ts';
import type { CameraPose } from '../camera.ts';
import { random } from '../noise.ts';
import type { Primitive } from '../primitive.ts';
import type { Scene } from '../render.ts';
import { rayTracer, sample, shownColour } from '../render.ts';
import { stillLife } from '../scenes/still-life.ts';
import type { Vec } from '../vector.ts';
import { add, scale } from '../vector.ts';
import type { Disc } from './place.ts';
import { placeDiscs, rayAlong, tangents } from './place.ts';

/** The geometry of the sample scene: the kitchen table of the gallery. */
export const sampleScene = stillLife;

/** What the cameras of the sample scene look at, in the sample's own world. */
export const SAMPLE_TARGET: Vec = [0.02, 0.13, -0.05];
const FIELD_OF_VIEW = 50;

/** A place on a ball about the target: degrees to the side, degrees up, metres away. */
export function orbitPose(side: number, up: number, distance: number): CameraPose {
  const [s, u] = [(side * Math.PI) / 180, (up * Math.PI) / 180];
  const towards: Vec = [Math.sin(s) * Math.cos(u), Math.sin(u), Math.cos(s) * Math.cos(u)];
  return { from: add(SAMPLE_TARGET, scale(towards, distance)), to: SAMPLE_TARGET, fov: FIELD_OF_VIEW };
}

/** Places from which the surfaces are found: a low-discrepancy set over the part of the ball before the wall. */
function findingViews(count: number): CameraPose[] {
  return Array.from({ length: count }, (_, i) => {
    const [a, b, c] = [0.7548776662466927, 0.5698402909980532, 0.8191725133961645].map((step) => (0.5 + i * step) % 1);
    return orbitPose(-65 + 130 * a, 6 + 62 * b, 1 + 0.6 * c);
  });
}

/** Opaque enough that two cover what lies behind, translucent enough that none has a hard rim. */
const OPACITY = 0.995;
/** Deviation in spacings: discs overlap until no gap is left between them. */
const DEVIATION = 0.75;
/** Least log scale that a .spz holds: 45 µm of thickness. */
const THICKNESS = -10;
/** Draws of light for each disc, over its whole area. */
const LIGHT_DRAWS = 10;

/**
 * The sample scene as flat Gaussians on its true surfaces, in the table's axes (x right, y down, z away): a renderer's
 * depth of it can be held against the ray caster's.
 */
export function makeSampleGaussians(): GaussianTable {
  const scene = sampleScene();
  const bvh = new Bvh(scene.primitives);
  const discs = placeDiscs(bvh, {
    ...{ views: findingViews(70), width: 200, height: 150, center: SAMPLE_TARGET, within: 1.9 },
    ...{ pixels: 1.15, least: 0.0018, most: 0.03 },
  });
  const table = createTable(discs.length, 0, { model: '3dgs', antialiased: false, source: 'made' });
  const looksOf = discLooks(scene, bvh);
  discs.forEach((disc, i) => {
    const [u, v] = tangents(disc.normal).map(turned);
    const n = turned(disc.normal);
    const { color, behind } = looksOf(disc, i);
    table.positions.set(turned(add(disc.at, scale(disc.normal, -behind))), 3 * i);
    table.quaternions.set(quaternionOf([u[0], v[0], n[0], u[1], v[1], n[1], u[2], v[2], n[2]]), 4 * i);
    const deviation = Math.log(DEVIATION * disc.spacing);
    table.logScales.set([deviation, deviation, THICKNESS], 3 * i);
    table.opacityLogits[i] = logit(OPACITY);
    table.sh0.set(color.map(sh0OfColor), 3 * i);
  });
  return selectGaussians(table, alongCurve(table));
}

/** Between the sample's world (y up, z towards the viewer) and the table's (y down, z away): half a turn about x. */
export const turned = ([x, y, z]: Vec): Vec => [x, -y, -z];

/**
 * What a disc's surface sends back along its normal, the mean over its area, and how far the surface lies behind the
 * disc there: a flat disc fits a bent surface best where it cuts it.
 */
function discLooks(scene: Scene, bvh: Bvh<Primitive>) {
  const trace = rayTracer(scene, bvh);
  return (disc: Disc, index: number): { color: Vec; behind: number } => {
    const [u, v] = tangents(disc.normal);
    const height = 0.15 * disc.spacing + 1e-4;
    let sum: Vec = [0, 0, 0];
    let [weight, behind] = [0, 0];
    for (let s = 0; s < LIGHT_DRAWS; s++) {
      const pick = (dimension: number) => sample(index, 7, s, dimension);
      // Rayleigh's radius and a uniform angle are a Gaussian's; half of its variance, so that colours stay apart.
      const radius = DEVIATION * disc.spacing * Math.sqrt(-Math.log(1 - 0.98 * pick(40)));
      const angle = 2 * Math.PI * random(index, s, 3);
      const aside = add(scale(u, radius * Math.cos(angle)), scale(v, radius * Math.sin(angle)));
      const ray = rayAlong(add(add(disc.at, aside), scale(disc.normal, height)), scale(disc.normal, -1));
      const hit = bvh.nearest(ray, 0, 2 * height);
      const radiance = hit && trace(ray, pick);
      if (!radiance) continue;
      sum = add(sum, radiance);
      behind += hit.t - height;
      weight++;
    }
    // The offset grows with the variance, of which half was drawn.
    return { color: shownColour(scale(sum, 1 / (weight || 1)), scene.lighting), behind: (2 * behind) / (weight || 1) };
  };
}

/** Along the Z-order curve: neighbours in space are neighbours in the file, whose gzip is then smaller. */
function alongCurve({ count, positions }: GaussianTable): Uint32Array {
  const keys = Float64Array.from({ length: count }, (_, i) => {
    const cell = (k: number) => spreadBits(Math.min(Math.max(Math.floor((positions[3 * i + k] + 5) * 100), 0), 1023));
    return cell(0) + 2 * cell(1) + 4 * cell(2);
  });
  return ascendingOrder(keys);
}
