import type { ExportWish, MatchFormat } from './export-format.ts';
import { FULL_SIZE_PICTURES, type FullSizePicture } from './full-size-settings.ts';

const ENDINGS = { png: '.png', jpeg: '.jpg' } as const;

export const fullSize = {
  name: 'fullsize',
  label: 'Full size',
  ending: '.png, .jpg',
  text: 'B laid on A, A on B, or both as a panorama, at the photos’ own resolution; see-through where nothing is known (PNG).',
  choices: ['full-size'],
  inBatch: true,
  needs: 'match',
  fileEnd: ({ fullSize: { picture, encoding } }) => `-${picture}${ENDINGS[encoding]}`,
  // They take a while each: the command line makes them when asked to, and each has its transforms beside it.
  commandFiles: (wish) =>
    wish.wantsFullSize
      ? FULL_SIZE_PICTURES.map((picture) => ({ name: `${picture}.png`, wish: wished(wish, picture) }))
      : [],
  async write(wish, source, run) {
    const { blob, description } = await source.drawFullSize(wish.fullSize, wish.view, run);
    const { size, transform } = description;
    return {
      blob,
      notes: [
        `${size.width} × ${size.height} pixels. ${transform}`,
        'The file’s own description says the same as JSON.',
      ],
      sidecar: `${JSON.stringify(description, null, 1)}\n`,
    };
  },
} as const satisfies MatchFormat;

const wished = (wish: ExportWish, picture: FullSizePicture): ExportWish => ({
  ...wish,
  fullSize: { picture, encoding: 'png' },
});
