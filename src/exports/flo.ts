import type { MatchFormat } from './export-format.ts';
import { bothDirections, direction, flowNotes, flowOf } from './flow.ts';

export const flo = {
  name: 'flo',
  label: 'Optical flow, Middlebury',
  ending: '.flo',
  text: 'Displacement of every pixel as 32-bit floats.',
  choices: ['flow'],
  inBatch: true,
  needs: 'match',
  fileEnd: ({ side }) => `-flow-${direction(side)}.flo`,
  commandFiles: bothDirections('.flo'),
  async write(wish, source) {
    const { encodeFlo } = await import('../formats/flow/flo.ts');
    const flow = await flowOf(wish, source);
    return { blob: new Blob([encodeFlo(flow)], { type: 'application/octet-stream' }), notes: flowNotes(flow) };
  },
} as const satisfies MatchFormat;
