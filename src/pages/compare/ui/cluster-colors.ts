type Rgb = readonly [number, number, number];

/** Hues a golden angle apart, in three brightnesses: any two of twenty can be told apart, neighbours easily. */
export function clusterColor(cluster: number): Rgb {
  const hue = (cluster * 137.508 + 25) % 360;
  return hslToRgb(hue, 0.62, [0.55, 0.38, 0.74][cluster % 3]);
}

function hslToRgb(hue: number, saturation: number, lightness: number): Rgb {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
