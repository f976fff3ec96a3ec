import { sideName, type View } from '../view.ts';

/** Of 1 / depth, in baselines. */
function depthText(inverse: number): string {
  const depth = 1 / Math.max(inverse, 0);
  if (!(depth < 1000)) return '∞';
  return depth.toFixed(depth < 10 ? 1 : 0);
}

export const depth = {
  name: 'depth',
  label: 'Depth',
  about:
    'Depth of parallax: how far each place is, triangulated by the fitted cameras. 1 is the distance between them.',
  panes: [
    { side: 'a', kind: 'depth' },
    { side: 'b', kind: 'depth' },
  ],
  paneLabel: (side) => `Depth before ${sideName(side)}’s camera`,
  legend({ colorMap }, { inverseDepths }) {
    if (!inverseDepths) return { kind: 'text', text: 'No cameras yet: fit an essential matrix to see depth' };
    const [far, near] = inverseDepths.a;
    const ticks: [string, string, string] = [depthText(far), depthText((far + near) / 2), depthText(near)];
    return { kind: 'ramp', title: 'Depth before A, baselines', map: colorMap, ticks };
  },
  controls: ['cameras', 'colorMap', 'opacity'],
  needsPose: true,
} as const satisfies View<'depth'>;
