import type { Library } from '../../../workspace/library/library.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { fileSize } from '../../../ui/format.ts';
import { useEffect } from 'react';
import { countMatches } from '../../../workspace/speeds.ts';
import { useWorkspace, useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { AddModel } from './add-model.tsx';
import { InstalledList } from './installed-list.tsx';
import { JobList } from './job-list.tsx';
import { OfferedFiles } from './offered-files.tsx';
import { PublishedList } from './published-list.tsx';

/** Everything about models: those in use, those on the device, those that others have published. */
export default function ModelsDialog({ library, onClose }: { library: Library; onClose: () => void }) {
  const { offered, error, storage } = useWorkspaceState((state) => state.library);
  const { store } = useWorkspace();
  const fresh = useWorkspaceState((state) => state.fresh);
  useEffect(() => {
    store.setState(({ speeds }) => ({ speeds: countMatches(speeds, Object.values(fresh), () => window.localStorage) }));
  }, [store, fresh]);
  return (
    <Dialog title="Models" className="models-dialog" onClose={onClose}>
      <div className="stack models-panel">
        {error && (
          <p className="note error" role="alert" data-code={error.code}>
            <span>
              {error.message} <span className="notice-remedy">{error.remedy}</span>
            </span>
          </p>
        )}
        {offered.length > 0 && (
          <OfferedFiles key={offered.map(({ name }) => name).join('/')} library={library} files={offered} />
        )}
        <JobList library={library} />
        <InstalledList library={library} />
        <PublishedList library={library} />
        <AddModel library={library} />
        {storage && (
          <p className="hint">
            This site uses {fileSize(storage.usage)} of the {fileSize(storage.quota)} that the browser allows it. Models
            stay on this device and work offline.
          </p>
        )}
      </div>
    </Dialog>
  );
}
