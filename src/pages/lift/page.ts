import { lazyPart } from '../../ui/lazy-part.tsx';
import type { Page } from '../../workspace/ui/page.ts';

export const liftPage = {
  name: 'lift',
  title: 'Lift',
  key: 'KeyL',
  // Who only matches never downloads it.
  View: lazyPart({ name: 'Lift', as: 'page', load: () => import('./ui/lift-workspace.tsx') }),
  stays: true,
  pausesMatching: true,
} as const satisfies Page;
