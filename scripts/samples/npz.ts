import { zipSync } from 'fflate';

/** One array of an .npz file. */
export interface NpzArray {
  shape: readonly number[];
  data: Float32Array | Uint8Array;
}

/** A compressed .npz (NumPy format 1.0, little endian), byte for byte the same for the same arrays. */
export function encodeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 9, mtime: new Date(2020, 0, 1) });
}

function encodeNpy({ shape, data }: NpzArray): Uint8Array {
  const type = data instanceof Float32Array ? '<f4' : '|u1';
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // Magic, version and length take 10 bytes; the whole header is padded to 64.
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return bytes;
}
