import { otherSide } from '../../../../core/geometry.ts';
import { sideName, type View } from '../view.ts';

export const warp = {
  name: 'warp',
  label: 'Warp',
  about: 'Each photo rebuilt from the other one’s pixels, as far as the match is certain.',
  panes: [
    { side: 'a', kind: 'photo' },
    { side: 'a', kind: 'warp' },
    { side: 'b', kind: 'photo' },
    { side: 'b', kind: 'warp' },
  ],
  paneLabel: (side) => `${sideName(side)} from ${sideName(otherSide(side))}’s pixels`,
  controls: ['background'],
} as const satisfies View<'warp'>;
