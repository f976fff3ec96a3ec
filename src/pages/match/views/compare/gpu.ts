import alignedCode from '../../../../../shaders/match/draw-aligned.wgsl';
import code from '../../../../../shaders/match/draw-compare.wgsl';
import type { Side } from '../../../../core/geometry.ts';
import { enumNames } from '../../../../platform/gpu/shader.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import type { Pane } from '../../contract/layout.ts';
import type { PaneBindings } from '../pane/bindings.ts';
import { type Frame, paneUniforms } from '../pane/frame.ts';
import { type DrawnPair, type PanePainter, PanePass, type PanePassOptions } from '../pane/gpu.ts';
import { DrawMorph } from './morph-gpu.ts';
import { alignedUniforms, morphSize } from './uniforms.ts';

const names = enumNames('COMPARE', COMPARE_MODES);

/** A against the other photo laid on its grid: swipe, blend, checkerboard, flicker, difference. */
export const comparePass: PanePassOptions = {
  label: 'draw-compare',
  code,
  names,
  entryPoint: 'drawCompare',
  needsField: true,
};

/** A against B laid on A's plane by a homography: the same modes. */
export const alignedPass: PanePassOptions = {
  label: 'draw-aligned',
  code: alignedCode,
  names,
  entryPoint: 'drawAligned',
  needsField: true,
};

/** A against B by the dense match or by a fitted homography, or on the way from one to the other. */
export class ComparePainter implements PanePainter {
  private readonly compare: PanePass;
  private readonly aligned: PanePass;
  private readonly morph: DrawMorph;

  constructor(
    private readonly bindings: PaneBindings,
    scope: Scope,
    format: GPUTextureFormat,
  ) {
    this.compare = new PanePass(bindings, scope, format, comparePass);
    this.aligned = new PanePass(bindings, scope, format, alignedPass);
    this.morph = new DrawMorph(bindings, format);
  }

  draw(pass: GPURenderPassEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void {
    const photo = pair.photo(pane.side);
    const aligned = photo && alignedUniforms(frame, pane, photo);
    if (aligned) this.aligned.drawWith(pass, this.bindings.push(aligned), pair.source(pane.side));
    else if (frame.settings.compareMode === 'morph') this.drawMorph(pass, frame, pane, pair);
    else this.compare.draw(pass, frame, pane, pair);
  }

  private drawMorph(pass: GPURenderPassEncoder, frame: Frame, pane: Pane, pair: DrawnPair): void {
    const [a, b] = [pair.photo('a'), pair.photo('b')];
    if (!a || !b) return;
    const { amount } = frame.settings;
    const size = morphSize(a, b, amount);
    const layer = (side: Side, opacity: number) => ({
      offset: this.bindings.push({
        ...paneUniforms(frame, pane, size, pair.grid(side)),
        amount: side === 'a' ? amount : 1 - amount,
        opacity,
      }),
      grid: pair.grid(side),
      source: pair.source(side),
    });
    this.morph.draw(pass, { a: layer('a', 1), b: layer('b', 1), bOver: layer('b', amount) });
  }
}
