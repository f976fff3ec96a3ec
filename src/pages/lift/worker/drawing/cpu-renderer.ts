import type { ScoreTruth } from '../../../../compute/score/cpu.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import { measurePlain } from '../../../../matching/scoring/measure-plain.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import { type PinnedViews, viewPhotos } from './pinned-views.ts';
import { type DisplayLayers, paintLayers } from '../../passes/display/cpu.ts';
import { normalsOf } from '../../passes/normals/cpu.ts';
import type { FrameFacts, LiftPicture } from '../../contract/api.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import { inpaintFrame, type LiftedScene, liftScene, type RenderedFrame, renderFrame } from './cpu-frame.ts';
import type { PaneCanvas } from './pane-canvas.ts';
import { type Appearance, type HoleFiller, type LiftRenderer, START_APPEARANCE } from './renderer.ts';
import type { ScoreMaps, SideMaps } from '../../../../matching/scoring/score-maps.ts';

const SIDES: readonly Side[] = ['a', 'b'];

/** Frames by the references, drawn on 2D canvases. `panes` is null where nothing is drawn: sweeps, tests. */
export class CpuRenderer implements LiftRenderer {
  readonly rendersOn = 'cpu';
  private lifted: LiftedScene | null = null;
  private last: RenderedFrame | null = null;
  private shown: { request: FrameRequest; frame: PlainFrame } | null = null;
  private score: Record<Side, SideMaps<Float32Array>> | null = null;
  private appearance = START_APPEARANCE;

  constructor(
    private readonly panes: Record<Side, PaneCanvas> | null,
    private readonly filler: HoleFiller,
  ) {}

  get request(): FrameRequest | null {
    return this.shown?.request ?? null;
  }

  resize(side: Side, size: Size): void {
    this.panes?.[side].resize(size);
    this.draw(side);
  }

  async render(request: FrameRequest, isStale = () => false): Promise<FrameFacts> {
    this.lifted = liftScene(request.scene, request.settings, this.lifted);
    const rendered = renderFrame(request, this.lifted, this.last);
    this.last = rendered;
    this.put(request, rendered.frame);
    if (request.settings.render.fill === 'model' && !isStale()) {
      this.put(request, await inpaintFrame(request, rendered, this.filler));
    }
    return rendered.frame.facts;
  }

  async read(): Promise<PlainFrame | null> {
    return this.shown?.frame ?? null;
  }

  async pin(): Promise<PinnedViews | null> {
    const { shown } = this;
    return shown && pinPlain(shown.request, shown.frame, () => this.shown === shown);
  }

  setScore(maps: ScoreMaps | null): void {
    this.score = maps?.on === 'cpu' ? maps.sides : null;
    SIDES.forEach((side) => this.draw(side));
  }

  show(appearance: Appearance): void {
    this.appearance = appearance;
    SIDES.forEach((side) => this.draw(side));
  }

  clear(): void {
    this.shown = null;
    this.score = null;
    SIDES.forEach((side) => this.draw(side));
  }

  async paint(side: Side): Promise<{ data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null> {
    return this.picture(side);
  }

  destroy(): void {
    this.shown = null;
    this.last = null;
    this.lifted = null;
  }

  private put(request: FrameRequest, frame: PlainFrame): void {
    this.shown = { request, frame };
    this.score = null;
    SIDES.forEach((side) => this.draw(side));
  }

  private draw(side: Side): void {
    this.panes?.[side].draw(this.picture(side), STAGE_COLORS[this.appearance.theme]);
  }

  private picture(side: Side): { data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null {
    if (!this.shown) return null;
    const { request, frame } = this.shown;
    const { display, theme } = this.appearance;
    const picture = display.pictures[side];
    const [r, g, b] = STAGE_COLORS[theme];
    const data = paintLayers(this.layersOf(side, request, frame, picture), picture, {
      ground: [r, g, b],
      medianDepth: frame.medianDepth,
      skyThreshold: request.settings.sky.threshold,
      maxError: display.maxError,
    });
    return { data, size: frame.size };
  }

  private layersOf(side: Side, { scene }: FrameRequest, frame: PlainFrame, picture: LiftPicture): DisplayLayers {
    return {
      size: frame.size,
      colour: frame.colour[side],
      depth: frame.depth[side],
      warp: frame.warp[side],
      visible: frame.visible[side],
      normals: picture === 'normals' ? normalsOf(frame.depth[side], frame.cameras[side]) : null,
      sky: side === 'a' ? scene.sky : null,
      error: this.score?.[side].error ?? null,
      certainty: this.score?.[side].certainty ?? null,
    };
  }
}

/** The views of a frame in ordinary memory, which nothing draws over: nothing is copied. */
function pinPlain(request: FrameRequest, frame: PlainFrame, isShown: () => boolean): PinnedViews {
  const { size, colour } = frame;
  const picture = (side: Side) => ({ pixels: { data: colour[side], ...size } });
  return {
    photos: viewPhotos(request, size, { a: picture('a'), b: picture('b') }),
    measure: (field) => measurePlain(field, { a: truthOf(frame, 'a'), b: truthOf(frame, 'b') }),
    isShown,
    release: () => {},
  };
}

function truthOf({ size, warp, visible, places }: PlainFrame, side: Side): ScoreTruth {
  // Of the view, 1 is PLACE.visible; the rest are holes, about which there is no truth.
  return { size, warp: warp[side], places: side === 'a' ? places : visible.b, other: size };
}
