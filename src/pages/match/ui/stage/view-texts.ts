import type { CompareMode, ViewName } from '../../contract/view.ts';

/** What the person reads about each view. */
export const VIEW_TEXTS: Record<ViewName, { label: string; about: string }> = {
  warp: { label: 'Warp', about: 'Each photo rebuilt from the other one’s pixels, as far as the match is certain.' },
  certainty: {
    label: 'Certainty',
    about: 'How sure the model is that a place is seen in both photos and matched right.',
  },
  matches: { label: 'Matches', about: 'Sampled correspondences, spread evenly over what the photos share.' },
  flow: { label: 'Flow', about: 'How far and where to every place moves, as colours of the wheel.' },
  compare: { label: 'Compare', about: 'Photo A against photo B laid on its grid.' },
  cycle: { label: 'Cycle', about: 'How far a place lands from its start after going to the other photo and back.' },
};

export const COMPARE_TEXTS: Record<CompareMode, { label: string; amount: string | null }> = {
  swipe: { label: 'Swipe', amount: 'Divider' },
  blend: { label: 'Blend', amount: 'Share of B' },
  checker: { label: 'Checker', amount: null },
  flicker: { label: 'Flicker', amount: null },
  difference: { label: 'Difference', amount: null },
  morph: { label: 'Morph', amount: 'From A to B' },
};
