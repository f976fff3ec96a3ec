import { certaintyRamp, sideName, type View } from '../view.ts';

export const matches = {
  name: 'matches',
  label: 'Matches',
  about: 'Sampled correspondences, spread evenly over what the photos share.',
  panes: [
    { side: 'a', kind: 'photo' },
    { side: 'b', kind: 'photo' },
  ],
  paneLabel: sideName,
  legend({ colorBy, colorMap }) {
    if (colorBy === 'certainty') return certaintyRamp(colorMap);
    if (colorBy === 'inliers') return { kind: 'text', text: 'Blue = fits the model, orange = does not' };
    return { kind: 'text', text: 'Colour = place in A' };
  },
  controls: ['matches'],
  showsMatches: true,
} as const satisfies View<'matches'>;
