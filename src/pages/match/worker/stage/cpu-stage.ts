import type { PlainMatchField } from '../../../../compute/field/cpu.ts';
import { type MipLevels, mipChain } from '../../../../compute/mip-chain/cpu.ts';
import { sampleMatches, type SampleOptions } from '../../../../compute/sample-matches/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';
import { otherSide, type Side, type Size } from '../../../../core/geometry.ts';
import { type Color, STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import type { StageFit } from '../../contract/alignment.ts';
import { type Pane, panesOnStage } from '../../contract/layout.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { CPU_DRAWINGS } from '../../views/cpu-drawings.ts';
import { viewOf } from '../../views/index.ts';
import { drawMatchesOn } from '../../views/matches/canvas.ts';
import { matchUniforms } from '../../views/matches/uniforms.ts';
import { type CanvasPane, clipTo, cssColor } from '../../views/pane/cpu-painter.ts';
import { type Frame, scaled } from '../../views/pane/frame.ts';
import { drawPicture } from './cpu-picture.ts';
import { checkFigure } from './figure-limit.ts';
import type { FlyDrawer } from '../../views/fly/drawer.ts';
import type { ShownMatch } from './shown-match.ts';
import type { Stage } from './stage.ts';

/** Longer side of the pictures that are worked out pixel by pixel; the canvas enlarges them. A quarter second each. */
const PICTURE_SIDE = 320;
/** Longer side of the photos that the pictures are read from. */
const SOURCE_SIDE = 640;
const FLICKER_CHECK_MS = 100;
/** What every browser's canvas can be. */
const MAX_CANVAS_SIDE = 8192;

/**
 * The stage of a browser without WebGPU: a 2D canvas, and the shaders' references at a small size. Slower and softer;
 * a morph is a blend here.
 */
export class CpuStage implements Stage {
  framesDrawn = 0;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly photos: Partial<Record<Side, Photo>> = {};
  private readonly levels: Partial<Record<Side, MipLevels>> = {};
  /** Pictures by what they show, as long as photos and field stay. */
  private readonly pictures = new Map<string, OffscreenCanvas>();
  private field: PlainMatchField | null = null;
  private sampled: { key: string; rows: Float32Array } | null = null;
  fit: StageFit | null = null;
  fly: FlyDrawer | null = null;
  private settings: ViewSettings = DEFAULT_VIEW;
  private matchLimit = Infinity;
  private ground: Color = STAGE_COLORS.light;
  private stage: Size = { width: 1, height: 1 };
  private pixelRatio = 1;
  private frame: number | null = null;
  private flicker: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and reload.');
    this.context = context;
  }

  setPhoto(side: Side, photo: Photo | null): void {
    if (photo) this.photos[side] = photo;
    else delete this.photos[side];
    delete this.levels[side];
    this.forgetPictures();
  }

  async show(match: Pick<ShownMatch, 'readField'> | null): Promise<void> {
    this.setField(match && { a: await match.readField('a'), b: await match.readField('b') });
  }

  /** As {@link show}, of what is read already. */
  setField(field: PlainMatchField | null): void {
    this.field = field;
    this.fit = null;
    this.setFly(null);
    this.matchLimit = Infinity;
    this.forgetPictures();
  }

  setFit(fit: StageFit | null): void {
    this.fit = fit;
    this.pictures.clear();
    this.requestDraw();
  }

  setFly(fly: FlyDrawer | null): void {
    if (this.fly !== fly) this.fly?.destroy();
    this.fly = fly;
    this.requestDraw();
  }

  async sampleRows(options: SampleOptions): Promise<Float32Array> {
    return this.field ? sampleMatches(this.field, options).rows : new Float32Array(0);
  }

  limitMatches(limit: number): void {
    if (limit === this.matchLimit) return;
    this.matchLimit = limit;
    this.requestDraw();
  }

  setView(settings: ViewSettings, theme: 'light' | 'dark'): void {
    this.settings = settings;
    this.ground = STAGE_COLORS[theme];
    this.requestDraw();
  }

  resize(stage: Size, pixelRatio: number): void {
    this.stage = stage;
    this.pixelRatio = pixelRatio;
    this.canvas.width = Math.max(1, Math.round(stage.width * pixelRatio));
    this.canvas.height = Math.max(1, Math.round(stage.height * pixelRatio));
    this.drawNow();
  }

  drawNow(): void {
    this.stop();
    const { context, settings } = this;
    context.globalAlpha = 1;
    context.fillStyle = cssColor(this.ground);
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const panes = panesOnStage(settings.view, this.matched, this.stage, {
      a: this.photos.a?.size,
      b: this.photos.b?.size,
    });
    const view = viewOf(settings.view);
    const linesShown = this.matched && view.showsMatches === true;
    const frame: Frame = {
      settings,
      ground: this.ground,
      stage: { width: this.canvas.width, height: this.canvas.height },
      pixelRatio: this.pixelRatio,
      linesShown,
      fit: this.fit,
      fly: this.fly,
      now: performance.now(),
    };
    for (const pane of panes) this.drawPane(frame, pane);
    if (linesShown) this.drawMatches(frame, panes);
    this.framesDrawn++;
    if (this.matched && view.isMoving?.(settings)) {
      this.flicker = setTimeout(() => this.requestDraw(), FLICKER_CHECK_MS);
    }
  }

  snapshot(scale?: number): Promise<Blob> {
    const { stage, pixelRatio } = this;
    const ratio = scale ?? pixelRatio;
    checkFigure(stage, ratio, MAX_CANVAS_SIDE);
    this.resize(stage, ratio);
    const picture = this.canvas.convertToBlob({ type: 'image/png' });
    if (ratio !== pixelRatio) this.resize(stage, pixelRatio);
    return picture;
  }

  async readMatches(): Promise<Float32Array> {
    return this.sample();
  }

  stop(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    if (this.flicker !== null) clearTimeout(this.flicker);
    this.frame = this.flicker = null;
  }

  private get matched(): boolean {
    return this.field !== null && this.photos.a !== undefined && this.photos.b !== undefined;
  }

  private drawPane(frame: Frame, pane: Pane): void {
    const { context } = this;
    const photo = this.photos[pane.side];
    if (!photo) return;
    const place = (laidOut: Size) => scaled(photoRect(pane, laidOut, frame.settings.camera), frame.pixelRatio);
    const clip = scaled(pane.rect, frame.pixelRatio);
    const picture = (settings: ViewSettings) => this.picture(pane, settings);
    const drawImage: CanvasPane['drawImage'] = (image, laidOut = photo.size) => {
      const { x, y, width, height } = place(laidOut);
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, x, y, width, height);
    };
    context.save();
    clipTo(context, clip);
    const cpu = CPU_DRAWINGS[pane.kind];
    if (cpu.paint) cpu.paint({ context, frame, photo, rect: place(photo.size), clip, picture, drawImage });
    else drawImage(picture(frame.settings));
    context.restore();
  }

  private drawMatches(frame: Frame, panes: readonly Pane[]): void {
    const { a, b } = this.photos;
    const [paneA, paneB] = (['a', 'b'] as const).map((side) => panes.find((pane) => pane.side === side));
    if (!a || !b || !paneA || !paneB) return;
    const values = matchUniforms(frame, { pane: paneA, photo: a.size }, { pane: paneB, photo: b.size });
    drawMatchesOn(this.context, this.sample(), values, this.settings.matchStyle === 'points');
  }

  /** Sampled anew only if field or options have changed. */
  private sample(): Float32Array {
    if (!this.field) return new Float32Array(0);
    const { seed, threshold, cycleLimit } = this.settings;
    const count = Math.min(this.settings.count, this.matchLimit);
    const key = [count, seed, threshold, cycleLimit].join();
    if (this.sampled?.key !== key) {
      this.sampled = { key, rows: sampleMatches(this.field, { count, seed, threshold, cycleLimit }).rows };
    }
    return this.sampled.rows;
  }

  private picture(pane: Pane, settings: ViewSettings): OffscreenCanvas {
    const { view: _view, camera: _camera, count: _count, seed: _seed, ...shown } = settings;
    const key = JSON.stringify([pane.side, pane.kind, this.ground, shown]);
    const known = this.pictures.get(key);
    if (known) return known;
    // A slider leaves a picture at every step: only those of one frame are kept.
    if (this.pictures.size >= 4) this.pictures.clear();
    const photo = this.photos[pane.side]!;
    const subject = {
      pane,
      photo: photo.size,
      here: this.mips(pane.side),
      there: this.mips(otherSide(pane.side)),
      field: this.field![pane.side],
      fit: this.fit,
    };
    const { data, width, height } = drawPicture(subject, settings, this.ground, PICTURE_SIDE);
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    this.pictures.set(key, canvas);
    return canvas;
  }

  private mips(side: Side): MipLevels {
    return (this.levels[side] ??= mipChain(this.photos[side]!.pixelsWithin(SOURCE_SIDE)));
  }

  private forgetPictures(): void {
    this.pictures.clear();
    this.sampled = null;
    this.requestDraw();
  }

  requestDraw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.drawNow();
    });
  }
}
