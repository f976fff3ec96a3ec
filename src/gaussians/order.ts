/**
 * The order of positive numbers, smallest first, ties by their index: an LSD radix sort over the bits of the float64
 * values, 16 at a time. A culled entry may be Infinity.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let order = Uint32Array.from({ length: values.length }, (_, i) => i);
  let next = new Uint32Array(values.length);
  for (const [word, shift] of [
    [0, 0],
    [0, 16],
    [1, 0],
    [1, 16],
  ]) {
    scatterByDigit(order, next, (i) => (words[2 * i + word] >>> shift) & 0xffff);
    [order, next] = [next, order];
  }
  return order;
}

function scatterByDigit(from: Uint32Array, to: Uint32Array, digit: (i: number) => number): void {
  const starts = new Uint32Array(0x10000);
  for (const i of from) starts[digit(i)]++;
  let sum = 0;
  for (let d = 0; d < starts.length; d++) {
    const count = starts[d];
    starts[d] = sum;
    sum += count;
  }
  for (const i of from) to[starts[digit(i)]++] = i;
}

/** Sorts the Gaussians of one scene by depth again and again without making garbage. */
export class DepthOrder {
  /** Indices, nearest first; those at and behind `near` come last. Overwritten by the next {@link update}. */
  readonly indices: Uint32Array<ArrayBuffer>;
  private readonly other: Uint32Array<ArrayBuffer>;
  private readonly keys: Uint32Array<ArrayBuffer>;
  private readonly asFloats: Float32Array;
  private readonly low = new Uint32Array(0x10000);
  private readonly high = new Uint32Array(0x10000);

  constructor(private readonly positions: Float32Array) {
    const count = positions.length / 3;
    this.indices = new Uint32Array(count);
    this.other = new Uint32Array(count);
    this.keys = new Uint32Array(count);
    this.asFloats = new Float32Array(this.keys.buffer);
  }

  /**
   * @param forward the camera's third row in the world; @param offset its third translation
   * @returns how many lie before the camera
   */
  update(forward: readonly [number, number, number], offset: number, near: number): number {
    const { positions, keys, asFloats, indices, other, low, high } = this;
    const [fx, fy, fz] = forward;
    low.fill(0);
    high.fill(0);
    let visible = 0;
    for (let i = 0, at = 0; i < keys.length; i++, at += 3) {
      const z = fx * positions[at] + fy * positions[at + 1] + fz * positions[at + 2] + offset;
      // The bits of positive floats are in the floats' order; the culled ones and NaN get the largest of all.
      if (z > near) {
        asFloats[i] = z;
        visible++;
      } else keys[i] = 0xffffffff;
      low[keys[i] & 0xffff]++;
      high[keys[i] >>> 16]++;
    }
    let [lowSum, highSum] = [0, 0];
    for (let d = 0; d < 0x10000; d++) {
      const [l, h] = [low[d], high[d]];
      low[d] = lowSum;
      high[d] = highSum;
      lowSum += l;
      highSum += h;
    }
    for (let i = 0; i < keys.length; i++) other[low[keys[i] & 0xffff]++] = i;
    for (let k = 0; k < keys.length; k++) indices[high[keys[other[k]] >>> 16]++] = other[k];
    return visible;
  }
}
