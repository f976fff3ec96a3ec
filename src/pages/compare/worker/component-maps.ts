import { procrustes, resampleScores, spreads, turnScores } from '../../../features/align-components.ts';
import { componentColors } from '../../../features/component-colors.ts';
import { principalComponents } from '../../../features/principal-components.ts';
import type { BySlot, ComponentOptions, Pictures, PixelPicture, Slot } from '../contract.ts';
import { filledSlots } from '../contract.ts';
import type { Encoded, FeatureMaths } from './feature-maths.ts';

/** Component scores of the photos, [places, 3] each, and of every fit what share of the variance each explains. */
interface Scores {
  slots: BySlot<Float32Array<ArrayBuffer>>;
  explained: number[][];
}

const COMPONENTS = 3;

/** Makes PCA maps: painted here, or drawn by the GPU (GpuComponentMaps), with the same colours. */
export interface ComponentDrawing {
  /**
   * Maps of one encoder. `reference`: features of the encoder that colours are turned towards, null to leave them. The
   * caller owns the pictures.
   */
  maps(
    features: BySlot<Encoded>,
    reference: BySlot<Encoded> | null,
    options: Pick<ComponentOptions, 'fit' | 'mask'>,
  ): Promise<{ pictures: Pictures; explained: number[][] }>;
}

/** Painted on the CPU. */
export class CpuComponentMaps implements ComponentDrawing {
  constructor(private readonly maths: FeatureMaths) {}

  maps(...wanted: Parameters<ComponentDrawing['maps']>): Promise<{ pictures: Pictures; explained: number[][] }> {
    return componentMaps(this.maths, ...wanted);
  }
}

/**
 * PCA maps of one encoder, painted here. `reference`: features of the encoder that colours are turned towards, null to
 * leave them. GpuComponentMaps gives the same where there is a GPU to draw them.
 */
export async function componentMaps(
  maths: FeatureMaths,
  features: BySlot<Encoded>,
  reference: BySlot<Encoded> | null,
  { fit, mask }: Pick<ComponentOptions, 'fit' | 'mask'>,
): Promise<{ pictures: BySlot<PixelPicture>; explained: number[][] }> {
  const scores = await fitScores(maths, features, fit);
  const target = reference && (await fitScores(maths, reference, fit));
  const turned = target ? align(scores, target, features, reference!, fit) : scores.slots;
  const pictures: BySlot<PixelPicture> = {};
  for (const slot of filledSlots(features)) {
    pictures[slot] = paint(features[slot]!.grid, turned[slot]!, scores.slots[slot]!, mask);
  }
  return { pictures, explained: scores.explained };
}

async function fitScores(
  maths: FeatureMaths,
  features: BySlot<Encoded>,
  fit: ComponentOptions['fit'],
): Promise<Scores> {
  const result: Scores = { slots: {}, explained: [] };
  for (const group of fitGroups(features, fit)) {
    const { mean, covariance, channels } = await maths.moments(group.map((slot) => features[slot]!));
    const found = principalComponents(covariance, channels, COMPONENTS);
    const projection = { mean, basis: found.basis, components: COMPONENTS };
    for (const slot of group) result.slots[slot] = await maths.project(features[slot]!, projection);
    result.explained.push(found.variances.map((v) => v / (found.totalVariance || 1)));
  }
  return result;
}

/** Photos that share a fit. */
export function fitGroups(features: BySlot<Encoded>, fit: ComponentOptions['fit']): Slot[][] {
  const slots = filledSlots(features);
  return fit === 'joint' ? [slots] : slots.map((slot) => [slot]);
}

/** Turns scores towards a reference that may lie on another grid; jointly fitted photos are turned together. */
function align(
  scores: Scores,
  target: Scores,
  features: BySlot<Encoded>,
  reference: BySlot<Encoded>,
  fit: ComponentOptions['fit'],
): Scores['slots'] {
  const turned: Scores['slots'] = {};
  for (const group of fitGroups(features, fit)) {
    const own = joined(group.map((slot) => scores.slots[slot]!));
    const wanted = joined(
      group.map((slot) => resampleScores(target.slots[slot]!, reference[slot]!.grid, features[slot]!.grid)),
    );
    const turn = procrustes(own, wanted);
    const spread = spreads(own);
    for (const slot of group) turned[slot] = turnScores(scores.slots[slot]!, turn, spread);
  }
  return turned;
}

/** Colours of the scores; places on the wrong side of the mean along the unturned first component are clear. */
function paint(
  grid: PixelPicture['grid'],
  scores: Float32Array,
  unturned: Float32Array,
  mask: ComponentOptions['mask'],
): PixelPicture {
  const colors = componentColors(scores);
  const rgba = new Uint8ClampedArray(grid.width * grid.height * 4);
  for (let i = 0; i < grid.width * grid.height; i++) {
    for (let k = 0; k < COMPONENTS; k++) rgba[4 * i + k] = Math.round(255 * colors[COMPONENTS * i + k]);
    const isHigh = unturned[COMPONENTS * i] > 0;
    rgba[4 * i + 3] = mask === 'none' || isHigh === (mask === 'high') ? 255 : 0;
  }
  return { grid, rgba };
}

function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
