import { comparePage } from '../pages/compare/page.ts';
import { liftPage } from '../pages/lift/page.ts';
import { matchPage } from '../pages/match/page.ts';
import { scenePage } from '../pages/scene/page.ts';
import { setPage } from '../pages/set/page.ts';
import type { Page } from '../workspace/ui/page.ts';

/** The pages of the app, in the order of their tabs; the first opens where the address names none. */
export const PAGES = [matchPage, comparePage, liftPage, scenePage, setPage] as const satisfies readonly Page[];

export type PageName = (typeof PAGES)[number]['name'];
