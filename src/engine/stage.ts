import type { Gpu } from '../gpu/device.ts';
import type { MatchField } from '../gpu/field.ts';
import type { Scope } from '../gpu/scope.ts';
import type { Side, Size } from '../shared/geometry.ts';
import type { ViewSettings } from '../shared/view.ts';
import type { Photo } from './photo.ts';
import { Renderer } from './renderer.ts';
import { CanvasTarget } from './stage-target.ts';

/** The renderer with what it needs to redraw at the right moment: at most once a frame, and only when something changed. */
export class Stage {
  private readonly renderer: Renderer;
  private frame: number | null = null;
  private stopped = false;

  constructor(
    gpu: Gpu,
    private readonly canvas: OffscreenCanvas,
    root: Scope,
  ) {
    this.renderer = new Renderer(gpu, new CanvasTarget(gpu.device, canvas), root);
  }

  get framesDrawn(): number {
    return this.renderer.framesDrawn;
  }

  setPhoto(side: Side, photo: Photo | null): void {
    this.renderer.setPhoto(side, photo?.texture() ?? null);
    this.requestDraw();
  }

  /** null: the photos alone are drawn. The field must live until another one is set. */
  setField(field: MatchField | null): void {
    this.renderer.setField(field);
    this.requestDraw();
  }

  setView(settings: ViewSettings, theme: 'light' | 'dark'): void {
    this.renderer.setView(settings, theme);
    this.requestDraw();
  }

  resize(stage: Size, pixelRatio: number): void {
    this.renderer.resize(stage, pixelRatio);
    // At once: a resized canvas is blank until it is drawn.
    this.drawNow();
  }

  /** Draws without waiting for the next frame. */
  drawNow(): void {
    if (this.stopped) return;
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.frame = null;
    this.renderer.draw();
    if (this.renderer.needsAnimation) this.requestDraw();
  }

  /** The picture as a PNG. */
  snapshot(): Promise<Blob> {
    // The canvas holds its picture only within the task that drew it.
    this.drawNow();
    return this.canvas.convertToBlob({ type: 'image/png' });
  }

  /** After a lost device nothing may be drawn any more. */
  stop(): void {
    this.stopped = true;
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }

  private requestDraw(): void {
    if (this.stopped) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.drawNow();
    });
  }
}
