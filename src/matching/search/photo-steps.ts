import type { Side, Size } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import type { PhotoHandle } from '../backend/backend.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import type { Grey } from './cut-out.ts';
import { shiftBetween } from './shifts.ts';
import { agreement, amongSteps, type Copies, COPIES, stepsOf } from './steps.ts';

/** Of photos of one scale the smaller one has at least this share of the larger one's long side; see cut-out.ts for others. */
const LEAST_SIZE = 0.6;

/** What a pair's brightness says of its motions: which of those that differ by a step is right, and how much disagrees. */
export class PhotoSteps<Photo extends PhotoHandle, Field> {
  private readonly made = new Map<string, Promise<Grey>>();
  private found: Promise<Matrix3 | null> | null = null;

  constructor(
    private readonly pair: PairMatcher<Photo, Field>,
    private readonly photos: Record<Side, Photo>,
  ) {}

  /** See {@link amongSteps}. `motion`: normalised A to normalised B. */
  async among(motion: Matrix3): Promise<ReturnType<typeof amongSteps>> {
    return amongSteps(await this.copies('a'), await this.copies('b'), motion);
  }

  /** Steps, normalised, at which a photo looks like itself. */
  async of(side: Side): Promise<[number, number][]> {
    return stepsOf(await this.copies(side));
  }

  /** See {@link shiftBetween}; null of photos of very different sizes, too. */
  shift(): Promise<Matrix3 | null> {
    return (this.found ??= this.findShift());
  }

  private async findShift(): Promise<Matrix3 | null> {
    const [a, b] = (['a', 'b'] as const).map((side) => longSideOf(this.photos[side].size));
    const longest = Math.max(a, b);
    if (Math.min(a, b) < LEAST_SIZE * longest) return null;
    return shiftBetween(await this.copies('a', a / longest), await this.copies('b', b / longest));
  }

  /** @param share of the copies' usual long sides */
  private async copies(side: Side, share = 1): Promise<Copies> {
    const copy = (longSide: number) => this.copy(side, Math.round(share * longSide));
    return { small: await copy(COPIES.small), large: await copy(COPIES.large) };
  }

  /** Share of the windows of one photo that look otherwise in the other, from where it is less: a detail shows more. */
  async disagreement(motion: Matrix3): Promise<number> {
    const [a, b] = [await this.copy('a', COPIES.large), await this.copy('b', COPIES.large)];
    const back = invert3(motion);
    return Math.min(agreement(a, b, motion).disagree, back ? agreement(b, a, back).disagree : 1);
  }

  private copy(side: Side, longSide: number): Promise<Grey> {
    const key = `${side}${longSide}`;
    let copy = this.made.get(key);
    if (!copy) {
      const size = scaledTo(this.photos[side].size, longSide);
      copy = this.pair.grey(this.photos[side], size).then((values) => ({ size, values }));
      this.made.set(key, copy);
    }
    return copy;
  }
}

const longSideOf = ({ width, height }: Size): number => Math.max(width, height);

function scaledTo({ width, height }: Size, longSide: number): Size {
  const scale = longSide / Math.max(width, height);
  return { width: Math.max(2, Math.round(scale * width)), height: Math.max(2, Math.round(scale * height)) };
}
