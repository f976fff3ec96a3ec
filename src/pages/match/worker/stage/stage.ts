import type { MatchField } from '../../../../compute/field/gpu.ts';
import type { SampleOptions } from '../../../../compute/sample-matches/cpu.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import type { StageFit } from '../../contract/alignment.ts';
import type { ViewSettings } from '../../contract/view.ts';
import type { FlyDrawer } from '../../views/fly/drawer.ts';
import type { ShownMatch } from './shown-match.ts';

/** Two photos and the match between them, drawn on a canvas: by WebGPU, or on a 2D canvas where the browser has none. */
export interface Stage {
  /** Since it was opened. */
  readonly framesDrawn: number;
  /** The model that matches are coloured and photos aligned by; set by {@link setFit}. */
  readonly fit: StageFit | null;
  setPhoto(side: Side, photo: Photo | null): void;
  /** null: the photos alone are drawn. The match must live until another one is shown; it comes without a fit. */
  show(match: Pick<ShownMatch, 'gpuField' | 'readField' | 'plainField'> | null): void | Promise<void>;
  /** A match is about to be made: what draws it is compiled meanwhile. */
  prepare?(): void;
  /**
   * Draws a match that is not finished yet, at once, with at most `limit` correspondences. Left out where drawing takes so long that it is done once, when
   * the match is.
   */
  drawEarly?(field: MatchField | null, limit?: number): void;
  setFit(fit: StageFit | null): void;
  /** The scene that both photos make; see {@link setFly}. */
  readonly fly: FlyDrawer | null;
  /** Takes over what draws the scene of the present match; the one before is destroyed. */
  setFly(fly: FlyDrawer | null): void;
  /** Draws at the next frame: a picture that was waited for is there. */
  requestDraw(): void;
  /** Draws at most so many correspondences of this match, whatever the settings want. */
  limitMatches(limit: number): void;
  setView(settings: ViewSettings, theme: 'light' | 'dark'): void;
  /** `stage` in CSS pixels. */
  resize(stage: Size, pixelRatio: number): void;
  /** Draws without waiting for the next frame. */
  drawNow(): void;
  /** The picture as a PNG with `scale` pixels per CSS pixel; without it, those of the screen. Throws `figure-too-large`. */
  snapshot(scale?: number): Promise<Blob>;
  /** The correspondences that are (or would be) drawn: rows of ROW_FLOATS floats, normalised. Empty without a match. */
  readMatches(): Promise<Float32Array>;
  /** Correspondences of this match beside those that are drawn, in the same rows. */
  sampleRows(options: SampleOptions): Promise<Float32Array>;
  /** Draws no more: the device is lost, or nobody looks. */
  stop(): void;
}
