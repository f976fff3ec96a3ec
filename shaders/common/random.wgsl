// Numbers by hashing, the same as src/compute/sample-matches/random.ts.

// A bijective 32-bit hash (the output function of PCG-RXS-M-XS-32 after one step; O'Neill 2014).
fn hash(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// A standard exponential number for entry `index` of the stream `seed`.
fn exponential(index: u32, seed: u32) -> f32 {
  let uniformNumber = min((f32(hash(hash(index) ^ seed)) + 0.5) * 0x1p-32, 1.0 - 0x1p-24);
  // log(1 − u) loses the small numbers, which are the ones that win a draw.
  if (uniformNumber < 0.01) {
    let u = uniformNumber;
    return u * (1.0 + u * (0.5 + u * (1.0 / 3.0 + u * 0.25)));
  }
  return -log(1.0 - uniformNumber);
}
