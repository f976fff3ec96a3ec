import { lazyPart } from '../../ui/lazy-part.tsx';
import type { Page } from '../../workspace/ui/page.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { HandedScene } from './contract/handed-scene.ts';

export const scenePage = {
  name: 'scene',
  title: 'Scene',
  key: 'KeyS',
  // Who only matches never downloads it.
  View: lazyPart({ name: 'Scene', as: 'page', load: () => import('./ui/scene-workspace.tsx') }),
  stays: true,
  pausesMatching: true,
} as const satisfies Page;

/**
 * Opens a scene that another page made, and shows it: seen from where its first camera stood. What cannot be opened (more
 * Gaussians than are drawn here) becomes a notice, and the scene that was there stays.
 */
export async function handScene(workspace: Workspace, handed: HandedScene): Promise<void> {
  const { sceneOf } = await import('./state/open-scene.ts');
  sceneOf(workspace).openMade(handed);
  workspace.showPage(scenePage.name);
}
