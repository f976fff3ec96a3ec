/** Random weights that keep a network's activations near unit size, so that running it meets no infinities. */
export class RandomWeights {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** Values of a tensor by what its name says it is. */
  fill(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    const key = name.slice(name.lastIndexOf('.') + 1);
    if (key === 'running_var' || (key === 'weight' && shape.length === 1)) return values.fill(1);
    if (key === 'gamma') return values.fill(0.1);
    if (key === 'temp') return values.fill(0.1);
    if (key === 'periods') return values.map((_, j) => 100 ** (j / values.length));
    if (key === 'bias_mask') return values.map((_, i) => Number(Math.floor((3 * i) / values.length) !== 1));
    if (key === 'bias' || key === 'running_mean') return this.#uniform(values, 0.05);
    const inputs = shape.slice(1).reduce((product, extent) => product * extent, 1);
    // Convolutions before a ReLU lose half of their variance there; position and class tokens are small.
    if (shape.length === 4) return this.#uniform(values, Math.sqrt((name.includes('out_conv') ? 0.06 : 6) / inputs));
    return this.#uniform(values, shape.length === 2 ? Math.sqrt(3 / inputs) : 0.05);
  }

  /** Uniform in [-limit, limit], by Marsaglia's xorshift. */
  #uniform(values: Float32Array<ArrayBuffer>, limit: number): Float32Array<ArrayBuffer> {
    let state = this.#state;
    for (let i = 0; i < values.length; i += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[i] = (state / 2 ** 31) * limit;
    }
    this.#state = state;
    return values;
  }
}
