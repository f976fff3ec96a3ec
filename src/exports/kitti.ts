import type { MatchFormat } from './export-format.ts';
import { bothDirections, direction, flowNotes, flowOf } from './flow.ts';

export const kitti = {
  name: 'kitti',
  label: 'Optical flow, KITTI',
  ending: '.png',
  text: 'Displacement of every pixel as a 16-bit PNG, up to 512 px.',
  choices: ['flow'],
  inBatch: true,
  needs: 'match',
  fileEnd: ({ side }) => `-flow-${direction(side)}-kitti.png`,
  commandFiles: bothDirections('-kitti.png'),
  async write(wish, source) {
    const { encodeKittiFlow } = await import('../formats/flow/kitti-flow.ts');
    const flow = await flowOf(wish, source);
    const { png, outOfRange } = await encodeKittiFlow(flow);
    const lost = `${outOfRange} vectors are longer than the format’s 512 px and are marked unknown; .flo keeps them.`;
    return { blob: new Blob([png], { type: 'image/png' }), notes: [...flowNotes(flow), ...(outOfRange ? [lost] : [])] };
  },
} as const satisfies MatchFormat;
