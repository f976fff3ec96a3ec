import colorMapCode from '../../../../../shaders/common/color-map.wgsl?raw';
import heatCode from '../../../../../shaders/common/heat.wgsl?raw';
import code from '../../../../../shaders/match/draw-certainty.wgsl?raw';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** Certainty as a heat map over the pane's photo. */
export class DrawCertainty extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, {
      label: 'draw-certainty',
      code: [colorMapCode, heatCode, code],
      entryPoint: 'drawCertainty',
      needsField: true,
    });
  }
}
