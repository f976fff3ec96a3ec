import { resizeMap } from '../../passes/smooth/guided-filter.ts';
import { measureField, type ScoreTruth } from '../../passes/score/cpu.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import { type PinnedViews, viewPhotos } from './pinned-views.ts';
import type { ScoreMaps } from '../score/score-maps.ts';

/** The views of a frame in ordinary memory, which nothing draws over: nothing is copied. */
export function pinPlain(request: FrameRequest, frame: PlainFrame, isShown: () => boolean): PinnedViews {
  const { size, colour } = frame;
  const picture = (side: Side) => ({ pixels: { data: colour[side], ...size } });
  return {
    photos: viewPhotos(request, size, { a: picture('a'), b: picture('b') }),
    async measure(field) {
      const measured = async (side: Side) => {
        const plain = await field.plain(side);
        const { error, counters } = measureField(plain, truthOf(frame, side));
        return { counters, maps: { error, certainty: resizeMap(plain.certainty, plain.grid, size) } };
      };
      const [a, b] = [await measured('a'), await measured('b')];
      const maps: ScoreMaps = { on: 'cpu', sides: { a: a.maps, b: b.maps } };
      return { counters: a.counters, maps };
    },
    isShown,
    release: () => {},
  };
}

function truthOf({ size, warp, visible, places }: PlainFrame, side: Side): ScoreTruth {
  // Of the view, 1 is PLACE.visible; the rest are holes, about which there is no truth.
  return { size, warp: warp[side], places: side === 'a' ? places : visible.b, other: size };
}
