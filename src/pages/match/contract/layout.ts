import type { Point, Rect, Side, Size } from '../../../core/geometry.ts';
import { type PaneKind, type ViewName, viewOf } from '../views/index.ts';

/** One picture of a view, in CSS pixels of the stage. The worker draws it, the page hovers over it: both use this file. */
export interface Pane {
  side: Side;
  kind: PaneKind;
  rect: Rect;
}

/** Space between panes, CSS pixels. */
export const PANE_GAP = 8;

/**
 * The panes of a view: a grid of equal cells, in the number of columns that shows the photos largest.
 */
export function layoutPanes(view: ViewName, stage: Size, photos: Partial<Record<Side, Size>>): Pane[] {
  const panes = viewOf(view).panes;
  const aspect = (side: Side) => aspectOf(photos[side]);
  let best: { columns: number; area: number } = { columns: 1, area: -1 };
  for (let columns = 1; columns <= panes.length; columns++) {
    if (panes.length % columns) continue;
    const cell = cellSize(stage, columns, panes.length / columns);
    let area = 0;
    for (const pane of panes) {
      const width = Math.min(cell.width, cell.height * aspect(pane.side));
      area += (width * width) / aspect(pane.side);
    }
    if (area > best.area) best = { columns, area };
  }
  const rows = panes.length / best.columns;
  const cell = cellSize(stage, best.columns, rows);
  return panes.map((pane, i) => ({
    ...pane,
    rect: {
      x: (i % best.columns) * (cell.width + PANE_GAP),
      y: Math.floor(i / best.columns) * (cell.height + PANE_GAP),
      ...cell,
    },
  }));
}

/** Narrower stages show one pane below the other, CSS pixels. */
const NARROW = 480;

/** Height of a stage of this width that leaves nothing empty around the photos: for whoever can choose it. */
export function fittingHeight(view: ViewName, width: number, photos: Partial<Record<Side, Size>>): number {
  const panes = viewOf(view).panes;
  const columns = width < NARROW ? 1 : Math.min(2, panes.length);
  const rows = Math.ceil(panes.length / columns);
  const paneWidth = (width - (columns - 1) * PANE_GAP) / columns;
  const paneHeight = Math.max(...panes.map(({ side }) => paneWidth / aspectOf(photos[side])));
  return Math.round(rows * paneHeight + (rows - 1) * PANE_GAP);
}

/** A photo that is not there yet counts as 4:3. */
const aspectOf = (photo: Size | undefined) => (photo ? photo.width / photo.height : 4 / 3);

/** The panes on the stage now: before there is a match only the photos themselves can be shown, A beside B. */
export function panesOnStage(
  view: ViewName,
  matched: boolean,
  stage: Size,
  photos: Partial<Record<Side, Size>>,
): Pane[] {
  return layoutPanes(matched ? view : 'matches', stage, photos);
}

function cellSize(stage: Size, columns: number, rows: number): Size {
  return {
    width: Math.max(1, (stage.width - PANE_GAP * (columns - 1)) / columns),
    height: Math.max(1, (stage.height - PANE_GAP * (rows - 1)) / rows),
  };
}

/** The pane under a stage point, if any. */
export function paneAt(panes: readonly Pane[], point: Point): Pane | undefined {
  return panes.find(
    ({ rect }) =>
      point.x >= rect.x && point.y >= rect.y && point.x < rect.x + rect.width && point.y < rect.y + rect.height,
  );
}
