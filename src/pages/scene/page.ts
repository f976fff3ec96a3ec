import { lazyPart } from '../../ui/lazy-part.tsx';
import type { Page } from '../../workspace/ui/page.ts';

export const scenePage = {
  name: 'scene',
  title: 'Scene',
  key: 'KeyS',
  // Who only matches never downloads it.
  View: lazyPart({ name: 'Scene', as: 'page', load: () => import('./ui/scene-workspace.tsx') }),
  stays: true,
  pausesMatching: true,
} as const satisfies Page;
