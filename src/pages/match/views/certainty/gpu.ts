import code from '../../../../../shaders/match/draw-certainty.wgsl';
import type { PanePassOptions } from '../pane/gpu.ts';

/** Certainty as a heat map over the pane's photo. */
export const certaintyPass: PanePassOptions = {
  label: 'draw-certainty',
  code,
  entryPoint: 'drawCertainty',
  needsField: true,
};
