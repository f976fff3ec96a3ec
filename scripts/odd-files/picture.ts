/** An RGBA picture, 8 bits a channel. */
export interface Rgba {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * The photo inside most odd files: quadrants (red, green in the top row, blue, yellow below) under soft stripes, so that
 * a test sees at once whether it lies upright and in the right colours.
 */
export function quadrants(width: number, height: number): Rgba {
  const colours = [
    [200, 60, 50],
    [60, 160, 70],
    [50, 80, 190],
    [220, 190, 60],
  ];
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(y * 2 < height ? 0 : 2) + (x * 2 < width ? 0 : 1)];
      const stripe = 18 * Math.sin(x / 5) * Math.sin(y / 7);
      data.set([...colour.map((c) => Math.round(c + stripe)), 255], 4 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** The picture as a camera in EXIF orientation `orientation` stores it: shown upright, it is `picture` again. */
export function storedAs(picture: Rgba, orientation: number): Rgba {
  const { width, height } = picture;
  const transposed = orientation >= 5;
  const [w, h] = transposed ? [height, width] : [width, height];
  const data = new Uint8Array(picture.data.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [u, v] = upright(orientation, x, y, w, h);
      const from = 4 * (v * width + u);
      data.set(picture.data.subarray(from, from + 4), 4 * (y * w + x));
    }
  }
  return { width: w, height: h, data };
}

/** Where a stored pixel is shown (EXIF 2.3, tag 274). */
function upright(orientation: number, x: number, y: number, w: number, h: number): [number, number] {
  switch (orientation) {
    case 2:
      return [w - 1 - x, y];
    case 3:
      return [w - 1 - x, h - 1 - y];
    case 4:
      return [x, h - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [h - 1 - y, x];
    case 7:
      return [h - 1 - y, w - 1 - x];
    case 8:
      return [y, w - 1 - x];
    default:
      return [x, y];
  }
}
