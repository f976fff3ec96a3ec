import type { Gpu } from '../../../../platform/gpu/device.ts';
import type { MatchField } from '../../../../compute/field/gpu.ts';
import type { MatchBuffers } from '../../views/matches/gpu.ts';
import { SampleMatchesPass } from '../../../../compute/sample-matches/gpu.ts';
import { ROW_FLOATS, sampleMatches, type SampleOptions } from '../../../../compute/sample-matches/cpu.ts';
import type { PlainMatchField } from '../../../../compute/field/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { DEFAULT_VIEW, VIEW_PARAMS } from '../../params.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import { viewOf } from '../../views/index.ts';
import { Renderer } from './renderer.ts';
import { checkFigure } from './figure-limit.ts';
import { readBytes } from '../../../../platform/gpu/readback.ts';
import type { FlyDrawer } from '../../views/fly/drawer.ts';
import type { ShownMatch } from './shown-match.ts';
import type { Stage } from './stage.ts';
import { CanvasTarget } from '../../../../platform/gpu/stage-target.ts';

/**
 * Up to so many correspondences of a match that came with its photos are sampled on the processor, once: the passes that do
 * it take longer to compile than anything else of a first picture.
 */
const SAMPLED_PLAINLY = 1000;
/** Of one instance of a drawn correspondence. */
const VERTICES = 4;

/** The stage on WebGPU: the renderer with what it needs to redraw at the right moment: at most once a frame, and only when something changed. */
export class GpuStage implements Stage {
  private readonly renderer: Renderer;
  private sampler: SampleMatchesPass | null = null;
  private readonly scope: Scope;
  private readonly matches: MatchBuffers;
  /** Of {@link sampleRows}, made when first asked for. */
  private extraMatches: MatchBuffers | null = null;
  fit: StageFit | null = null;
  fly: FlyDrawer | null = null;
  private settings: ViewSettings = DEFAULT_VIEW;
  private field: MatchField | null = null;
  /** The same field in ordinary memory, if it is there. */
  private plain: PlainMatchField | null = null;
  /** The field and options that `matches` was sampled from; null: none. */
  private sampled: { field: MatchField; options: SampleOptions } | null = null;
  private frame: number | null = null;
  private stopped = false;
  private size = { stage: { width: 1, height: 1 }, pixelRatio: 1 };
  private matchLimit = Infinity;

  constructor(
    private readonly gpu: Gpu,
    private readonly canvas: OffscreenCanvas,
    root: Scope,
  ) {
    this.renderer = new Renderer(gpu, new CanvasTarget(gpu.device, canvas), root);
    this.scope = root.child('matches');
    this.matches = this.makeBuffers('drawn');
  }

  get framesDrawn(): number {
    return this.renderer.framesDrawn;
  }

  setPhoto(side: Side, photo: Photo | null): void {
    this.renderer.setPhoto(side, photo?.texture() ?? null);
    this.requestDraw();
  }

  show(match: Pick<ShownMatch, 'gpuField' | 'plainField'> | null): void {
    this.setField(match?.gpuField() ?? null);
    this.plain = match?.plainField ?? null;
  }

  prepare(): void {
    this.samplePass();
  }

  drawEarly(field: MatchField | null, limit = Infinity): void {
    this.setField(field);
    this.matchLimit = limit;
    this.drawNow();
  }

  private setField(field: MatchField | null): void {
    this.field = field;
    this.plain = null;
    this.sampled = null;
    this.matchLimit = Infinity;
    this.renderer.setField(field);
    this.renderer.setMatches(null);
    this.setFit(null);
    this.setFly(null);
  }

  limitMatches(limit: number): void {
    if (limit === this.matchLimit) return;
    this.matchLimit = limit;
    this.requestDraw();
  }

  setFit(fit: StageFit | null): void {
    this.fit = fit;
    this.renderer.setFit(fit);
    this.requestDraw();
  }

  setFly(fly: FlyDrawer | null): void {
    if (this.fly !== fly) this.fly?.destroy();
    this.fly = fly;
    this.renderer.setFly(fly);
    this.requestDraw();
  }

  setView(settings: ViewSettings, theme: 'light' | 'dark'): void {
    this.settings = settings;
    this.renderer.setView(settings, theme);
    this.requestDraw();
  }

