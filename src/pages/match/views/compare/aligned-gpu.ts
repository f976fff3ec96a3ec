import code from '../../../../../shaders/match/draw-aligned.wgsl';
import { enumNames } from '../../../../platform/gpu/shader.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { PanePass } from '../pane/gpu.ts';
import type { PaneBindings } from '../pane/bindings.ts';

/** A against B laid on A's plane by a homography: swipe, blend, checkerboard, flicker, difference. */
export class DrawAligned extends PanePass {
  constructor(bindings: PaneBindings, format: GPUTextureFormat) {
    super(bindings, format, {
      label: 'draw-aligned',
      code,
      names: enumNames('COMPARE', COMPARE_MODES),
      entryPoint: 'drawAligned',
      needsField: true,
    });
  }
}
