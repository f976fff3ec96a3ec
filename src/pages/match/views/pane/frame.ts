import type { Rect, Size } from '../../../../core/geometry.ts';
import type { Color } from '../../../../core/colors/stage-colors.ts';
import { dividerX } from '../../../../core/viewer/swipe.ts';
import { COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { Pane } from '../../contract/layout.ts';
import { COMPARE_MODES, type ViewSettings } from '../../contract/view.ts';
import type { FlyDrawer } from '../fly/drawer.ts';
import type { PaneUniforms } from './bindings.ts';

/** Half a period of the flicker, milliseconds: long enough to fixate a place, short enough to see it jump. */
const FLICKER_MS = 550;

/** How far photos step back behind correspondences: colours of lines are hard to tell apart on a colourful photo. */
const MUTED_UNDER_MATCHES = 0.75;

/** Whether the flicker shows the rebuilt photo now. `now` in milliseconds. */
export const flickerPhase = (now: number): 0 | 1 => (Math.floor(now / FLICKER_MS) % 2 ? 1 : 0);

/** What one frame has in common. */
export interface Frame {
  settings: ViewSettings;
  ground: Color;
  /** Size of the stage in device pixels. */
  stage: Size;
  pixelRatio: number;
  /** Whether correspondences are drawn over the photos. */
  linesShown: boolean;
  /** Model that was fitted to the match, if any. */
  fit?: StageFit | null;
  /** The scene that the photos make together, if any. */
  fly?: FlyDrawer | null;
  now: number;
}

/** Uniforms of one pane. `photo` is the size that is laid out, `grid` that of the field (1 × 1 without one). */
export function paneUniforms(frame: Frame, pane: Pane, photo: Size, grid: Size): PaneUniforms {
  const { settings, ground, stage, pixelRatio, now } = frame;
  const rect = scaled(photoRect(pane, photo, settings.camera), pixelRatio);
  const flicker = settings.compareMode === 'flicker';
  return {
    stage: [stage.width, stage.height],
    rect: vec4(rect),
    ground,
    empty: settings.background === 'white' ? [1, 1, 1, 1] : [0, 0, 0, 1],
    photo: [photo.width, photo.height],
    grid: [grid.width, grid.height],
    threshold: settings.threshold,
    cycleLimit: settings.cycleLimit,
    muted: frame.linesShown ? MUTED_UNDER_MATCHES : 0,
    opacity: settings.opacity,
    amount: flicker ? flickerPhase(now) : settings.amount,
    dividerX: dividerX(scaled(pane.rect, pixelRatio), rect, settings.amount),
    checkerSize: settings.checkerSize,
    flowScale: settings.flowScale,
    cycleScale: settings.cycleScale,
    pixelRatio,
    colorMap: COLOR_MAPS.indexOf(settings.colorMap),
    mode: COMPARE_MODES.indexOf(flicker ? 'blend' : settings.compareMode),
  };
}

/** A rectangle in device pixels. */
export const scaled = ({ x, y, width, height }: Rect, ratio: number): Rect => ({
  x: x * ratio,
  y: y * ratio,
  width: width * ratio,
  height: height * ratio,
});

/** As uniforms have it. */
export const vec4 = ({ x, y, width, height }: Rect): [number, number, number, number] => [x, y, width, height];
