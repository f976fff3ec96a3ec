import code from '../../../../../shaders/match/draw-certainty.wgsl';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** Certainty as a heat map over the pane's photo. */
export class DrawCertainty extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, {
      label: 'draw-certainty',
      code,
      entryPoint: 'drawCertainty',
      needsField: true,
    });
  }
}
