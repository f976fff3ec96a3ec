import { zipSync } from 'fflate';
import type { NpyArray } from '../../src/formats/arrays/npy.ts';
import { encodeNpy } from '../../src/formats/arrays/npy.ts';

/** A compressed .npz, byte for byte the same for the same arrays. */
export function compressedNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 9, mtime: new Date(2020, 0, 1) });
}
