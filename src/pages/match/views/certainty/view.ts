import { certaintyRamp, sideName, type View } from '../view.ts';

export const certainty = {
  name: 'certainty',
  label: 'Certainty',
  about: 'How sure the model is that a place is seen in both photos and matched right.',
  panes: [
    { side: 'a', kind: 'certainty' },
    { side: 'b', kind: 'certainty' },
  ],
  paneLabel: (side) => `Certainty on ${sideName(side)}`,
  legend: ({ colorMap }) => certaintyRamp(colorMap),
  controls: ['colorMap', 'opacity'],
} as const satisfies View<'certainty'>;
