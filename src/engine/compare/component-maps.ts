import { procrustes, resampleScores, spreads, turnScores } from '../../features/align-components.ts';
import { componentColors } from '../../features/component-colors.ts';
import { principalComponents } from '../../features/principal-components.ts';
import type { ComponentOptions, GridPicture, Pictures } from '../../shared/compare.ts';
import type { Side } from '../../shared/geometry.ts';
import type { Encoded, FeatureMaths } from './feature-maths.ts';

export type EncodedSides = Partial<Record<Side, Encoded>>;

/** Component scores of the photos, [places, 3] each, and what share of the variance each component explains. */
interface Scores {
  sides: Partial<Record<Side, Float32Array<ArrayBuffer>>>;
  explained: number[];
}

const SIDES = ['a', 'b'] as const;
const COMPONENTS = 3;

/**
 * PCA maps of one encoder. `reference`: features of the encoder that colours are turned towards, null to leave them.
 */
export async function componentMaps(
  maths: FeatureMaths,
  sides: EncodedSides,
  reference: EncodedSides | null,
  { fit, mask }: Pick<ComponentOptions, 'fit' | 'mask'>,
): Promise<{ pictures: Pictures; explained: number[] }> {
  const scores = await fitScores(maths, sides, fit);
  const target = reference && (await fitScores(maths, reference, fit));
  const turned = target ? align(scores, target, sides, reference!, fit) : scores.sides;
  const pictures: Pictures = {};
  for (const side of present(sides)) {
    pictures[side] = paint(sides[side]!.grid, turned[side]!, scores.sides[side]!, mask);
  }
  return { pictures, explained: scores.explained };
}

async function fitScores(maths: FeatureMaths, sides: EncodedSides, fit: ComponentOptions['fit']): Promise<Scores> {
  const groups = fit === 'joint' ? [present(sides)] : present(sides).map((side) => [side]);
  const result: Scores = { sides: {}, explained: [] };
  for (const group of groups) {
    const { mean, covariance, channels } = await maths.moments(group.map((side) => sides[side]!));
    const found = principalComponents(covariance, channels, COMPONENTS);
    for (const side of group)
      result.sides[side] = await maths.project(sides[side]!, { mean, basis: found.basis, components: COMPONENTS });
    if (result.explained.length === 0) result.explained = found.variances.map((v) => v / (found.totalVariance || 1));
  }
  return result;
}

/** Turns scores towards a reference that may lie on another grid; jointly fitted photos are turned together. */
function align(
  scores: Scores,
  target: Scores,
  sides: EncodedSides,
  reference: EncodedSides,
  fit: ComponentOptions['fit'],
): Scores['sides'] {
  const groups = fit === 'joint' ? [present(sides)] : present(sides).map((side) => [side]);
  const turned: Scores['sides'] = {};
  for (const group of groups) {
    const own = joined(group.map((side) => scores.sides[side]!));
    const wanted = joined(
      group.map((side) => resampleScores(target.sides[side]!, reference[side]!.grid, sides[side]!.grid)),
    );
    const turn = procrustes(own, wanted);
    const spread = spreads(own);
    for (const side of group) turned[side] = turnScores(scores.sides[side]!, turn, spread);
  }
  return turned;
}

/** Colours of the scores; places on the wrong side of the mean along the unturned first component are clear. */
function paint(
  grid: GridPicture['grid'],
  scores: Float32Array,
  unturned: Float32Array,
  mask: ComponentOptions['mask'],
): GridPicture {
  const colors = componentColors(scores);
  const rgba = new Uint8ClampedArray(grid.width * grid.height * 4);
  for (let i = 0; i < grid.width * grid.height; i++) {
    for (let k = 0; k < COMPONENTS; k++) rgba[4 * i + k] = Math.round(255 * colors[COMPONENTS * i + k]);
    const isHigh = unturned[COMPONENTS * i] > 0;
    rgba[4 * i + 3] = mask === 'none' || isHigh === (mask === 'high') ? 255 : 0;
  }
  return { grid, rgba };
}

export const present = (sides: Partial<Record<Side, unknown>>): Side[] =>
  SIDES.filter((side) => sides[side] !== undefined);

function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
