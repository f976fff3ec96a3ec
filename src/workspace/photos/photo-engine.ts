import type { Side } from '../../core/geometry.ts';
import type { MatchResult, PhotoInfo, ProbeResult } from '../../core/match.ts';

/** A place on a photo, in its pixels. */
export interface PhotoPlace {
  side: Side;
  x: number;
  y: number;
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
  /** Shows a file that holds a whole match (a share file); false where it is none. */
  openShare(file: File): Promise<boolean>;
  /** What else of the state changes in the same step when a slot gets another photo, or none. */
  replaced(side: Side, keepPlaces: boolean): object;
  /** The same when A and B are exchanged. */
  exchanged(): object;
}
