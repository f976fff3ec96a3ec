import type { ReactNode } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { AutoIcon, MoonIcon, SunIcon } from '../../ui/icons.tsx';
import type { ThemeChoice } from '../../platform/page/theme.ts';
import { useWorkspace, useWorkspaceState } from './workspace-context.ts';

const THEMES: Record<ThemeChoice, { next: ThemeChoice; name: string; Icon: () => ReactNode }> = {
  auto: { next: 'light', name: 'as the system', Icon: AutoIcon },
  light: { next: 'dark', name: 'light', Icon: SunIcon },
  dark: { next: 'auto', name: 'dark', Icon: MoonIcon },
};

export function ThemeToggle() {
  const workspace = useWorkspace();
  const theme = useWorkspaceState((state) => state.theme);
  const { next, name, Icon } = THEMES[theme];
  return (
    <IconButton
      label={`Theme: ${name}. Switch to ${THEMES[next].name}`}
      className="theme-toggle"
      onClick={() => workspace.store.setState({ theme: next })}
    >
      <Icon />
    </IconButton>
  );
}
