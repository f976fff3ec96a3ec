import { otherSide } from '../../../../core/geometry.ts';
import { pixelTicks, sideName, type View } from '../view.ts';

export const flow = {
  name: 'flow',
  label: 'Flow',
  about: 'How far and where to every place moves, as colours of the wheel.',
  panes: [
    { side: 'a', kind: 'flow' },
    { side: 'b', kind: 'flow' },
  ],
  paneLabel: (side) => `${sideName(side)} → ${sideName(otherSide(side))}`,
  legend: ({ flowScale }, { photoA }) => ({ kind: 'wheel', rim: `${pixelTicks(flowScale, photoA)[2]} px` }),
  controls: ['flowScale'],
} as const satisfies View<'flow'>;
