import { copyText } from '../../../ui/copy-text.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { LinkIcon, CodeIcon } from '../../../ui/icons.tsx';
import { useWorkspace } from './workspace-context.ts';
import { useState } from 'react';
import { lazyPart } from '../../../ui/lazy-part.tsx';

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

/** Copies a link that shows what is seen now. */
function CopyLinkButton() {
  const workspace = useWorkspace();
  const copy = () => {
    const { a, b } = workspace.store.getState().photos;
    const hasFiles = [a, b].some(({ photo }) => photo?.source.kind === 'file');
    const told = hasFiles
      ? 'The link was copied. It holds view and settings, but not the photos that were opened from files.'
      : 'The link was copied. It shows what you see now.';
    void copyText(workspace.address(), told, workspace.notices);
  };
  return (
    <IconButton label="Copy a link to this view" onClick={copy}>
      <LinkIcon />
    </IconButton>
  );
}
