import type { ScoreTruth } from '../../../../compute/score/cpu.ts';
import type { Side } from '../../../../core/geometry.ts';
import { measurePlain } from '../../../../matching/scoring/measure-plain.ts';
import type { FrameRequest, PlainFrame } from './frame.ts';
import { type PinnedViews, viewPhotos } from './pinned-views.ts';

/** The views of a frame in ordinary memory, which nothing draws over: nothing is copied. */
export function pinPlain(request: FrameRequest, frame: PlainFrame, isShown: () => boolean): PinnedViews {
  const { size, colour } = frame;
  const picture = (side: Side) => ({ pixels: { data: colour[side], ...size } });
  return {
    photos: viewPhotos(request, size, { a: picture('a'), b: picture('b') }),
    measure: (field) => measurePlain(field, { a: truthOf(frame, 'a'), b: truthOf(frame, 'b') }),
    isShown,
    release: () => {},
  };
}

function truthOf({ size, warp, visible, places }: PlainFrame, side: Side): ScoreTruth {
  // Of the view, 1 is PLACE.visible; the rest are holes, about which there is no truth.
  return { size, warp: warp[side], places: side === 'a' ? places : visible.b, other: size };
}
