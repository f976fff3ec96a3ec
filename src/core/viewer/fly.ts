/** How far beyond A and B a path between two photos goes, in lengths of the way between them. */
export const BEYOND = 0.25;

/** Where somebody flies between two photos. */
export interface FlyPlace {
  /** On the path: 0 is A, 1 is B. */
  readonly at: number;
  /** Away from the path, degrees around what lies in the middle of the view: to the right and upwards. */
  readonly yaw: number;
  readonly pitch: number;
}
