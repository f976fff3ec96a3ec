import { otherSide } from '../../../../core/geometry.ts';
import { pixelTicks, sideName, type View } from '../view.ts';

export const cycle = {
  name: 'cycle',
  label: 'Cycle',
  about: 'How far a place lands from its start after going to the other photo and back.',
  panes: [
    { side: 'a', kind: 'cycle' },
    { side: 'b', kind: 'cycle' },
  ],
  paneLabel: (side) => `${sideName(side)} → ${sideName(otherSide(side))} → ${sideName(side)}`,
  legend: ({ colorMap, cycleScale }, { photoA }) => ({
    kind: 'ramp',
    title: 'Cycle error, px of A',
    map: colorMap,
    ticks: pixelTicks(cycleScale, photoA),
  }),
  controls: ['colorMap', 'opacity', 'cycleScale'],
} as const satisfies View<'cycle'>;
