/** Which of the two photos. */
export type Side = 'a' | 'b';

/** The photo on the other side. */
export const otherSide = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A point or vector; its unit is said where it is used. */
export interface Point {
  x: number;
  y: number;
}

/** An axis-aligned rectangle; x and y are its top-left corner. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}
