/** One à-trous pass (Dammertz 2010): a 5 × 5 blur with holes that stops where normal or depth change. */
export function smoothAlong(
  image: Float32Array,
  guide: Float32Array,
  width: number,
  height: number,
  step: number,
): Float32Array {
  const kernel = [1 / 16, 1 / 4, 3 / 8, 1 / 4, 1 / 16];
  const out = new Float32Array(image.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      let [r, g, b, total] = [0, 0, 0, 0];
      for (let j = -2; j <= 2; j++) {
        const yy = y + j * step;
        if (yy < 0 || yy >= height) continue;
        for (let i = -2; i <= 2; i++) {
          const xx = x + i * step;
          if (xx < 0 || xx >= width) continue;
          const q = yy * width + xx;
          const normals =
            guide[4 * p] * guide[4 * q] + guide[4 * p + 1] * guide[4 * q + 1] + guide[4 * p + 2] * guide[4 * q + 2];
          const depths = Math.abs(guide[4 * p + 3] - guide[4 * q + 3]) / guide[4 * p + 3];
          const weight = kernel[i + 2] * kernel[j + 2] * Math.max(0, normals) ** 8 * Math.exp(-60 * depths) + 1e-9;
          r += weight * image[3 * q];
          g += weight * image[3 * q + 1];
          b += weight * image[3 * q + 2];
          total += weight;
        }
      }
      out[3 * p] = r / total;
      out[3 * p + 1] = g / total;
      out[3 * p + 2] = b / total;
    }
  }
  return out;
}
