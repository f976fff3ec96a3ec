import { lazyPart } from '../../ui/lazy-part.tsx';
import type { Page } from '../../workspace/ui/page.ts';

export const setPage = {
  name: 'set',
  title: 'Set',
  key: 'KeyP',
  // Who only matches never downloads it.
  View: lazyPart({ name: 'Set', as: 'page', load: () => import('./ui/set-workspace.tsx') }),
  stays: false,
  pausesMatching: true,
} as const satisfies Page;
