/** Encoded value 0…1 to linear light (IEC 61966-2-1). */
export const decodeSrgb = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** Linear light to an encoded value; below 0 and above 1 are cut off. */
export function encodeSrgb(v: number): number {
  if (!(v > 0)) return 0;
  if (v >= 1) return 1;
  return v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
}

const ENCODE_STEPS = 8192;
const ENCODED = Float32Array.from({ length: ENCODE_STEPS + 2 }, (_, i) => encodeSrgb(i / ENCODE_STEPS));

/** {@link encodeSrgb} by a table, right to 2e-5 of 0…1 and several times as fast: for whole pictures. */
export function encodeSrgbQuickly(v: number): number {
  const place = v > 0 ? Math.min(v, 1) * ENCODE_STEPS : 0;
  const step = Math.floor(place);
  return ENCODED[step] + (place - step) * (ENCODED[step + 1] - ENCODED[step]);
}

/** {@link decodeSrgb} of every byte. */
export const LINEAR_OF_BYTE = Float32Array.from({ length: 256 }, (_, i) => decodeSrgb(i / 255));
