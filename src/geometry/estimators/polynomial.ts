/**
 * Polynomials in x, y, z up to degree 3 as coefficients of these twenty monomials (exponents of x, y, z). Degree 3
 * comes first, so that elimination leaves the monomials of degree ≤ 2 as the basis of the quotient ring.
 */
export const MONOMIALS = [
  [3, 0, 0],
  [2, 1, 0],
  [2, 0, 1],
  [1, 2, 0],
  [1, 1, 1],
  [1, 0, 2],
  [0, 3, 0],
  [0, 2, 1],
  [0, 1, 2],
  [0, 0, 3],
  [2, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
  [0, 2, 0],
  [0, 1, 1],
  [0, 0, 2],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 0, 0],
] as const;

export const TERMS = MONOMIALS.length;
/** Where the monomials of degree ≤ 2 and ≤ 1 begin. */
const QUADRATIC = 10;
const LINEAR = 16;

/** Index of the product of two monomials, by 20 · i + j. */
const PRODUCT = Int8Array.from({ length: TERMS * TERMS }, (_, k) => {
  const [p, q] = [MONOMIALS[Math.floor(k / TERMS)], MONOMIALS[k % TERMS]];
  return MONOMIALS.findIndex((m) => m.every((exponent, axis) => exponent === p[axis] + q[axis]));
});

export type Polynomial = Float64Array;

/** c[0]·x + c[1]·y + c[2]·z + c[3] */
export function linear(c: readonly number[]): Polynomial {
  const out = new Float64Array(TERMS);
  out.set(c, LINEAR);
  return out;
}

/** out += factor · p · q, for q of degree 1 and p of degree ≤ 2. */
export function addProduct(out: Polynomial, p: Polynomial, q: Polynomial, factor = 1): void {
  for (let i = QUADRATIC; i < TERMS; i++) {
    if (p[i] === 0) continue;
    const scaled = factor * p[i];
    for (let j = LINEAR; j < TERMS; j++) out[PRODUCT[TERMS * i + j]] += scaled * q[j];
  }
}
