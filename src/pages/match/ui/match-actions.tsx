import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { CodeIcon } from '../../../ui/icons.tsx';
import { CopyLinkButton } from './export/copy-link-button.tsx';

/** Most visits never open these, so their code comes when it is asked for. */
const BatchDialog = lazy(() => import('./batch/batch-dialog.tsx'));
const EmbedDialog = lazy(() => import('./export/embed-dialog.tsx'));
const ExportDialog = lazy(() => import('./export/export-dialog.tsx'));

/** What can be done with the present match, in the header. */
export function MatchActions() {
  const [dialog, setDialog] = useState<'export' | 'batch' | 'embed' | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <button type="button" className="button quiet" onClick={() => setDialog('export')}>
        Export
      </button>
      <IconButton label="Embed this match in a page" onClick={() => setDialog('embed')}>
        <CodeIcon />
      </IconButton>
      <CopyLinkButton />
      <Suspense fallback={null}>
        {dialog === 'export' && <ExportDialog onClose={close} onBatch={() => setDialog('batch')} />}
        {dialog === 'batch' && <BatchDialog onClose={close} />}
        {dialog === 'embed' && <EmbedDialog onClose={close} />}
      </Suspense>
    </>
  );
}
