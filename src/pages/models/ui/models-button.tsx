import type { Library } from '../../../workspace/library/library.ts';
import { percent } from '../../../ui/format.ts';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';

/** Opens the panel; tells how far a download or conversion is while the panel is closed. */
export function ModelsButton({ library }: { library: Library }) {
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
