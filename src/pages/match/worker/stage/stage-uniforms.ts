import { matchStyle } from '../../views/matches/gpu.ts';
import type { MatchUniforms } from '../../views/matches/gpu.ts';
import type { Color, PaneUniforms } from '../../views/pane/bindings.ts';
import { canvasSize, comparedCanvas, type StageFit } from '../../contract/alignment.ts';
import type { Rect, Size } from '../../../../core/geometry.ts';
import { photoRect } from '../../../../core/zoom.ts';
import type { Pane } from '../../contract/layout.ts';
import { dividerX } from '../../../../core/swipe.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { COLOR_MAPS } from '../../../../core/color-maps.ts';
import type { ViewSettings } from '../../contract/view.ts';

/** Background of the stage in each theme: what lies between and around the photos. */
export const STAGE_COLORS: Record<'light' | 'dark', Color> = {
  light: hexColor('#f4f4f1'),
  dark: hexColor('#141518'),
};

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

/**
 * Uniforms of the comparison by a homography; null where the dense match is compared. `photo` is A's size.
 */
export function alignedUniforms(frame: Frame, pane: Pane, photo: Size): PaneUniforms | null {
  const { fit, settings } = frame;
  const canvas = pane.kind === 'compare' ? comparedCanvas(settings, fit?.alignment?.canvas) : null;
  if (!canvas || !fit?.alignment) return null;
  const { homography } = fit.alignment;
  return {
    ...paneUniforms(frame, pane, canvasSize(photo, canvas), { width: 1, height: 1 }),
    photo: [photo.width, photo.height],
    planeRow0: homography.slice(0, 3),
    planeRow1: homography.slice(3, 6),
    planeRow2: homography.slice(6, 9),
    canvas: [canvas.x, canvas.y, canvas.width, canvas.height],
  };
}

/** A photo in its pane. */
export interface PlacedPhoto {
  pane: Pane;
  photo: Size;
}

/** Uniforms of the correspondences between two panes. */
export function matchUniforms(frame: Frame, a: PlacedPhoto, b: PlacedPhoto): MatchUniforms {
  const { settings, stage, pixelRatio } = frame;
  const [photoA, photoB] = [a, b].map(({ pane, photo }) => photoRect(pane, photo, settings.camera));
  const area = (photoA.width * photoA.height + photoB.width * photoB.height) / 2;
  return {
    stage: [stage.width, stage.height],
    photoA: vec4(scaled(photoA, pixelRatio)),
    photoB: vec4(scaled(photoB, pixelRatio)),
    paneA: vec4(scaled(a.pane.rect, pixelRatio)),
    paneB: vec4(scaled(b.pane.rect, pixelRatio)),
    ...matchStyle(settings.count, area, pixelRatio, settings.matchStyle === 'points'),
    colorBy: settings.colorBy,
    colorMap: COLOR_MAPS.indexOf(settings.colorMap),
    model: frame.fit?.inliers ?? null,
  };
}

/** Size of the frame in between, `amount` of the way from A to B: so the morph starts and ends on a photo's own shape. */
export const morphSize = (a: Size, b: Size, amount: number): Size => ({
  width: a.width + (b.width - a.width) * amount,
  height: a.height + (b.height - a.height) * amount,
});

/** A rectangle in device pixels. */
export const scaled = ({ x, y, width, height }: Rect, ratio: number): Rect => ({
  x: x * ratio,
  y: y * ratio,
  width: width * ratio,
  height: height * ratio,
});

const vec4 = ({ x, y, width, height }: Rect): [number, number, number, number] => [x, y, width, height];

function hexColor(hex: string): Color {
  const channel = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16) / 255;
  return [channel(1), channel(3), channel(5), 1];
}
