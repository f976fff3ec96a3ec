import code from '../../../../../shaders/match/draw-photo.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';

/** The pane's photo as it is. */
export const photoPass: PanePassOptions = {
  label: 'draw-photo',
  code,
  entryPoint: 'drawPhoto',
  needsField: false,
};
