import { lazy, Suspense } from 'react';
import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { ModelsButton } from './models-button.tsx';

/** Most visits never open it, so its code comes when it is asked for. */
const ModelsDialog = lazy(() => import('./models-dialog.tsx'));

/** The button that shows the models of this device, and what it shows. */
export function ModelsAction() {
  const { library } = useWorkspace();
  const isOpen = useWorkspaceState((state) => state.library.isOpen);
  if (!library) return null;
  return (
    <>
      <ModelsButton library={library} />
      {isOpen && (
        <Suspense fallback={null}>
          <ModelsDialog library={library} />
        </Suspense>
      )}
    </>
  );
}
