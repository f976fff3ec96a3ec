import { lazy } from 'react';
import type { Page } from '../../workspace/ui/page.ts';

export const liftPage = {
  name: 'lift',
  title: 'Lift',
  key: 'KeyL',
  // Who only matches never downloads it.
  View: lazy(() => import('./ui/lift-workspace.tsx')),
  stays: true,
  pausesMatching: true,
} as const satisfies Page;
