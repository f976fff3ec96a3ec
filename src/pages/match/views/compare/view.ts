import type { ShownSettings, View } from '../view.ts';

/** What the person reads of each mode: its name, what the amount is there, and what the pane shows. */
export const COMPARE_TEXTS: Record<
  ShownSettings['compareMode'],
  { label: string; amount: string | null; pane: string }
> = {
  swipe: { label: 'Swipe', amount: 'Divider', pane: 'B laid on A | A' },
  blend: { label: 'Blend', amount: 'Share of B', pane: 'A blended with B' },
  checker: { label: 'Checker', amount: null, pane: 'A and B in turns' },
  flicker: { label: 'Flicker', amount: null, pane: 'A and B in turns' },
  difference: { label: 'Difference', amount: null, pane: 'Difference of A and B' },
  morph: { label: 'Morph', amount: 'From A to B', pane: 'From A to B' },
};

export const compare = {
  name: 'compare',
  label: 'Compare',
  about: 'Photo A against photo B laid on its grid.',
  panes: [{ side: 'a', kind: 'compare' }],
  paneLabel: (_, { compareMode }) => COMPARE_TEXTS[compareMode].pane,
  controls: ['compare'],
  // A morph lies on no photo's grid.
  isLinked: ({ compareMode }) => compareMode !== 'morph',
  followsPlane: true,
  isMoving: ({ compareMode }) => compareMode === 'flicker',
} as const satisfies View<'compare'>;
