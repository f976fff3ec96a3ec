/** What the person chose; `auto` is the system's. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

/** The theme that is seen: the person's choice, else the system's. */
export const resolveTheme = ({ theme, systemDark }: { theme: ThemeChoice; systemDark: boolean }): 'light' | 'dark' =>
  theme === 'auto' ? (systemDark ? 'dark' : 'light') : theme;
