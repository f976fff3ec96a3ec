import { colorMapAt } from '../../../core/colors/color-maps.ts';
import type { SideMaps } from '../../../matching/scoring/score-maps.ts';
import type { ScorePaint } from '../contract/api.ts';

/** What is not measured is the view itself, grey and dark. */
const GREY = 0.5;

/**
 * A score's map in colours over the view that it is of, RGBA.
 * @param colour the view, RGBA
 */
export function paintScore(
  colour: Uint8ClampedArray,
  { error, certainty }: SideMaps<Float32Array>,
  { picture, maxError }: ScorePaint,
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(colour.length).fill(255);
  for (let i = 0; i < error.length; i++) {
    const mapped =
      picture === 'certainty'
        ? colorMapAt('viridis', certainty[i])
        : error[i] >= 0
          ? colorMapAt('turbo', error[i] / maxError)
          : null;
    if (mapped) for (let c = 0; c < 3; c++) data[4 * i + c] = mapped[c];
    else {
      const light = 0.2126 * colour[4 * i] + 0.7152 * colour[4 * i + 1] + 0.0722 * colour[4 * i + 2];
      data.fill(GREY * light, 4 * i, 4 * i + 3);
    }
  }
  return data;
}
