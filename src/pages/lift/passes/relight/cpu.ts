import type { CameraPair, Pinhole } from '../../../../geometry/pinhole.ts';
import type { LightSettings, PointLight } from '../../../../geometry/lift/lights.ts';
import { MAX_LIGHTS } from '../../../../geometry/lift/lights.ts';
import { apply3 } from '../../../../core/rotation.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { encodeSrgbQuickly, LINEAR_OF_BYTE } from '../srgb.ts';

/** Lights are never nearer than this to what they light, in units of the median depth: no pixel burns out. */
export const LIGHT_FLOOR = 0.1;
/** Steps of the shadow's march from a place to a light. */
export const SHADOW_STEPS = 48;
/**
 * A surface begins to shade what is behind it by the first of these shares of its depth and shades it wholly from the
 * second on: nothing shades itself, and small bumps of a guessed depth make no speckles.
 */
export const SHADOW_BIAS = [0.02, 0.05] as const;
/** … and by less than this share: behind thin things light passes, as a depth map knows nothing of their backs. */
export const SHADOW_THICKNESS = 0.25;

/** Light for one view: positions in that view's camera frame, in scene units as its depth. */
export interface ViewLights extends Pick<LightSettings, 'ambient' | 'lights' | 'shadows'> {
  /** Median depth of the photo, the unit in which distances dim. */
  unit: number;
}

/**
 * The lights of the settings (camera a's frame, units of the median depth) for one of the two views.
 * @param cameras null for camera a's own view
 */
export function lightsForView(settings: LightSettings, medianDepth: number, cameras: CameraPair | null): ViewLights {
  const lights = settings.lights.slice(0, MAX_LIGHTS).map((light): PointLight => {
    const [x, y, z] = light.position;
    const position: PointLight['position'] = [x * medianDepth, y * medianDepth, z * medianDepth];
    if (!cameras) return { ...light, position };
    const [tx, ty, tz] = cameras.translation;
    const [bx, by, bz] = apply3(cameras.rotation, position);
    return { ...light, position: [bx + tx, by + ty, bz + tz] };
  });
  return { ambient: settings.ambient, lights, shadows: settings.shadows, unit: medianDepth };
}

/** The view that is lit anew. */
export interface LitView {
  colour: Pixels;
  /** [h, w], scene units; 0 = none. */
  depth: Float32Array;
  /** [3, h, w], see normals.ts. */
  normals: Float32Array;
  camera: Pinhole;
}

/**
 * Lights a view anew, in linear light: colour · (ambient + Σ power · colour · max(0, n·l) / max(distance², floor²)),
 * distances in units of the median depth. The light that is in the photo already stays in it. What has no depth (sky,
 * holes) gets the ambient light alone: fill holes afterwards. With shadows, a light is blocked where the way to it
 * runs behind what the depth map shows ({@link SHADOW_STEPS} even steps, {@link SHADOW_BIAS}); what is outside the
 * view blocks nothing.
 * @returns new pixels; alpha as it was
 */
export function relight({ colour, depth, normals, camera }: LitView, view: ViewLights): Pixels {
  const { width, height, fx, fy, cx, cy } = camera;
  const points = width * height;
  const data = new Uint8ClampedArray(colour.data);
  for (let i = 0; i < points; i++) {
    const z = depth[i];
    let r = view.ambient;
    let g = view.ambient;
    let b = view.ambient;
    if (z > 0) {
      const px = i % width;
      const x = ((px + 0.5 - cx) / fx) * z;
      const y = (((i - px) / width + 0.5 - cy) / fy) * z;
      for (const { position, color, power } of view.lights) {
        const lx = position[0] - x;
        const ly = position[1] - y;
        const lz = position[2] - z;
        const distance = Math.sqrt(lx * lx + ly * ly + lz * lz);
        const facing = normals[i] * lx + normals[points + i] * ly + normals[2 * points + i] * lz;
        if (!(facing > 0)) continue;
        const share = view.shadows ? 1 - shadeOf(depth, camera, x, y, z, position) : 1;
        const reach = Math.max(LIGHT_FLOOR, distance / view.unit);
        const strength = (share * power * facing) / (distance * reach * reach);
        r += strength * color[0];
        g += strength * color[1];
        b += strength * color[2];
      }
    }
    data[4 * i] = 255 * encodeSrgbQuickly(LINEAR_OF_BYTE[data[4 * i]] * r);
    data[4 * i + 1] = 255 * encodeSrgbQuickly(LINEAR_OF_BYTE[data[4 * i + 1]] * g);
    data[4 * i + 2] = 255 * encodeSrgbQuickly(LINEAR_OF_BYTE[data[4 * i + 2]] * b);
  }
  return { data, width, height };
}

/** How much of a light what the depth map shows keeps from a point, 0…1. */
function shadeOf(
  depth: Float32Array,
  { width, height, fx, fy, cx, cy }: Pinhole,
  x: number,
  y: number,
  z: number,
  [lx, ly, lz]: PointLight['position'],
): number {
  const [begin, full] = SHADOW_BIAS;
  let most = 0;
  for (let step = 1; step < SHADOW_STEPS; step++) {
    const t = step / SHADOW_STEPS;
    const sz = z + t * (lz - z);
    // Behind the camera, and ever after, nothing is known.
    if (!(sz > 0)) break;
    const column = Math.floor((fx * (x + t * (lx - x))) / sz + cx);
    const row = Math.floor((fy * (y + t * (ly - y))) / sz + cy);
    if (column < 0 || row < 0 || column >= width || row >= height) break;
    const surface = depth[row * width + column];
    const behind = sz / surface - 1;
    if (!(surface > 0) || !(behind > begin) || behind > SHADOW_THICKNESS) continue;
    if (behind >= full) return 1;
    most = Math.max(most, (behind - begin) / (full - begin));
  }
  return most;
}