  resize(stage: Size, pixelRatio: number): void {
    this.size = { stage, pixelRatio };
    this.renderer.resize(stage, pixelRatio);
    // At once: a resized canvas is blank until it is drawn.
    this.drawNow();
  }

  drawNow(): void {
    if (this.stopped) return;
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.frame = null;
    if (viewOf(this.settings.view).showsMatches) this.sample();
    this.renderer.draw();
    if (this.renderer.needsAnimation) this.requestDraw();
  }

  snapshot(scale?: number): Promise<Blob> {
    const { stage, pixelRatio } = this.size;
    const ratio = scale ?? pixelRatio;
    checkFigure(stage, ratio, this.gpu.device.limits.maxTextureDimension2D);
    // All within one task: the canvas holds its picture no longer, and nobody sees it in another size.
    this.renderer.resize(stage, ratio);
    this.drawNow();
    const picture = this.canvas.convertToBlob({ type: 'image/png' });
    if (ratio !== pixelRatio) this.resize(stage, pixelRatio);
    return picture;
  }

  async readMatches(): Promise<Float32Array> {
    this.sample();
    if (!this.sampled) return new Float32Array(0);
    return this.readRows(this.matches, this.settings.count);
  }

  async sampleRows(options: SampleOptions): Promise<Float32Array> {
    if (!this.field) return new Float32Array(0);
    this.extraMatches ??= this.makeBuffers('extra');
    const encoder = this.gpu.device.createCommandEncoder({ label: 'sample-rows' });
    this.samplePass().run(encoder, this.field, options, this.extraMatches);
    this.gpu.device.queue.submit([encoder.finish()]);
    return this.readRows(this.extraMatches, options.count);
  }

  private async readRows(matches: MatchBuffers, count: number): Promise<Float32Array> {
    const { device } = this.gpu;
    const [indirect, rows] = await Promise.all([
      readBytes(device, matches.indirect, 16),
      readBytes(device, matches.rows, SampleMatchesPass.rowsBytes(count)),
    ]);
    const [, instances] = new Uint32Array(indirect);
    return new Float32Array(rows, 0, instances * ROW_FLOATS);
  }

  private makeBuffers(label: string): MatchBuffers {
    return {
      rows: this.scope.storage(`${label}/rows`, SampleMatchesPass.rowsBytes(VIEW_PARAMS.count.range[1])),
      indirect: this.scope.storage(`${label}/indirect`, 16, GPUBufferUsage.INDIRECT),
    };
  }

  /** Samples the correspondences anew if the field or an option has changed since; the models are not asked. */
  private sample(): void {
    if (!this.field) return;
    const { seed, threshold, cycleLimit } = this.settings;
    const options = { count: Math.min(this.settings.count, this.matchLimit), seed, threshold, cycleLimit };
    if (this.sampled?.field === this.field && sameOptions(this.sampled.options, options)) return;
    const isFirst = this.sampler === null && this.sampled === null;
    if (isFirst && this.plain && options.count <= SAMPLED_PLAINLY) this.samplePlainly(this.plain, options);
    else {
      const encoder = this.gpu.device.createCommandEncoder({ label: 'sample-matches' });
      this.samplePass().run(encoder, this.field, options, this.matches, VERTICES);
      this.gpu.device.queue.submit([encoder.finish()]);
    }
    this.sampled = { field: this.field, options };
    this.renderer.setMatches(this.matches);
  }

  private samplePass(): SampleMatchesPass {
    return (this.sampler ??= new SampleMatchesPass(this.gpu.device, this.scope));
  }

  /** The same rows, by the pass's twin. */
  private samplePlainly(field: PlainMatchField, options: SampleOptions): void {
    const { queue } = this.gpu.device;
    const { count, rows } = sampleMatches(field, options);
    queue.writeBuffer(this.matches.rows, 0, rows as Float32Array<ArrayBuffer>);
    queue.writeBuffer(this.matches.indirect, 0, new Uint32Array([VERTICES, count, 0, 0]));
  }

  /** After a lost device nothing may be drawn any more. */
  stop(): void {
    this.stopped = true;
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }

  requestDraw(): void {
    if (this.stopped) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.drawNow();
    });
  }
}

const sameOptions = (a: SampleOptions, b: SampleOptions) =>
  a.count === b.count && a.seed === b.seed && a.threshold === b.threshold && a.cycleLimit === b.cycleLimit;
