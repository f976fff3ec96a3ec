import { useState } from 'react';
import { lazyPart } from '../../../ui/lazy-part.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { CodeIcon } from '../../../ui/icons.tsx';
import { CopyLinkButton } from './export/copy-link-button.tsx';

/** Most visits never open these, so their code comes when it is asked for. */
const BatchDialog = lazyPart({ name: 'Many pairs', as: 'dialog', load: () => import('./batch/batch-dialog.tsx') });
const EmbedDialog = lazyPart({ name: 'Embed', as: 'dialog', load: () => import('./export/embed-dialog.tsx') });
const ExportDialog = lazyPart({ name: 'Export', as: 'dialog', load: () => import('./export/export-dialog.tsx') });

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
      {dialog === 'export' && <ExportDialog onClose={close} onBatch={() => setDialog('batch')} />}
      {dialog === 'batch' && <BatchDialog onClose={close} />}
      {dialog === 'embed' && <EmbedDialog onClose={close} />}
    </>
  );
}
