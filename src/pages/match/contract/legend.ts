import type { Size } from '../../../core/geometry.ts';
import type { ViewSettings } from './view.ts';
import type { ColorMapName } from '../../../core/color-maps.ts';

/** What the colours of a view mean. */
export type Legend =
  | { kind: 'ramp'; title: string; map: ColorMapName; ticks: [low: string, middle: string, high: string] }
  /** The Middlebury wheel; `rim` is the length of motion there. */
  | { kind: 'wheel'; rim: string }
  | { kind: 'text'; text: string };

/** The legend of a view on a pair whose photo A has this size; null where the picture explains itself. */
export function legendOf(view: ViewSettings, photoA: Size | undefined): Legend | null {
  switch (view.view) {
    case 'certainty':
      return certaintyRamp(view.colorMap);
    case 'cycle':
      return {
        kind: 'ramp',
        title: 'Cycle error, px of A',
        map: view.colorMap,
        ticks: pixelTicks(view.cycleScale, photoA),
      };
    case 'flow':
      return { kind: 'wheel', rim: `${pixelTicks(view.flowScale, photoA)[2]} px` };
    case 'matches':
      if (view.colorBy === 'certainty') return certaintyRamp(view.colorMap);
      if (view.colorBy === 'inliers') return { kind: 'text', text: 'Blue = fits the model, orange = does not' };
      return { kind: 'text', text: 'Colour = place in A' };
    default:
      return null;
  }
}

const certaintyRamp = (map: ColorMapName): Legend => ({
  kind: 'ramp',
  title: 'Certainty',
  map,
  ticks: ['0', '0.5', '1'],
});

/** 0, half and full scale in pixels, where full scale is a share of the photo's longer side. */
function pixelTicks(share: number, photo: Size | undefined): [string, string, string] {
  const full = share * Math.max(photo?.width ?? 0, photo?.height ?? 0);
  const digits = full < 10 ? 1 : 0;
  return ['0', (full / 2).toFixed(digits), full.toFixed(digits)];
}
