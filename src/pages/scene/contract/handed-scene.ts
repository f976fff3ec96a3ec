import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { GaussianTable } from '../../../gaussians/table.ts';

/** A scene that another page made of what it has: `handScene` of page.ts opens it. */
export interface HandedScene {
  /** Shown, and the stem of saved files: `street.jpg (lifted)`. */
  readonly name: string;
  /** What it was made from, in words that stand alone, as a file's format does: `lifted photo`. */
  readonly madeFrom: string;
  /** Copied to the scene's worker; whoever hands it over may keep it. Values that are no numbers are left out there. */
  readonly table: GaussianTable;
  /**
   * Those that it was made from, at any size; none: []. The page opens at the place of the first, and pairs are drawn
   * around them as around those of a cameras.json.
   */
  readonly cameras: readonly SplatCamera[];
  /** What the person should know of it, a sentence each. */
  readonly notes: readonly string[];
}
