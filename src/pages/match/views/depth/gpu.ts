import code from '../../../../../shaders/match/draw-depth.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';
import { depthUniforms } from './uniforms.ts';

/** Triangulated depth as a heat map over the pane's photo. */
export const depthPass: PanePassOptions = {
  label: 'draw-depth',
  code,
  entryPoint: 'drawDepth',
  needsField: true,
  own: { name: 'depth', values: ({ fit }, { side }) => depthUniforms(fit?.pose, side) },
};
