/** Arrays of bytes end to end. */
export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The integers of `value`, least significant byte first. */
export const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 255);

/** Most significant byte first. */
export const big = (value: number, bytes: number): number[] => little(value, bytes).reverse();

/** A copy with some bytes replaced. */
export function patched(bytes: Uint8Array, at: number, replacement: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(replacement, at);
  return copy;
}

/** The first `share` of a file. */
export const cut = (bytes: Uint8Array, share: number): Uint8Array => bytes.slice(0, Math.floor(bytes.length * share));
