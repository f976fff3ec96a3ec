import type { AnimationFormat } from '../../contract/animation.ts';
import type { ExportFormat, ExportRequest } from '../../contract/exports.ts';
import { otherSide, type Side } from '../../../../core/geometry.ts';

/** End of the name, after those of the photos; flow files also say their direction. */
const ENDINGS: Record<Exclude<ExportFormat, 'animation' | 'svg'>, string> = {
  share: '.liftmatch.zip',
  figure: '.png',
  csv: '-matches.csv',
  json: '-matches.json',
  npz: '-dense.npz',
  flo: '.flo',
  kitti: '-kitti.png',
  colmap: '-colmap.zip',
  database: '-database.db',
};
/** An animated PNG is a PNG: every reader shows at least its first frame. */
const ANIMATION_ENDINGS: Record<AnimationFormat, string> = { gif: '.gif', apng: '.png', webm: '.webm' };
const MAX_PART = 40;

/**
 * A name that says what is in the file and that every system takes: `left-right-matches.csv`,
 * `left-right-flow-a-to-b.flo`.
 */
export function fileName({ format, photos, side, view, scale, animation }: ExportRequest): string {
  const stem = stemOf({ a: photos.a.name, b: photos.b.name });
  if (format === 'animation') return `${stem}-${animation.kind}${ANIMATION_ENDINGS[animation.format]}`;
  if (format === 'svg') return `${stem}-${view.view}.svg`;
  const figure = format === 'figure' ? `-${view.view}${scale > 1 ? `@${scale}x` : ''}` : '';
  const flow = format === 'flo' || format === 'kitti' ? `-flow-${side}-to-${otherSide(side)}` : '';
  return `${stem}${figure}${flow}${ENDINGS[format]}`;
}

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
