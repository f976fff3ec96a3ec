const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-15];

/** Adam (Kingma and Ba 2015) over one array of numbers. */
export class Adam {
  private readonly mean: Float64Array;
  private readonly square: Float64Array;
  private steps = 0;

  constructor(length: number) {
    this.mean = new Float64Array(length);
    this.square = new Float64Array(length);
  }

  /** Moves `values` against `gradient` in place. */
  step(values: Float64Array, gradient: ArrayLike<number>, rate: number): void {
    this.steps++;
    const [first, second] = [1 - BETA1 ** this.steps, 1 - BETA2 ** this.steps];
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i];
      this.mean[i] = BETA1 * this.mean[i] + (1 - BETA1) * g;
      this.square[i] = BETA2 * this.square[i] + (1 - BETA2) * g * g;
      values[i] -= (rate * this.mean[i]) / first / (Math.sqrt(this.square[i] / second) + EPSILON);
    }
  }
}
