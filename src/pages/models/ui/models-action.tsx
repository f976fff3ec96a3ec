import { lazyPart } from '../../../ui/lazy-part.tsx';
import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import type { Library } from '../../../workspace/library/library.ts';
import { percent } from '../../../ui/format.ts';

/** Most visits never open it, so its code comes when it is asked for. */
const ModelsDialog = lazyPart({ name: 'Models', as: 'dialog', load: () => import('./models-dialog.tsx') });

/** The button that shows the models of this device, and what it shows. */
export function ModelsAction() {
  const { library } = useWorkspace();
  const isOpen = useWorkspaceState((state) => state.library.isOpen);
  if (!library) return null;
  return (
    <>
      <ModelsButton library={library} />
      {isOpen && <ModelsDialog library={library} onClose={() => library.close()} />}
    </>
  );
}

/** Opens the panel; tells how far a download or conversion is while the panel is closed. */
function ModelsButton({ library }: { library: Library }) {
  const job = useWorkspaceState(({ library: { jobs } }) => jobs.find(({ status }) => status === 'running'));
  const hasFailed = useWorkspaceState(({ library: { jobs } }) => jobs.some(({ status }) => status === 'failed'));
  return (
    <button type="button" className="button quiet" onClick={() => library.open()}>
      Models
      {job && <span className="tag">{job.total ? percent(job.loaded / job.total) : '…'}</span>}
      {!job && hasFailed && <span className="tag failed">stopped</span>}
    </button>
  );
}
