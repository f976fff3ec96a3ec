import { useState } from 'react';
import { LogoIcon } from '../common/icons.tsx';
import { ModelsDialog } from '../models/models-dialog.tsx';
import { CopyLinkButton } from './copy-link-button.tsx';
import { SampleMenu } from './sample-menu.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function Header() {
  const [showsModels, setShowsModels] = useState(false);
  return (
    <header className="header">
      <h1 className="brand">
        <LogoIcon />
        LiftMatch
      </h1>
      <p className="tagline">Dense image matching in your browser. Photos never leave it.</p>
      <nav className="header-actions" aria-label="Page">
        <SampleMenu />
        <button type="button" className="button quiet" onClick={() => setShowsModels(true)}>
          Models
        </button>
        <CopyLinkButton />
        <ThemeToggle />
      </nav>
      {showsModels && <ModelsDialog onClose={() => setShowsModels(false)} />}
    </header>
  );
}
