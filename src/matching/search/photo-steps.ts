import type { Side, Size } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import type { PhotoHandle } from '../backend/backend.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import type { Grey } from './cut-out.ts';
import { agreement, amongSteps, COPIES } from './steps.ts';

/** What a pair's brightness says of its motions: which of those that differ by a step is right, and how much disagrees. */
export class PhotoSteps<Photo extends PhotoHandle, Field> {
  private readonly copies = new Map<string, Promise<Grey>>();

  constructor(
    private readonly pair: PairMatcher<Photo, Field>,
    private readonly photos: Record<Side, Photo>,
  ) {}

  /** See {@link amongSteps}. `motion`: normalised A to normalised B. */
  async among(motion: Matrix3): Promise<ReturnType<typeof amongSteps>> {
    const copies = async (side: Side) => ({
      small: await this.copy(side, COPIES.small),
      large: await this.copy(side, COPIES.large),
    });
    return amongSteps(await copies('a'), await copies('b'), motion);
  }

  /** Share of the windows of one photo that look otherwise in the other, from where it is less: a detail shows more. */
  async disagreement(motion: Matrix3): Promise<number> {
    const [a, b] = [await this.copy('a', COPIES.large), await this.copy('b', COPIES.large)];
    const back = invert3(motion);
    return Math.min(agreement(a, b, motion).disagree, back ? agreement(b, a, back).disagree : 1);
  }

  private copy(side: Side, longSide: number): Promise<Grey> {
    const key = `${side}${longSide}`;
    let copy = this.copies.get(key);
    if (!copy) {
      const size = scaledTo(this.photos[side].size, longSide);
      copy = this.pair.grey(this.photos[side], size).then((values) => ({ size, values }));
      this.copies.set(key, copy);
    }
    return copy;
  }
}

function scaledTo({ width, height }: Size, longSide: number): Size {
  const scale = longSide / Math.max(width, height);
  return { width: Math.max(2, Math.round(scale * width)), height: Math.max(2, Math.round(scale * height)) };
}
