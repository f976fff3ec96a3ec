import type { MatchState } from './types.ts';

const MAX_STEM = 40;

/** Both photos' names as the beginning of a file's. */
export const pairStem = ({ photos }: Pick<MatchState, 'photos'>): string =>
  (['a', 'b'] as const).map((side) => plainName(photos[side].photo?.name ?? 'photo')).join('-');

/** A photo's name without its extension and without what file systems refuse. */
const plainName = (name: string): string =>
  name
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_STEM) || 'photo';
