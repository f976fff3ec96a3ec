import type { StoreApi } from 'zustand';
import type { ThemeChoice } from './theme.ts';

/** The part of a store that follows the person's system and their choice of theme. */
export interface EnvironmentState {
  theme: ThemeChoice;
  systemDark: boolean;
  reducedMotion: boolean;
}

/** A store that holds at least `State`; what else it holds does not matter here. */
type StoreWith<State> = Pick<StoreApi<State>, 'subscribe'> & {
  setState(change: Partial<State>): void;
};

const THEME_KEY = 'liftmatch-theme';

/**
 * Keeps the person's system preferences in the store, and the theme they chose for their next visit; without `remember`
 * nothing is stored or read, so that embeds of one site share nothing.
 */
export function watchEnvironment(
  store: StoreWith<EnvironmentState>,
  win: Window,
  { remember = true } = {},
): () => void {
  const dark = win.matchMedia('(prefers-color-scheme: dark)');
  const motion = win.matchMedia('(prefers-reduced-motion: reduce)');
  const read = () => store.setState({ systemDark: dark.matches, reducedMotion: motion.matches });
  dark.addEventListener('change', read);
  motion.addEventListener('change', read);
  read();
  const stored = remember ? readStored(win) : null;
  if (stored) store.setState({ theme: stored });
  const unsubscribe = store.subscribe((now, before) => {
    if (remember && now.theme !== before.theme) writeStored(win, now.theme);
  });
  return () => {
    unsubscribe();
    dark.removeEventListener('change', read);
    motion.removeEventListener('change', read);
  };
}

function readStored(win: Window): ThemeChoice | null {
  try {
    const value = win.localStorage.getItem(THEME_KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    // Storage is forbidden in some frames: the choice then lasts as long as the page.
    return null;
  }
}

function writeStored(win: Window, theme: ThemeChoice): void {
  try {
    win.localStorage.setItem(THEME_KEY, theme);
  } catch {
    // See readStored.
  }
}
