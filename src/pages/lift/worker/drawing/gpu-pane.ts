import type { ShowPanePass } from '../../passes/show-pane/gpu.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Color } from '../../../../core/colors/stage-colors.ts';
import type { StageTarget } from '../../../../platform/gpu/stage-target.ts';
import { containRect } from './pane-canvas.ts';

/** A pane drawn by the GPU. */
export class GpuPane {
  private size: Size = { width: 1, height: 1 };

  constructor(
    private readonly target: StageTarget,
    private readonly pass: ShowPanePass,
  ) {}

  resize({ width, height }: Size): void {
    this.size = { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
    this.target.resize(this.size);
  }

  draw(encoder: GPUCommandEncoder, picture: GPUTexture | null, ground: Color): void {
    const rect = picture ? containRect(this.size, picture) : { x: 0, y: 0, ...this.size };
    this.pass.run(encoder, this.target.view(), picture, rect, ground);
  }
}
