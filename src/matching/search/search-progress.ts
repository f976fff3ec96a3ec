import { otherSide } from '../../core/geometry.ts';
import type { Look } from '../../core/match.ts';

/** Share of the bar that the comparisons of coarse features take; matches through the decoder follow. */
const COMPARISONS = 0.75;
/** One more match takes the bar so far along what is left of it: how many there will be depends on what they find. */
const STEP = 0.25;

/** How far a search is, for a bar that never goes back and ends at 1. */
export class SearchProgress {
  private fraction = 0;

  constructor(private readonly tell: ((fraction: number, look?: Look) => void) | undefined) {}

  /** A share of all comparisons is done. */
  compared(share: number, look: Look): void {
    this.to(COMPARISONS * share, look);
  }

  /** One more match begins. */
  matching(look: Look): void {
    this.to(this.fraction + STEP * (1 - this.fraction), look);
  }

  end(): void {
    this.to(1);
  }

  private to(fraction: number, look?: Look): void {
    this.fraction = Math.max(this.fraction, fraction);
    this.tell?.(this.fraction, look);
  }
}

/** The same view, told of the photos in the other order. */
export const exchangedLook = ({ rotation, detail, ...rest }: Look): Look => ({
  ...rest,
  rotation: rest.isMirrored || rotation === 180 || rotation === 0 ? rotation : -rotation,
  ...(detail && { detail: otherSide(detail) }),
});
