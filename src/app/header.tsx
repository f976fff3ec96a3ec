import { MatchActions } from '../pages/match/page.ts';
import { ModelsAction } from '../pages/models/page.ts';
import { LogoIcon } from '../ui/icons.tsx';
import { SampleMenu } from '../workspace/ui/sample-menu.tsx';
import { ThemeToggle } from '../workspace/ui/theme-toggle.tsx';
import { PageSwitch } from './page-switch.tsx';

export function Header() {
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
        <ModelsAction />
        <MatchActions />
        <ThemeToggle />
      </nav>
    </header>
  );
}
