import { lazyPart } from '../../ui/lazy-part.tsx';
import type { Page } from '../../workspace/ui/page.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { HandedPair } from './contract.ts';

export const comparePage = {
  name: 'compare',
  title: 'Compare',
  key: 'KeyC',
  // Who only matches never downloads it.
  View: lazyPart({ name: 'Compare', as: 'page', load: () => import('./ui/compare-workspace.tsx') }),
  stays: false,
  pausesMatching: false,
} as const satisfies Page;

/**
 * Hands pairs with their true warps to the comparison and shows its scores: for pages that make such pairs.
 * Rejects with a CodedError where a truth cannot be read; the pairs before it are there then.
 */
export async function handPairs(workspace: Workspace, pairs: readonly HandedPair[]): Promise<void> {
  const { compareOf } = await import('./state/open-compare.ts');
  const compare = compareOf(workspace);
  for (const pair of pairs) await compare.ownPairs.addPair(pair);
  compare.update({ page: 'scores' });
  workspace.showPage(comparePage.name);
}
