import type { Look, Stage } from '../../../../core/match.ts';

/** What the person reads while a stage runs, and beside its time afterwards. */
export const STAGE_NAMES: Record<Stage, { doing: string; done: string }> = {
  'decode-photo': { doing: 'Opening the photos', done: 'Open photos' },
  'load-model': { doing: 'Loading the model', done: 'Load model' },
  'check-model': { doing: 'Running the model on the CPU, once, to check the GPU by it', done: 'Check the GPU' },
  preprocess: { doing: 'Preparing the photos', done: 'Preprocess' },
  'encode-a': { doing: 'Reading photo A', done: 'Encode A' },
  'encode-b': { doing: 'Reading photo B', done: 'Encode B' },
  decode: { doing: 'Matching', done: 'Match' },
  rescue: { doing: 'Looking again: other turns and sizes', done: 'Other turns and sizes' },
  subpixel: { doing: 'Finding fractions of a pixel', done: 'Fractions of a pixel' },
  draw: { doing: 'Drawing', done: 'Draw' },
  fit: { doing: 'Fitting the model', done: 'Fit' },
  triangulate: { doing: 'Triangulating', done: 'Triangulate' },
  'tell-depth': { doing: 'Telling depth from each photo', done: 'Tell depth' },
  'refine-scene': { doing: 'Refining the cameras', done: 'Refine the cameras' },
  'make-scene': { doing: 'Making a scene', done: 'Make a scene' },
};

/** Where the search looks, in a few words. */
export function lookInWords({ rotation, detail, isMirrored, isSlanted, isAligned }: Look): string {
  const words = [
    isAligned && 'closer',
    isMirrored && 'mirrored',
    rotation !== 0 && `turned by ${Math.abs(rotation)}°`,
    isSlanted && 'seen from the side',
    detail && (detail === 'a' ? 'A as a part of B' : 'B as a part of A'),
  ].filter((word) => word !== false && word !== undefined);
  return words.length ? words.join(', ') : 'upright';
}
