/** Encoded value 0…1 to linear light (IEC 61966-2-1). */
export const decodeSrgb = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** Linear light to an encoded value; below 0 and above 1 are cut off. */
export function encodeSrgb(v: number): number {
  if (!(v > 0)) return 0;
  if (v >= 1) return 1;
  return v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
}

/** {@link decodeSrgb} of every byte. */
export const LINEAR_OF_BYTE = Float32Array.from({ length: 256 }, (_, i) => decodeSrgb(i / 255));
