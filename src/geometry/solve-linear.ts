// Apart from linear-algebra.ts, whose library the engine need not load before somebody asks for geometry.

/**
 * Solves the n × n system held as n rows of n + 1 numbers, right-hand side last, by elimination with pivoting, in
 * place. Null where singular.
 */
export function solveLinear(m: Float64Array, n: number): number[] | null {
  const width = n + 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let r = column + 1; r < n; r++) {
      if (Math.abs(m[width * r + column]) > Math.abs(m[width * pivot + column])) pivot = r;
    }
    if (!(Math.abs(m[width * pivot + column]) > 1e-12)) return null;
    if (pivot !== column) {
      for (let j = 0; j < width; j++) {
        [m[width * column + j], m[width * pivot + j]] = [m[width * pivot + j], m[width * column + j]];
      }
    }
    for (let r = column + 1; r < n; r++) {
      const factor = m[width * r + column] / m[width * column + column];
      if (factor) for (let j = column; j < width; j++) m[width * r + j] -= factor * m[width * column + j];
    }
  }
  const x = new Array<number>(n);
  for (let r = n - 1; r >= 0; r--) {
    let sum = m[width * r + n];
    for (let j = r + 1; j < n; j++) sum -= m[width * r + j] * x[j];
    x[r] = sum / m[width * r + r];
  }
  return x;
}
