import { pairFiles, type PictureCache, type SampleFile } from '../../../../exports/dataset/pair-files.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import type { PlainFrame } from '../drawing/frame.ts';

/** What was drawn for a view, kept beside its truth. */
export interface SampleRecipe {
  photo: string;
  view: number;
  seed: number;
  settings: LiftSettings;
}

/** The files of one sample in L2M's layout, see exports/dataset/pair-files.ts. */
export function sampleFiles(
  frame: PlainFrame,
  name: string,
  recipe: SampleRecipe,
  pictures?: PictureCache,
): AsyncGenerator<SampleFile> {
  const { cameras, visible, covered, viewpoint } = frame.facts;
  return pairFiles({ ...frame, cameras }, name, { ...recipe, visible, covered, viewpoint }, pictures);
}
