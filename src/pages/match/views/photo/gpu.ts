import code from '../../../../../shaders/match/draw-photo.wgsl';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** The pane's photo as it is. */
export class DrawPhoto extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, { label: 'draw-photo', code, entryPoint: 'drawPhoto', needsField: false });
  }
}
