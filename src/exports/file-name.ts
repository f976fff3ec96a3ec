import type { Side } from '../core/geometry.ts';
import type { ExportFormat, ExportWish } from './export-format.ts';

const MAX_PART = 40;

/**
 * A name that says what is in the file and that every system takes: `left-right-matches.csv`,
 * `left-right-flow-a-to-b.flo`.
 */
export const fileName = (format: ExportFormat, wish: ExportWish): string =>
  stemOf({ a: wish.photos.a.name, b: wish.photos.b.name }) + format.fileEnd(wish);

/** How the name of every file about these two photos begins. */
export const stemOf = ({ a, b }: Record<Side, string>): string => `${part(a)}-${part(b)}`;

/** A photo's name without its extension and without what file systems refuse. */
function part(name: string): string {
  const plain = name
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, MAX_PART) || 'photo';
}
