/** A GIF as a reader shows it. */
export interface DecodedGif {
  width: number;
  height: number;
  /** As in GifOptions: 0 for ever. */
  loops: number;
  /** RGBA of the whole picture after each frame; milliseconds. */
  frames: { pixels: Uint8Array; delay: number }[];
}

/** Decodes a GIF with one global palette: the specification read on its own, to check the writer. */
export function decodeGif(bytes: Uint8Array): DecodedGif {
  const uint16 = (at: number) => bytes[at] | (bytes[at + 1] << 8);
  if (new TextDecoder().decode(bytes.subarray(0, 6)) !== 'GIF89a') throw new Error('no GIF89a');
  const [width, height] = [uint16(6), uint16(8)];
  const colors = 2 << (bytes[10] & 7);
  const palette = bytes.subarray(13, 13 + 3 * colors);
  const gif: DecodedGif = { width, height, loops: 1, frames: [] };
  let canvas = new Uint8Array(4 * width * height);
  let control = { delay: 0, transparent: -1 };
  let at = 13 + 3 * colors;
  const subBlocks = (): Uint8Array => {
    const data: number[] = [];
    for (; bytes[at]; at += bytes[at] + 1) data.push(...bytes.subarray(at + 1, at + 1 + bytes[at]));
    at++;
    return Uint8Array.from(data);
  };
  for (;;) {
    const kind = bytes[at++];
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      const label = bytes[at++];
      const data = subBlocks();
      if (label === 0xf9) control = { delay: 10 * (data[1] | (data[2] << 8)), transparent: data[0] & 1 ? data[3] : -1 };
      else if (label === 0xff) gif.loops = (data[12] | (data[13] << 8)) === 0 ? 0 : (data[12] | (data[13] << 8)) + 1;
      continue;
    }
    if (kind !== 0x2c) throw new Error(`block ${kind} at ${at}`);
    const [left, top, w, h] = [0, 2, 4, 6].map((offset) => uint16(at + offset));
    const minimum = bytes[at + 9];
    at += 10;
    const indices = unpack(subBlocks(), minimum);
    if (indices.length !== w * h) throw new Error(`${indices.length} indices for ${w} × ${h}`);
    canvas = canvas.slice();
    indices.forEach((index, i) => {
      if (index === control.transparent) return;
      const to = 4 * ((top + Math.floor(i / w)) * width + left + (i % w));
      canvas.set([...palette.subarray(3 * index, 3 * index + 3), 255], to);
    });
    gif.frames.push({ pixels: canvas, delay: control.delay });
  }
  return gif;
}

function unpack(data: Uint8Array, minimum: number): number[] {
  const clear = 1 << minimum;
  let width = minimum + 1;
  let table: number[][] = [];
  const reset = () => {
    width = minimum + 1;
    table = Array.from({ length: clear + 2 }, (_, i) => (i < clear ? [i] : []));
  };
  reset();
  const out: number[] = [];
  let previous: number[] | null = null;
  for (let bit = 0; ; ) {
    let code = 0;
    for (let k = 0; k < width; k++, bit++) code |= ((data[bit >> 3] >> (bit & 7)) & 1) << k;
    if (code === clear) {
      reset();
      previous = null;
      continue;
    }
    if (code === clear + 1) return out;
    if (code > table.length || (code === table.length && !previous)) throw new Error(`code ${code} is not known yet`);
    const entry: number[] = table[code] ?? [...previous!, previous![0]];
    out.push(...entry);
    if (previous && table.length < 4096) {
      table.push([...previous, entry[0]]);
      if (table.length === 1 << width && width < 12) width++;
    }
    previous = entry;
  }
}
