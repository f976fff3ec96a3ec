import type { StageFormat } from './export-format.ts';

export const svg = {
  name: 'svg',
  label: 'Vector figure',
  ending: '.svg',
  text: 'Lines and points as vectors over both photos (Matches view); the other views as a picture with a vector legend.',
  choices: ['figure'],
  inBatch: true,
  needs: 'stage',
  fileEnd: ({ view }) => `-${view.view}.svg`,
  async write({ scale, legend }, { drawVectors }) {
    const { svg: drawing, isVector } = await drawVectors({ scale, legend });
    return {
      blob: new Blob([drawing], { type: 'image/svg+xml' }),
      notes: isVector
        ? []
        : ['Only the legend is drawn as vectors: this view is a picture. The Matches view has lines.'],
    };
  },
} as const satisfies StageFormat;
