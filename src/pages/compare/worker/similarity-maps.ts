import { centreOf, heatOf, placeAt, topPlaces } from '../../../features/similarity.ts';
import { colorMapTable } from '../../../core/colors/color-maps.ts';
import type { BySlot, SimilarityMaps, SimilarityOptions } from '../contract.ts';
import { filledSlots } from '../contract.ts';
import type { Encoded, FeatureMaths } from './feature-maths.ts';
import { photoMissing } from './feature-store.ts';

/**
 * How much every place of every photo is like one of them: what follows the pointer, so it has a few milliseconds.
 * Heat leaves as the small pictures that the page draws; the best places need the cosines themselves, so the GPU's are
 * read back (4 bytes a place).
 */
export async function similarityMaps(
  maths: FeatureMaths,
  features: BySlot<Encoded>,
  { at, count, exclusion, temperature }: SimilarityOptions,
): Promise<Omit<SimilarityMaps, 'facts'>> {
  const asked = features[at.slot];
  if (!asked) throw photoMissing(at.slot);
  const place = placeAt(at.x, at.y, asked.grid);
  const query = asked.values.slice(place * asked.channels, (place + 1) * asked.channels);
  const slots = filledSlots(features);
  const cosines = await Promise.all(slots.map((slot) => maths.cosines(features[slot]!, query)));
  const heat: SimilarityMaps['heat'] = {};
  const best: SimilarityMaps['best'] = [];
  slots.forEach((slot, i) => {
    const { grid } = features[slot]!;
    heat[slot] = { grid, rgba: paintHeat(heatOf(cosines[i], temperature)) };
    const isAsked = slot === at.slot;
    if (isAsked && slots.length > 1) return;
    const found = topPlaces(cosines[i], grid, count, exclusion, isAsked ? place : null);
    found.forEach((index, rank) => best.push({ slot, ...centreOf(index, grid), cosine: cosines[i][index], rank }));
  });
  return { heat, best, query: { slot: at.slot, ...centreOf(place, asked.grid) } };
}

/** [points, 4] turbo's colours of heat in 0…1. */
function paintHeat(heat: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const colors = new Uint32Array(colorMapTable('turbo').slice().buffer);
  const rgba = new Uint32Array(heat.length);
  for (let i = 0; i < heat.length; i++) rgba[i] = colors[Math.round(255 * heat[i])];
  return new Uint8ClampedArray(rgba.buffer);
}
