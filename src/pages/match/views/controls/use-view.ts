import type { ViewSettings } from '../../contract/view.ts';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';

/** The view's settings and how to change them. */
export function useView(): [ViewSettings, (patch: Partial<ViewSettings>) => void] {
  const workspace = useWorkspace();
  return [useWorkspaceState((state) => state.view), (patch) => workspace.updateView(patch)];
}
