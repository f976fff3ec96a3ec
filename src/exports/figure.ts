import type { StageFormat } from './export-format.ts';

export const figure = {
  name: 'figure',
  label: 'Figure',
  ending: '.png',
  text: 'The picture as you see it now, for papers and slides.',
  choices: ['figure'],
  inBatch: true,
  needs: 'stage',
  fileEnd: ({ view, scale }) => `-${view.view}${scale > 1 ? `@${scale}x` : ''}.png`,
  async write({ scale, legend }, { snapshot, readLegend, withLegend }) {
    const picture = await snapshot(scale);
    const drawn = legend ? readLegend() : null;
    return { blob: drawn ? await withLegend(picture, drawn, scale) : picture };
  },
} as const satisfies StageFormat;
