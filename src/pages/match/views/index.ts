import type { Legend } from '../../../core/colors/legend.ts';
import { certainty } from './certainty/view.ts';
import { compare } from './compare/view.ts';
import { cycle } from './cycle/view.ts';
import { depth } from './depth/view.ts';
import { flow } from './flow/view.ts';
import { fly } from './fly/view.ts';
import { matches } from './matches/view.ts';
import type { LegendFacts, ShownSettings, View } from './view.ts';
import { warp } from './warp/view.ts';

/** The match page's views, in the order of their tabs and number keys. Their pictures: gpu-drawings.ts, cpu-drawings.ts. */
export const VIEW_LIST = [
  warp,
  certainty,
  matches,
  flow,
  compare,
  cycle,
  depth,
  fly,
] as const satisfies readonly View[];

type Listed = (typeof VIEW_LIST)[number];
export type ViewName = Listed['name'];
/** What a pane draws on the pixel grid of a photo. */
export type PaneKind = Listed['panes'][number]['kind'];

/** Names, in the list's order. */
export const VIEWS: readonly ViewName[] = VIEW_LIST.map(({ name }) => name);

const BY_NAME = new Map<ViewName, View<ViewName, PaneKind>>(VIEW_LIST.map((view) => [view.name, view]));

export const viewOf = (name: ViewName): View<ViewName, PaneKind> => BY_NAME.get(name)!;

/** The legend of a view; null where the picture explains itself. */
export const legendOf = (settings: ShownSettings & { view: ViewName }, facts: LegendFacts): Legend | null =>
  viewOf(settings.view).legend?.(settings, facts) ?? null;
