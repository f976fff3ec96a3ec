import code from '../../../../../shaders/lift/relight.wgsl';
import type { Pinhole } from '../../../../geometry/pinhole.ts';
import { MAX_LIGHTS } from '../../../../geometry/lift/lights.ts';
import { gridWorkgroups } from '../../../../platform/gpu/dispatch.ts';
import { gridPoints } from '../../../../compute/field/gpu.ts';
import { Kernel } from '../../../../platform/gpu/kernel.ts';
import { LIGHT_FLOOR, SHADOW_BIAS, SHADOW_STEPS, SHADOW_THICKNESS } from './cpu.ts';
import type { ViewLights } from './cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { createShader } from '../../../../platform/gpu/shader.ts';

/** A view on the GPU that is lit anew. */
export interface LitBuffers {
  /** Any float-sampled format with TEXTURE_BINDING; of the camera's size. */
  colour: GPUTexture;
  /** float32 [h, w] */
  depth: GPUBuffer;
  /** float32 [3, h, w], see NormalsPass. */
  normals: GPUBuffer;
  camera: Pinhole;
}

/** Lights a view anew, see reference/lift/relight.ts. */
export class RelightPass {
  private readonly kernel: Kernel;

  constructor(device: GPUDevice, scope: Scope) {
    this.kernel = new Kernel(device, scope, createShader(device, 'lift-relight', code, { MAX_LIGHTS }), 'main', {
      FLOOR: LIGHT_FLOOR,
      STEPS: SHADOW_STEPS,
      BIAS: SHADOW_BIAS[0],
      FULL_BIAS: SHADOW_BIAS[1],
      THICKNESS: SHADOW_THICKNESS,
    });
  }

  /** Fills `target` (rgba8unorm with STORAGE_BINDING, another texture than the view's colour). */
  run(encoder: GPUCommandEncoder, view: LitBuffers, lights: ViewLights, target: GPUTexture): void {
    const { camera } = view;
    const lit = lights.lights.slice(0, MAX_LIGHTS);
    const padding = new Array<number>(4 * (MAX_LIGHTS - lit.length)).fill(0);
    const params = {
      size: [camera.width, camera.height],
      focal: [camera.fx, camera.fy],
      centre: [camera.cx, camera.cy],
      unit: lights.unit,
      ambient: lights.ambient,
      count: lit.length,
      shadows: lights.shadows ? 1 : 0,
      places: [...lit.flatMap(({ position, power }) => [...position, power]), ...padding],
      colors: [...lit.flatMap(({ color }) => [...color, 0]), ...padding],
    };
    const points = gridPoints(camera);
    const bindings = {
      source: view.colour.createView(),
      depth: { buffer: view.depth, size: 4 * points },
      normals: { buffer: view.normals, size: 12 * points },
      lit: target.createView(),
    };
    this.kernel.run(encoder, params, bindings, gridWorkgroups(camera));
  }
}
