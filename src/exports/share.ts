import { collected, type StageFormat } from './export-format.ts';

/** Longer side of the picture in a share file, pixels. */
const POSTER_SIDE = 960;

export const share = {
  name: 'share',
  label: 'Share file',
  ending: '.liftmatch.zip',
  text: 'Both photos, warp, certainty, cycle error and verdict. Drop it on this page to see everything again; no model runs.',
  choices: [],
  inBatch: true,
  needs: 'stage',
  fileEnd: () => '.liftmatch.zip',
  async write({ photos, query }, { result, readField, poster }) {
    const { writeShare } = await import('../formats/share/share-file.ts');
    const fields = { a: await readField('a'), b: await readField('b') };
    const picture = await poster(POSTER_SIDE);
    const masks = fields.a.mask && { a: fields.a.mask.here, b: fields.a.mask.there };
    const shared = { photos, query, result, fields, ...(masks && { masks }) };
    return {
      blob: await collected((sink) => writeShare(sink, shared, picture), 'application/zip'),
      notes: ['It holds both photos as they were opened, with whatever their files say (place, camera).'],
    };
  },
} as const satisfies StageFormat;
