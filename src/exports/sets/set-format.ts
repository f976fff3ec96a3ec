import type { FirstPixel } from '../../core/coordinates.ts';
import type { CameraRule } from '../../formats/sets/colmap-set.ts';
import type { Hdf5File } from '../../formats/sets/hloc.ts';
import type { SetContent } from '../../formats/sets/set-content.ts';
import type { SqlDatabase } from '../../formats/matches/colmap-tables.ts';

/** A set that was put together, and what its formats need besides. */
export interface SetSource {
  content: SetContent;
  /** [keypoints] the track of every keypoint, by photo. */
  keypointTracks: readonly Uint32Array[];
  cameras: CameraRule;
  /** Where tables of places count the first pixel's centre; COLMAP's and hloc's files keep their own. */
  firstPixel: FirstPixel;
  openDatabase(): Promise<SqlDatabase>;
  openHdf5(): Promise<(name: string) => Hdf5File>;
}

/** What a set of photos can be saved as: one entry of `index.ts`. The page and `npm run match -- --set` follow that list. */
export interface SetFormat {
  readonly name: string;
  readonly label: string;
  /** In words, for the dialog and the docs. */
  readonly text: string;
  /** Files by their path. Encoders come when they are asked for. */
  write(source: SetSource): Promise<Map<string, Uint8Array<ArrayBuffer>>>;
}
