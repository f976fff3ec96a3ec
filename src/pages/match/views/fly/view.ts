import type { View } from '../view.ts';

export const fly = {
  name: 'fly',
  label: 'Fly',
  about: 'Both photos as one scene in space: go from where A was taken to where B was, and a little beyond.',
  panes: [{ side: 'a', kind: 'fly' }],
  paneLabel: () => 'From A to B',
  controls: ['fly'],
  isFlown: true,
  isLinked: () => false,
} as const satisfies View<'fly'>;
