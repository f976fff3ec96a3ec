import { useEffect } from 'react';
import type { RefObject } from 'react';
import { fittingHeight } from '../pages/match/contract/layout.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { MatchState } from '../pages/match/state/types.ts';
import { useWorkspaceState } from '../pages/match/ui/workspace-context.ts';
import type { EmbedSession } from './session.ts';

/** Tells the session which height would show the photos without empty space, whenever width, photos or view change. */
export function useFittingSize(ref: RefObject<HTMLElement | null>, session: EmbedSession, isActive: boolean): void {
  const view = useWorkspaceState((state) => (state.result || !isActive ? state.view.view : 'matches'));
  const photos = useWorkspaceState(({ photos: slots }: MatchState) => slots);
  useEffect(() => {
    const root = ref.current;
    if (!root) return;
    const report = () => {
      const picture = root.querySelector('.stage-frame, .poster');
      const isLoading = [...root.querySelectorAll<HTMLImageElement>('.poster img')].some(({ complete }) => !complete);
      if (!picture || isLoading || root.clientWidth === 0) return;
      // Tabs and legend keep their height whatever the picture's is.
      const around = root.clientHeight - picture.clientHeight;
      const wanted =
        posterHeight(root, picture.clientWidth) ?? fittingHeight(view, picture.clientWidth, sizesOf(photos));
      session.reportSize(root.clientWidth, wanted + around);
    };
    const observer = new ResizeObserver(report);
    observer.observe(root);
    // Pictures tell their size once they are there; `load` does not bubble.
    root.addEventListener('load', report, true);
    report();
    return () => {
      observer.disconnect();
      root.removeEventListener('load', report, true);
    };
  }, [ref, session, isActive, view, photos]);
}

/** Of a share file's picture, or of the photos beside each other; null where there are none. */
function posterHeight(root: HTMLElement, width: number): number | null {
  const images = [...root.querySelectorAll<HTMLImageElement>('.poster img')].filter(
    ({ naturalWidth }) => naturalWidth > 0,
  );
  if (images.length === 0) return null;
  return Math.max(...images.map((image) => (width / images.length / image.naturalWidth) * image.naturalHeight));
}

function sizesOf(photos: MatchState['photos']): Partial<Record<Side, Size>> {
  const sizes: Partial<Record<Side, Size>> = {};
  for (const side of ['a', 'b'] as const) {
    const size = photos[side].photo?.info?.size;
    if (size) sizes[side] = size;
  }
  return sizes;
}
