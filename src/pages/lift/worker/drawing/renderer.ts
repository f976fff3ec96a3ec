import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { FrameFacts, LiftDisplay } from '../../contract/api.ts';
import type { Provider } from '../../../../core/match.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import type { PinnedViews } from './pinned-views.ts';
import type { ScoreMaps } from '../../../../matching/scoring/score-maps.ts';

export interface Appearance {
  display: LiftDisplay;
  theme: 'light' | 'dark';
}

/** Until the page says otherwise. */
export const START_APPEARANCE: Appearance = {
  display: { pictures: { a: 'colour', b: 'colour' }, maxError: 10 },
  theme: 'light',
};

/** Fills holes with a network, where one was dropped. */
export interface HoleFiller {
  /** @param holes [h, w] 1 where the picture is to be made up */
  inpaint(picture: Pixels, holes: Uint8Array): Promise<Uint8ClampedArray>;
}

/**
 * Renders frames and draws them on the panes; one implementation on the GPU, one on the CPU. Holds one frame, the last
 * that was rendered.
 */
export interface LiftRenderer {
  readonly rendersOn: 'webgpu' | 'cpu';
  /** What the present frame was made of; null before the first. */
  readonly request: FrameRequest | null;
  /** Pixels of a pane's canvas. */
  resize(side: Side, size: Size): void;
  /**
   * Makes the frame; the panes show it at once. A failure leaves the last one in place. A network that fills holes does
   * so afterwards, unless `isStale` says that nobody waits for it any more.
   */
  render(request: FrameRequest, isStale?: () => boolean): Promise<FrameFacts>;
  /** The frame in ordinary memory; null before the first. */
  read(): Promise<PlainFrame | null>;
  /** Both views for a matcher that runs there; null before the first frame. The caller releases them. */
  pin(models: Provider): Promise<PinnedViews | null>;
  /** Draws a match's error and certainty too, or no longer; takes the maps over. */
  setScore(maps: ScoreMaps | null): void;
  /** Draws the frame as it is; without one, empty panes. */
  show(appearance: Appearance): void;
  /** The photo was replaced: nothing is shown until the next frame. */
  clear(): void;
  /** One pane's picture as it is drawn, at the rendered size; null before the first frame. */
  paint(side: Side): Promise<{ data: Uint8ClampedArray<ArrayBuffer>; size: Size } | null>;
  destroy(): void;
}
