/** Values that lengths and offsets lie with: edges of 8, 16, 31, 32, 53 and 64 bits. */
const EDGES = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** One damage: returns a new file; `random` gives numbers in [0, 1). */
export type Damage = (file: Uint8Array, random: () => number) => Uint8Array;

/** What broken downloads and hostile authors do to any file. */
export const DAMAGES: readonly Damage[] = [
  function flipBits(file, random) {
    const copy = Uint8Array.from(file);
    for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) {
      const at = Math.floor(random() * copy.length);
      copy[at] = copy[at]! ^ (1 << Math.floor(random() * 8));
    }
    return copy;
  },
  function truncate(file, random) {
    return file.slice(0, Math.floor(random() * file.length));
  },
  function lieInField(file, random) {
    const copy = Uint8Array.from(file);
    const width = 1 << Math.floor(random() * 4);
    const at = Math.floor(random() * (copy.length - 8));
    const value = EDGES[Math.floor(random() * EDGES.length)]!;
    for (let byte = 0; byte < width; byte++) copy[at + byte] = Number((value >> BigInt(8 * byte)) & 255n);
    return copy;
  },
  function cutOut(file, random) {
    const at = Math.floor(random() * file.length);
    const length = Math.floor(random() * 40);
    return Uint8Array.from([...file.subarray(0, at), ...file.subarray(at + length)]);
  },
  function repeat(file, random) {
    const at = Math.floor(random() * file.length);
    const length = Math.floor(random() * 60);
    return Uint8Array.from([...file.subarray(0, at + length), ...file.subarray(at)]);
  },
  function overwrite(file, random) {
    const copy = Uint8Array.from(file);
    const at = Math.floor(random() * copy.length);
    for (let i = at; i < Math.min(at + 12, copy.length); i++) copy[i] = Math.floor(random() * 256);
    return copy;
  },
];
