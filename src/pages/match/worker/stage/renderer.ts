import type { MatchField } from '../../../../compute/field/gpu.ts';
import { MipChain } from '../../../../compute/mip-chain/gpu.ts';
import { otherSide } from '../../../../core/geometry.ts';
import type { Rect, Side, Size } from '../../../../core/geometry.ts';
import { type Color, STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import type { Gpu } from '../../../../platform/gpu/device.ts';
import { Scope } from '../../../../platform/gpu/scope.ts';
import type { StageTarget } from '../../../../platform/gpu/stage-target.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { FlyDrawer } from '../../views/fly/drawer.ts';
import { panesOnStage } from '../../contract/layout.ts';
import type { Pane } from '../../contract/layout.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { GPU_DRAWINGS } from '../../views/gpu-drawings.ts';
import { type PaneKind, viewOf } from '../../views/index.ts';
import { DrawMatches } from '../../views/matches/gpu.ts';
import type { MatchBuffers } from '../../views/matches/gpu.ts';
import { matchUniforms } from '../../views/matches/uniforms.ts';
import { PaneBindings } from '../../views/pane/bindings.ts';
import { type Frame, scaled } from '../../views/pane/frame.ts';
import type { DrawnPair, PanePainter, PaneSource } from '../../views/pane/gpu.ts';

const SIDES: readonly Side[] = ['a', 'b'];

/**
 * Everything on the stage. The setters only keep what they are given; {@link draw} records one command buffer and
 * submits it. Pipelines live as long as the device, bind groups as long as the photos and fields behind them.
 * Nothing is read back.
 */
export class Renderer {
  /** Frames since start. */
  framesDrawn = 0;
  private readonly device: GPUDevice;
  private readonly scope: Scope;
  private readonly bindings: PaneBindings;
  private readonly mips: MipChain;
  /** Made when a view first needs them: compiling all of them would keep the first picture waiting. */
  private readonly painters: Partial<Record<PaneKind, PanePainter>> = {};
  private matchPass: DrawMatches | null = null;
  private readonly placeholder: GPUTexture;

  private readonly photos: Partial<Record<Side, { texture: GPUTexture; scope: Scope }>> = {};
  private field: MatchField | null = null;
  private matches: MatchBuffers | null = null;
  private fit: StageFit | null = null;
  private fly: FlyDrawer | null = null;
  private sources: Partial<Record<Side, PaneSource>> = {};
  /** What painters are given of all this. */
  private readonly pair: DrawnPair = {
    photo: (side) => this.photos[side]?.texture,
    grid: (side) => this.field?.[side].grid ?? { width: 1, height: 1 },
    source: (side) => this.source(side),
  };

  private settings: ViewSettings = DEFAULT_VIEW;
  private ground: Color = STAGE_COLORS.light;
  private stage: Size = { width: 1, height: 1 };
  private pixelRatio = 1;

  constructor(
    gpu: Gpu,
    private readonly target: StageTarget,
    parent?: Scope,
  ) {
    this.device = gpu.device;
    this.scope = parent ? parent.child('renderer') : new Scope(gpu.device, 'renderer');
    this.bindings = new PaneBindings(this.device, this.scope);
    this.mips = new MipChain(this.device);
    this.placeholder = this.scope.texture('placeholder', {
      size: [1, 1],
      format: 'rgba8unorm',
      usage: GPUTextureUsage.TEXTURE_BINDING,
    });
  }

  /** Takes a copy of the photo with mip levels; the caller keeps (and may destroy) its own. */
  setPhoto(side: Side, texture: GPUTexture | null): void {
    this.photos[side]?.scope.destroy();
    delete this.photos[side];
    this.sources = {};
    if (!texture) return;
    const scope = this.scope.child(`photo-${side}`);
    this.photos[side] = { scope, texture: this.mips.make(scope, texture) };
  }

  /** The match that is shown; its buffers must live until it is replaced. null: the photos alone are drawn. */
  setField(field: MatchField | null): void {
    this.field = field;
    this.sources = {};
  }

  setMatches(matches: MatchBuffers | null): void {
    this.matches = matches;
  }

  /** The model that matches are coloured and photos aligned by. */
  setFit(fit: StageFit | null): void {
    this.fit = fit;
  }

  /** The scene that the view *Fly* shows; it stays the caller's. */
  setFly(fly: FlyDrawer | null): void {
    this.fly = fly;
  }

  /** `ground` is the stage's background: a theme's, or RGBA 0…1. Makes the view's pipelines, see shadersReady. */
  setView(settings: ViewSettings, ground: 'light' | 'dark' | Color): void {
    this.settings = settings;
    const { panes, showsMatches } = viewOf(settings.view);
    for (const { kind } of panes) this.painter(kind);
    if (showsMatches) this.matchPainter();
    this.ground = typeof ground === 'string' ? STAGE_COLORS[ground] : ground;
  }

  /** `stage` in CSS pixels. */
  resize(stage: Size, pixelRatio: number): void {
    this.stage = stage;
    this.pixelRatio = pixelRatio;
    this.target.resize(this.deviceSize);
  }

  /** Whether the picture changes by itself, so that frames must go on being drawn. */
  get needsAnimation(): boolean {
    return this.matched && viewOf(this.settings.view).isMoving?.(this.settings) === true;
  }

  /** Draws one frame as of `now` (milliseconds; only the flicker looks at it). */
  draw(now = performance.now()): void {
    const { settings, ground, pixelRatio, deviceSize: stage } = this;
    const linesShown = viewOf(settings.view).showsMatches === true && this.matched && this.matches !== null;
    const frame: Frame = { settings, ground, stage, pixelRatio, linesShown, fit: this.fit, fly: this.fly, now };
    const panes = panesOnStage(settings.view, this.matched, this.stage, {
      a: this.photos.a?.texture,
      b: this.photos.b?.texture,
    });
    const encoder = this.device.createCommandEncoder({ label: 'frame' });
    for (const pane of panes) this.painter(pane.kind).prepare?.(encoder, frame, pane, this.pair);
    const [r, g, b, a] = ground;
    const pass = encoder.beginRenderPass({
      label: 'frame',
      colorAttachments: [{ view: this.target.view(), clearValue: { r, g, b, a }, loadOp: 'clear', storeOp: 'store' }],
    });
    for (const pane of panes) this.drawPane(pass, frame, pane);
    if (linesShown) this.drawMatches(pass, frame, panes);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
    this.framesDrawn++;
  }

  /** Releases what the renderer made; photos and fields of the caller stay. */
  destroy(): void {
    this.scope.destroy();
  }

  private get matched(): boolean {
    return this.field !== null && SIDES.every((side) => this.photos[side]);
  }

  private get deviceSize(): Size {
    return {
      width: Math.max(1, Math.round(this.stage.width * this.pixelRatio)),
      height: Math.max(1, Math.round(this.stage.height * this.pixelRatio)),
    };
  }

  private painter(kind: PaneKind): PanePainter {
    return (this.painters[kind] ??= GPU_DRAWINGS[kind](this.bindings, this.scope, this.target.format));
  }

  private matchPainter(): DrawMatches {
    return (this.matchPass ??= new DrawMatches(this.bindings, this.scope, this.target.format));
  }

  private drawPane(pass: GPURenderPassEncoder, frame: Frame, pane: Pane): void {
    if (!this.photos[pane.side] || !this.clipTo(pass, pane.rect, frame)) return;
    this.painter(pane.kind).draw(pass, frame, pane, this.pair);
  }

  private drawMatches(pass: GPURenderPassEncoder, frame: Frame, panes: readonly Pane[]): void {
    const { a, b } = this.photos;
    const [paneA, paneB] = SIDES.map((side) => panes.find((pane) => pane.side === side));
    if (!this.matches || !a || !b || !paneA || !paneB) return;
    pass.setScissorRect(0, 0, frame.stage.width, frame.stage.height);
    const values = matchUniforms(frame, { pane: paneA, photo: a.texture }, { pane: paneB, photo: b.texture });
    this.matchPainter().draw(pass, this.matches, values, this.settings.matchStyle === 'points');
  }

  /** Limits drawing to a rectangle of the stage; false where nothing of it is on the target. */
  private clipTo(pass: GPURenderPassEncoder, rect: Rect, { stage, pixelRatio }: Frame): boolean {
    const { x, y, width, height } = scaled(rect, pixelRatio);
    const left = Math.max(0, Math.round(x));
    const top = Math.max(0, Math.round(y));
    const right = Math.min(stage.width, Math.round(x + width));
    const bottom = Math.min(stage.height, Math.round(y + height));
    if (right <= left || bottom <= top) return false;
    pass.setScissorRect(left, top, right - left, bottom - top);
    return true;
  }

  private source(side: Side): PaneSource {
    const here = this.photos[side]?.texture ?? this.placeholder;
    const there = this.photos[otherSide(side)]?.texture ?? this.placeholder;
    return (this.sources[side] ??= {
      photos: this.bindings.photosGroup(here, there),
      field: this.field ? this.bindings.fieldGroup(this.field[side]) : undefined,
    });
  }
}
