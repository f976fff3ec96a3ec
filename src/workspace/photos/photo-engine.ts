import type { Side } from '../../core/geometry.ts';
import type { PhotoMask } from '../../core/mask.ts';
import type { MatchResult, PhotoInfo, ProbeResult } from '../../core/match.ts';

/** A place on a photo, in its pixels. */
export interface PhotoPlace {
  side: Side;
  x: number;
  y: number;
}

/** What a page knows of the two photos that it opened, and wants to see of them. */
export interface PairKnown {
  /** Measured cameras (core/camera-model.ts, as texts); left out: those that are there stay. */
  cameras?: Record<Side, string | null>;
  masks: Record<Side, PhotoMask | null>;
  /** Whether the points in space are shown as soon as there are any. */
  points: boolean;
}

/** Gives the engine a photo. Rejects with a CodedError where the engine refuses it. */
export type SetPhoto = (photo: { side: Side; file: Blob; name: string }) => Promise<PhotoInfo>;

/** What stands behind the two photo slots: it opens photos, matches them, and keeps what was learnt of them. */
export interface PhotoEngine {
  setPhoto: SetPhoto;
  clearPhoto(photo: { side: Side }): Promise<void>;
  /** Exchanges the photos with everything known of them; no model runs. */
  swap(): Promise<MatchResult | null>;
  /** Stops the running match; what is shown stays. False where none was running. */
  abort(): boolean;
  /** Matches anew if everything for it is there. */
  request(): void;
  /** Where the present match has a place in the other photo. */
  placeOf(place: PhotoPlace): Promise<ProbeResult | null>;
  /**
   * Files that belong to the photos and are none (masks, cameras): taken out of what was dropped, and put in place by `after`,
   * when the rest is open.
   */
  takeFiles(files: File[]): Promise<{ rest: File[]; after: () => Promise<void> }>;
  /** What is known of the photos that were just opened. */
  tell(known: PairKnown): Promise<void>;
  /** Shows a file that holds a whole match (a share file); false where it is none. */
  openShare(file: File): Promise<boolean>;
  /** What else of the state changes in the same step when a slot gets another photo, or none. */
  replaced(side: Side, keepPlaces: boolean): object;
  /** The same when A and B are exchanged. */
  exchanged(): object;
}
