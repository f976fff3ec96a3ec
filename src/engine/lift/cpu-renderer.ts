import { type DisplayLayers, paintLayers } from '../../gpu/reference/lift/display.ts';
import type { Side, Size } from '../../shared/geometry.ts';
import type { FrameFacts } from '../../shared/lift/api.ts';
import { STAGE_COLORS } from '../stage-uniforms.ts';
import { type LiftedScene, liftScene, renderFrame } from './cpu-frame.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import type { PaneCanvas } from './pane-canvas.ts';
import { type Appearance, type LiftRenderer, type ScoreMaps, START_APPEARANCE } from './renderer.ts';

const SIDES: readonly Side[] = ['a', 'b'];

/** Frames by the references, drawn on 2D canvases. `panes` is null where nothing is drawn: sweeps, tests. */
export class CpuRenderer implements LiftRenderer {
  readonly rendersOn = 'cpu';
  private lifted: LiftedScene | null = null;
  private shown: { request: FrameRequest; frame: PlainFrame } | null = null;
  private score: Partial<Record<Side, ScoreMaps>> | null = null;
  private appearance = START_APPEARANCE;

  constructor(private readonly panes: Record<Side, PaneCanvas> | null) {}

  resize(side: Side, size: Size): void {
    this.panes?.[side].resize(size);
    this.draw(side);
  }

  async render(request: FrameRequest): Promise<FrameFacts> {
    this.lifted = liftScene(request.scene, request.settings, this.lifted);
    this.shown = { request, frame: renderFrame(request, this.lifted) };
    this.score = null;
    SIDES.forEach((side) => this.draw(side));
    return this.shown.frame.facts;
  }

  async read(): Promise<PlainFrame | null> {
    return this.shown?.frame ?? null;
  }

  setScore(maps: Partial<Record<Side, ScoreMaps>> | null): void {
    this.score = maps;
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
    this.lifted = null;
  }

  private draw(side: Side): void {
    this.panes?.[side].draw(this.picture(side), STAGE_COLORS[this.appearance.theme]);
  }

  private picture(side: Side): { data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null {
    if (!this.shown) return null;
    const { request, frame } = this.shown;
    const { display, theme } = this.appearance;
    const [r, g, b] = STAGE_COLORS[theme];
    const data = paintLayers(this.layersOf(side, request, frame), display.pictures[side], {
      ground: [r, g, b],
      medianDepth: frame.medianDepth,
      skyThreshold: request.settings.sky.threshold,
      maxError: display.maxError,
    });
    return { data, size: frame.size };
  }

  private layersOf(side: Side, { scene }: FrameRequest, frame: PlainFrame): DisplayLayers {
    return {
      size: frame.size,
      colour: frame.colour[side],
      depth: frame.depth[side],
      warp: frame.warp[side],
      visible: frame.visible[side],
      normals: null,
      sky: side === 'a' ? scene.sky : null,
      error: this.score?.[side]?.error ?? null,
      certainty: this.score?.[side]?.certainty ?? null,
    };
  }
}
