import { createPainted } from '../../passes/display/gpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { FrameFacts } from '../../contract/api.ts';
import type { CameraPair } from '../../../../geometry/pinhole.ts';
import type { Provider } from '../../../../core/match.ts';
import { readTexture } from '../../../../platform/gpu/read-texture.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import { countFrame, frameFacts } from '../score/frame-facts.ts';
import { GpuFrame } from './gpu-frame.ts';
import type { GpuPane } from './gpu-pane.ts';
import type { LiftPasses } from './gpu-passes.ts';
import { pinOnGpu } from './pin-on-gpu.ts';
import type { PinnedViews } from './pinned-views.ts';
import { type Appearance, type HoleFiller, type LiftRenderer, START_APPEARANCE } from './renderer.ts';
import { releaseMaps, type ScoreMaps } from '../../../../matching/scoring/score-maps.ts';

const SIDES: readonly Side[] = ['a', 'b'];

/** What belongs to one rendered size. */
interface Sized {
  frame: GpuFrame;
  painted: Record<Side, GPUTexture>;
  scope: Scope;
}

interface Shown {
  request: FrameRequest;
  cameras: CameraPair;
  facts: FrameFacts | null;
  /** The read frame, once somebody asked for it. */
  plain: Promise<PlainFrame> | null;
}

/** Frames by the WGSL passes. Nothing is read back to draw them; only two counts are, for their facts. */
export class GpuRenderer implements LiftRenderer {
  readonly rendersOn = 'webgpu';
  private readonly scope: Scope;
  private sized: Sized | null = null;
  private shown: Shown | null = null;
  private score: ScoreMaps | null = null;
  private appearance = START_APPEARANCE;

  /** `panes` is null where nothing is drawn: sweeps. */
  constructor(
    root: Scope,
    private readonly passes: LiftPasses,
    private readonly panes: Record<Side, GpuPane> | null,
    private readonly filler: HoleFiller,
  ) {
    this.scope = root.child('renderer');
  }

  get request(): FrameRequest | null {
    return this.shown?.request ?? null;
  }

  resize(side: Side, size: Size): void {
    this.panes?.[side].resize(size);
    this.draw();
  }

  async render(request: FrameRequest, isStale = () => false): Promise<FrameFacts> {
    const start = performance.now();
    const { device } = this.scope;
    const { frame } = this.sizedFor(request.scene.size);
    const encoder = device.createCommandEncoder({ label: 'lift' });
    const cameras = frame.render(encoder, request);
    device.queue.submit([encoder.finish()]);
    const shown: Shown = { request, cameras, facts: null, plain: null };
    this.shown = shown;
    this.dropScore();
    this.draw();
    const counts = await frame.readCounts();
    shown.facts = frameFacts(frame.size, cameras, counts, performance.now() - start);
    if (request.settings.render.fill === 'model' && !isStale()) await this.inpaint(shown, frame);
    return shown.facts;
  }

  async read(): Promise<PlainFrame | null> {
    const { shown, sized } = this;
    if (!shown || !sized) return null;
    shown.plain ??= this.readFrame(shown, sized.frame);
    return shown.plain;
  }

  async pin(models: Provider): Promise<PinnedViews | null> {
    const { shown, sized, passes } = this;
    if (!shown || !sized) return null;
    const { request } = shown;
    const isShown = () => this.shown === shown;
    return pinOnGpu({ request, frame: sized.frame, passes, root: this.scope, models, isShown });
  }

  setScore(maps: ScoreMaps | null): void {
    releaseMaps(this.score);
    this.score = maps;
    this.draw();
  }

  show(appearance: Appearance): void {
    this.appearance = appearance;
    this.draw();
  }

  clear(): void {
    this.shown = null;
    this.dropScore();
    this.draw();
  }

  async paint(side: Side): Promise<{ data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null> {
    const { sized, shown } = this;
    if (!sized || !shown) return null;
    const encoder = this.scope.device.createCommandEncoder({ label: 'lift/paint' });
    this.paintSide(encoder, side, sized, shown);
    this.scope.device.queue.submit([encoder.finish()]);
    return { data: await readTexture(this.scope.device, sized.painted[side]), size: sized.frame.size };
  }

  destroy(): void {
    this.shown = null;
    this.scope.destroy();
  }

  private async inpaint(shown: Shown, frame: GpuFrame): Promise<void> {
    const { picture, holes } = await frame.readHoles();
    const data = await this.filler.inpaint(picture, holes);
    if (this.shown !== shown) return;
    const { device } = this.scope;
    const encoder = device.createCommandEncoder({ label: 'lift/filled' });
    frame.putFilled(encoder, data, shown.request);
    device.queue.submit([encoder.finish()]);
    shown.plain = null;
    this.dropScore();
    this.draw();
  }

  private async readFrame(shown: Shown, frame: GpuFrame): Promise<PlainFrame> {
    const plain = await frame.read();
    const facts = shown.facts ?? frameFacts(plain.size, shown.cameras, countFrame(plain), 0);
    return { ...plain, cameras: shown.cameras, facts };
  }

  /** The frame's resources; those of another size go first. */
  private sizedFor(size: Size): Sized {
    const known = this.sized?.frame.size;
    if (this.sized && known?.width === size.width && known.height === size.height) return this.sized;
    this.sized?.scope.destroy();
    const scope = this.scope.child(`${size.width}x${size.height}`);
    const frame = new GpuFrame(scope, this.passes, size);
    return (this.sized = { scope, frame, painted: { a: createPainted(scope, size), b: createPainted(scope, size) } });
  }

  private draw(): void {
    const { panes, sized, shown } = this;
    if (!panes) return;
    const encoder = this.scope.device.createCommandEncoder({ label: 'lift/panes' });
    const ground = STAGE_COLORS[this.appearance.theme];
    for (const side of SIDES) {
      if (sized && shown) this.paintSide(encoder, side, sized, shown);
      panes[side].draw(encoder, sized && shown ? sized.painted[side] : null, ground);
    }
    this.scope.device.queue.submit([encoder.finish()]);
  }

  private paintSide(encoder: GPUCommandEncoder, side: Side, { frame, painted }: Sized, shown: Shown): void {
    const { request, cameras } = shown;
    const { display, theme } = this.appearance;
    const [r, g, b] = STAGE_COLORS[theme];
    const { view, forward, mesh, look, size } = frame;
    const picture = display.pictures[side];
    const geometry =
      side === 'a'
        ? { depth: mesh.depth, warp: forward.warp, visible: forward.visible }
        : { depth: view.depth, warp: view.warp, visible: view.visible };
    const normals = look.normals[side];
    if (picture === 'normals') this.passes.normals.run(encoder, cameras[side], geometry.depth, normals);
    const maps = this.score?.on === 'gpu' ? this.score.sides[side] : null;
    const options = {
      ground: [r, g, b] as const,
      medianDepth: frame.medianDepth,
      skyThreshold: request.settings.sky.threshold,
      maxError: display.maxError,
    };
    const layers = {
      ...geometry,
      size,
      colour: frame.colour[side],
      normals,
      sky: side === 'a' && request.scene.sky ? frame.sky : null,
      error: maps?.error ?? null,
      certainty: maps?.certainty ?? null,
    };
    this.passes.display.run(encoder, layers, picture, options, painted[side]);
  }

  private dropScore(): void {
    releaseMaps(this.score);
    this.score = null;
  }
}
