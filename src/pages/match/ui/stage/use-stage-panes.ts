import { useMemo } from 'react';
import { canvasSize, comparedCanvas, unitRect } from '../../contract/alignment.ts';
import { paneAt, panesOnStage } from '../../contract/layout.ts';
import { photoRect, stageToUnit } from '../../../../core/viewer/zoom.ts';
import type { Pane } from '../../contract/layout.ts';
import type { Point, Rect, Side, Size } from '../../../../core/geometry.ts';
import type { Place } from '../../state/types.ts';
import { viewOf } from '../../views/index.ts';
import { useWorkspaceState } from '../workspace-context.ts';

/** A pane with the photo in it; the rectangle is the whole photo's, in CSS pixels of the stage. */
export interface StagePane {
  pane: Pane;
  photo: Size | null;
  rect: Rect | null;
  /** False where the picture lies on no photo's grid (a morph, a panorama), so that no place can be told in it. */
  isLinked: boolean;
}

/** The panes of the present view, as the engine draws them. */
export function useStagePanes(stage: Size): StagePane[] {
  const view = useWorkspaceState((state) => state.view.view);
  const canPoint = useWorkspaceState((state) => viewOf(state.view.view).isLinked?.(state.view) ?? true);
  const camera = useWorkspaceState((state) => state.view.camera);
  const compareBy = useWorkspaceState((state) => state.view.compareBy);
  const aligned = useWorkspaceState((state) => state.geometry.fit?.canvas ?? null);
  const isMatched = useWorkspaceState((state) => state.result !== null);
  const a = useWorkspaceState((state) => state.photos.a.photo?.info.size);
  const b = useWorkspaceState((state) => state.photos.b.photo?.info.size);
  return useMemo(() => {
    const photos: Partial<Record<Side, Size>> = { a, b };
    return panesOnStage(view, isMatched, stage, photos).map((pane) => {
      const photo = photos[pane.side] ?? null;
      const isOwn = pane.kind !== 'photo' && viewOf(view).followsPlane === true;
      const plane = photo && aligned && isOwn ? unitRect(aligned, photo) : null;
      const canvas = comparedCanvas({ compareBy }, plane);
      const shown = photo && canvas ? canvasSize(photo, canvas) : photo;
      // By a homography a morph is a blend on A's grid.
      const isLinked = canvas ? compareBy === 'plane' : !isMatched || canPoint;
      return { pane, photo, rect: shown && photoRect(pane, shown, camera), isLinked };
    });
  }, [view, isMatched, canPoint, compareBy, aligned, camera, a, b, stage]);
}

/** The pane under a stage point. */
export function stagePaneAt(panes: readonly StagePane[], point: Point): StagePane | undefined {
  const found = paneAt(
    panes.map(({ pane }) => pane),
    point,
  );
  return panes.find(({ pane }) => pane === found);
}

/** The place on a photo under a stage point; null beside the photos. */
export function placeAt(panes: readonly StagePane[], point: Point): Place | null {
  const found = stagePaneAt(panes, point);
  if (!found?.photo || !found.rect || !found.isLinked) return null;
  const unit = stageToUnit(point, found.rect);
  if (unit.x < 0 || unit.y < 0 || unit.x > 1 || unit.y > 1) return null;
  return { side: found.pane.side, x: unit.x * found.photo.width, y: unit.y * found.photo.height };
}

/** CSS pixels for one pixel of the pane's photo, across and down; null where it shows none. */
export function stageScale({ photo, rect }: StagePane): Point | null {
  return photo && rect ? { x: rect.width / photo.width, y: rect.height / photo.height } : null;
}

/** Where a place of a photo lies in one pane, or null where the pane shows the other photo or clips it. */
export function stagePoint({ pane, photo, rect, isLinked }: StagePane, place: Place): Point | null {
  if (pane.side !== place.side || !photo || !rect || !isLinked) return null;
  const point = {
    x: rect.x + (place.x / photo.width) * rect.width,
    y: rect.y + (place.y / photo.height) * rect.height,
  };
  const { x, y, width, height } = pane.rect;
  return point.x >= x && point.y >= y && point.x <= x + width && point.y <= y + height ? point : null;
}
