import type { WorkspaceState } from '../../pages/match/state/types.ts';

/** The theme that is seen: the person's choice, else the system's. */
export const resolveTheme = ({ theme, systemDark }: Pick<WorkspaceState, 'theme' | 'systemDark'>): 'light' | 'dark' =>
  theme === 'auto' ? (systemDark ? 'dark' : 'light') : theme;
