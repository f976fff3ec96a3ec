import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { UniformValues } from '../../../../platform/gpu/uniforms.ts';

/** The uniform struct of shaders/lift/cameras.wgsl. */
export function cameraUniforms({ a, b, rotation, translation, near }: CameraPair, tolerance = 0): UniformValues {
  return {
    sizeA: [a.width, a.height],
    sizeB: [b.width, b.height],
    focalA: [a.fx, a.fy],
    centreA: [a.cx, a.cy],
    focalB: [b.fx, b.fy],
    centreB: [b.cx, b.cy],
    row0: rotation.slice(0, 3),
    row1: rotation.slice(3, 6),
    row2: rotation.slice(6, 9),
    translation,
    near,
    tolerance,
  };
}
