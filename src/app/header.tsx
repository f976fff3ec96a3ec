import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { CodeIcon, LogoIcon } from '../ui/icons.tsx';
import { ModelsButton } from '../pages/models/ui/models-button.tsx';
import { useWorkspace, useWorkspaceState } from '../pages/match/ui/workspace-context.ts';
import { CopyLinkButton } from '../pages/match/ui/export/copy-link-button.tsx';
import { PageSwitch } from './page-switch.tsx';
import { SampleMenu } from '../workspace/ui/sample-menu.tsx';
import { ThemeToggle } from '../workspace/ui/theme-toggle.tsx';

/** Most visits never open these, so their code comes when it is asked for. */
const BatchDialog = lazy(() => import('../pages/match/ui/batch/batch-dialog.tsx'));
const EmbedDialog = lazy(() => import('../pages/match/ui/export/embed-dialog.tsx'));
const ExportDialog = lazy(() => import('../pages/match/ui/export/export-dialog.tsx'));
const ModelsDialog = lazy(() => import('../pages/models/ui/models-dialog.tsx'));

export function Header() {
  const { library } = useWorkspace();
  const [dialog, setDialog] = useState<'export' | 'batch' | 'embed' | null>(null);
  const showsModels = useWorkspaceState((state) => state.library.isOpen);
  return (
    <header className="header">
      <h1 className="brand">
        <LogoIcon />
        LiftMatch
      </h1>
      <PageSwitch />
      <p className="tagline">Dense image matching in your browser. Photos never leave it.</p>
      <nav className="header-actions" aria-label="Page">
        <SampleMenu />
        {library && <ModelsButton library={library} />}
        <button type="button" className="button quiet" onClick={() => setDialog('export')}>
          Export
        </button>
        <IconButton label="Embed this match in a page" onClick={() => setDialog('embed')}>
          <CodeIcon />
        </IconButton>
        <CopyLinkButton />
        <ThemeToggle />
      </nav>
      <Suspense fallback={null}>
        {dialog === 'export' && <ExportDialog onClose={() => setDialog(null)} onBatch={() => setDialog('batch')} />}
        {dialog === 'batch' && <BatchDialog onClose={() => setDialog(null)} />}
        {dialog === 'embed' && <EmbedDialog onClose={() => setDialog(null)} />}
      </Suspense>
      {library && showsModels && (
        <Suspense fallback={null}>
          <ModelsDialog library={library} />
        </Suspense>
      )}
    </header>
  );
}
