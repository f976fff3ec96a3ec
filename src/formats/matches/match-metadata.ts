import type { Side, Size } from '../../core/geometry.ts';

/** What every export says of the match it came from. */
export interface MatchMetadata {
  photos: Record<Side, { name: string; size: Size }>;
  model: string;
  verdict: string;
  /** How pixels are counted, where not as usual. */
  coordinates?: string;
}

/** A name as part of one line of text: control characters (line breaks above all) become spaces. */
export const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

/** Lines that name photos and model, for the header of a text file. */
export function describeMatch({ photos, model, verdict }: MatchMetadata): string[] {
  const photo = (side: Side) => {
    const { name, size } = photos[side];
    return `photo ${side.toUpperCase()}: ${oneLine(name)} (${size.width} x ${size.height})`;
  };
  return [photo('a'), photo('b'), `model: ${oneLine(model)}`, `verdict: ${oneLine(verdict)}`];
}
