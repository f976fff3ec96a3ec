import type { ThemeChoice } from '../platform/page/theme.ts';
import { type AddressState, parseAddress } from '../pages/match/state/address/url.ts';

/** What an embed's address (or a custom element's attributes) says. */
export interface EmbedOptions {
  /** View, settings, addresses of photos: as in a link to the app. */
  address: AddressState;
  /** Address of a share file; its match is shown instead of one that is computed. */
  share: string | null;
  theme: ThemeChoice;
  /** Whether tabs, verdict and legend are shown around the picture. */
  controls: boolean;
  /** Whether everything starts by itself as soon as the embed is seen. */
  autorun: boolean;
  /** Origins of hosts that may send messages; the embed's own where none is named. */
  origins: string[];
}

const MAX_ADDRESS = 2048;

/**
 * Reads `?a=&b=&share=&model=&view=&theme=&controls=&autorun=&origin=`. Never throws: what cannot be read counts as not
 * given. `origin` may be repeated or hold several origins with commas between; `*` allows every host.
 * @param ownOrigin the embed's own origin, "null" in a sandbox
 */
export function parseEmbedOptions(search: string, ownOrigin: string): EmbedOptions {
  const query = new URLSearchParams(search);
  const share = query.get('share');
  const theme = query.get('theme');
  const origins = query
    .getAll('origin')
    .flatMap((text) => text.split(','))
    .map(normalOrigin)
    .filter((origin) => origin !== null);
  return {
    address: parseAddress(search),
    share: share && share.length <= MAX_ADDRESS ? share : null,
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    controls: query.get('controls') !== '0',
    autorun: query.get('autorun') === '1',
    // A sandbox's "null" is every sandbox's: it names nobody.
    origins: origins.length > 0 ? origins : ownOrigin === 'null' ? [] : [ownOrigin],
  };
}

function normalOrigin(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '*') return '*';
  try {
    const { origin } = new URL(trimmed);
    return origin === 'null' ? null : origin;
  } catch {
    return null;
  }
}
