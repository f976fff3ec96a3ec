import { PIXEL_CONVENTION } from '../core/coordinates.ts';
import { CodedError } from '../core/errors.ts';
import { otherSide } from '../core/geometry.ts';
import type { Flow } from '../formats/flow/flow.ts';
import type { ExportWish, MatchSource } from './export-format.ts';

/** A flow file in memory; beyond this a browser tab is at risk. */
const MAX_FLOW_PIXELS = 64e6;

/** The flow that a wish means. Throws `export-too-large`, `export-empty`. */
export async function flowOf({ side, flowSize, view }: ExportWish, source: MatchSource): Promise<Flow> {
  const from = source.sizes[side];
  if (flowSize === 'photo' && from.width * from.height > MAX_FLOW_PIXELS) {
    throw new CodedError(
      'export-too-large',
      `A flow file of ${from.width} × ${from.height} pixels is too large for a browser.`,
      'Choose the size of the match instead.',
    );
  }
  const { width, height } = flowSize === 'photo' ? from : (await source.readField(side)).grid;
  const flow = await source.readFlow(side, Math.max(width, height), view);
  if (!flow.valid.includes(1)) {
    throw new CodedError(
      'export-empty',
      'No place is certain enough: the flow file would be empty.',
      'Lower the certainty threshold, or switch the cycle filter off.',
    );
  }
  return flow;
}

/** What a flow file holds, for the person. */
export function flowNotes({ size, valid }: Flow): string[] {
  const known = valid.reduce((sum, one) => sum + one, 0) / valid.length;
  const share = `${Math.round(known * 100)} % of its ${size.width} × ${size.height} vectors are known`;
  return [`${share} (by the view’s certainty and cycle limits).`, `Coordinates: ${PIXEL_CONVENTION}.`];
}

/** The direction in a file's name. */
export const direction = (side: 'a' | 'b'): string => `${side}-to-${otherSide(side)}`;

/** A file a direction, for the command line. */
export const bothDirections = (end: string) => (wish: ExportWish) =>
  (['a', 'b'] as const).map((side) => ({ name: direction(side) + end, wish: { ...wish, side } }));
