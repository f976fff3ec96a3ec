import type { ColorMapName } from '../../../core/colors/color-maps.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { Legend } from '../../../core/colors/legend.ts';

/** Settings (contract/view.ts) that labels and legends speak of. */
export interface ShownSettings {
  colorMap: ColorMapName;
  colorBy: 'position' | 'certainty' | 'inliers';
  compareMode: 'swipe' | 'blend' | 'checker' | 'flicker' | 'difference' | 'morph';
  flowScale: number;
  cycleScale: number;
}

/** Pieces of a view's controls; views/controls/view-controls.tsx has one for each. */
export type ControlName =
  | 'background'
  | 'colorMap'
  | 'opacity'
  | 'flowScale'
  | 'cycleScale'
  | 'matches'
  | 'compare'
  | 'cameras'
  | 'fly';

/** What a legend says besides settings. */
export interface LegendFacts {
  /** Size of photo A. */
  photoA: Size | undefined;
  /** 1 / depth before each camera (baselines) that a picture of depth spans; null without fitted cameras. */
  inverseDepths: Record<Side, readonly [far: number, near: number]> | null;
}

/**
 * A view as the page knows it: what it is called, the panes it lays out, what its colours mean, what can be set. How its
 * pictures are drawn stands in views/gpu-drawings.ts and cpu-drawings.ts, which only the worker loads.
 */
export interface View<Name extends string = string, Kind extends string = 'photo' | Name> {
  /** As the address and the embed's option have it. */
  name: Name;
  /** On its tab. */
  label: string;
  /** One sentence for the person. */
  about: string;
  /** From left to right and top to bottom, on the grid of which photo: the photo itself, or this view's picture of it. */
  panes: readonly { side: Side; kind: Kind }[];
  /** What this view's picture on the grid of a photo shows. */
  paneLabel(side: Side, settings: ShownSettings): string;
  /** null (or left out) where the picture explains itself. */
  legend?(settings: ShownSettings, facts: LegendFacts): Legend | null;
  controls: readonly ControlName[];
  /** Correspondences are drawn over its photos, which step back behind them. */
  showsMatches?: true;
  /** Its picture is made by the cameras of an essential fit, which is made for it. */
  needsPose?: true;
  /** Whether a place of the photo can be pointed at in its picture; left out, it can. */
  isLinked?(settings: ShownSettings): boolean;
  /** Hands that move over its picture move the camera of a scene. */
  isFlown?: true;
  /** A fitted homography may lay its picture out on another canvas than the photo (see comparedCanvas). */
  followsPlane?: true;
  /** Whether the picture changes by itself, so that frames must go on being drawn. */
  isMoving?(settings: ShownSettings): boolean;
}

/** A photo's name as panes have it. */
export const sideName = (side: Side): string => side.toUpperCase();

export const certaintyRamp = (map: ColorMapName): Legend => ({
  kind: 'ramp',
  title: 'Certainty',
  map,
  ticks: ['0', '0.5', '1'],
});

/** 0, half and full scale in pixels, where full scale is a share of the photo's longer side. */
export function pixelTicks(share: number, photo: Size | undefined): [string, string, string] {
  const full = share * Math.max(photo?.width ?? 0, photo?.height ?? 0);
  const digits = full < 10 ? 1 : 0;
  return ['0', (full / 2).toFixed(digits), full.toFixed(digits)];
}
