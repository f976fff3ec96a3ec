import type { Page } from '../../workspace/ui/page.ts';
import { MatchPage } from './ui/match-page.tsx';

export { openMatchWorkspace } from './state/open-workspace.ts';
export type { MatchWorkspace } from './state/match-workspace.ts';
export { MatchActions } from './ui/match-actions.tsx';

export const matchPage = {
  name: 'match',
  title: 'Match',
  key: 'KeyM',
  // At once: it is what opens first.
  View: MatchPage,
  stays: true,
  pausesMatching: false,
} as const satisfies Page;
