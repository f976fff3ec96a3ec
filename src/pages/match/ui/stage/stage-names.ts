import type { Stage } from '../../../../core/match.ts';

/** What the person reads while a stage runs, and beside its time afterwards. */
export const STAGE_NAMES: Record<Stage, { doing: string; done: string }> = {
  'decode-photo': { doing: 'Opening the photos', done: 'Open photos' },
  'load-model': { doing: 'Loading the model', done: 'Load model' },
  preprocess: { doing: 'Preparing the photos', done: 'Preprocess' },
  'encode-a': { doing: 'Reading photo A', done: 'Encode A' },
  'encode-b': { doing: 'Reading photo B', done: 'Encode B' },
  decode: { doing: 'Matching', done: 'Match' },
  rescue: { doing: 'Looking again: other turns and sizes', done: 'Other turns and sizes' },
  draw: { doing: 'Drawing', done: 'Draw' },
  fit: { doing: 'Fitting the model', done: 'Fit' },
  triangulate: { doing: 'Triangulating', done: 'Triangulate' },
};
