import { CodedError } from '../../core/errors.ts';
import type { Flow } from './flow.ts';

/** First four bytes, "PIEH": 202021.25 as a little-endian float, which also tells the byte order. */
const TAG = 202021.25;
const HEADER_BYTES = 12;
/** Components above this are unknown; writers use 1e10. */
const UNKNOWN_ABOVE = 1e9;
const UNKNOWN = 1e10;
/** The reader's own limit for either side, far above any flow benchmark. */
const MAX_SIDE = 100_000;

/** Flow as a Middlebury `.flo` file (Baker et al., "A Database and Evaluation Methodology for Optical Flow"). */
export function encodeFlo({ size, vectors, valid }: Flow): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEADER_BYTES + vectors.length * 4);
  const view = new DataView(file.buffer);
  view.setFloat32(0, TAG, true);
  view.setInt32(4, size.width, true);
  view.setInt32(8, size.height, true);
  for (let i = 0; i < vectors.length; i++)
    view.setFloat32(HEADER_BYTES + i * 4, valid[i >> 1] ? vectors[i] : UNKNOWN, true);
  return file;
}

/** Reads a `.flo` file; unknown vectors come back as (0, 0). Throws `flo-malformed`. */
export function parseFlo(file: Uint8Array): Flow {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || view.getFloat32(0, true) !== TAG) throw malformedFlo('it does not begin like one');
  const size = { width: view.getInt32(4, true), height: view.getInt32(8, true) };
  const isSide = (side: number) => side >= 1 && side <= MAX_SIDE;
  if (!isSide(size.width) || !isSide(size.height)) throw malformedFlo(`its size is ${size.width} × ${size.height}`);
  const pixels = size.width * size.height;
  if (file.length !== HEADER_BYTES + pixels * 8) throw malformedFlo(`it has ${file.length} bytes`);
  const vectors = new Float32Array(pixels * 2);
  const valid = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const u = view.getFloat32(HEADER_BYTES + i * 8, true);
    const v = view.getFloat32(HEADER_BYTES + i * 8 + 4, true);
    // Comparisons that NaN fails, too.
    if (!(Math.abs(u) <= UNKNOWN_ABOVE && Math.abs(v) <= UNKNOWN_ABOVE)) continue;
    valid[i] = 1;
    vectors[2 * i] = u;
    vectors[2 * i + 1] = v;
  }
  return { size, vectors, valid };
}

function malformedFlo(what: string): CodedError {
  return new CodedError('flo-malformed', `This is not a whole .flo file: ${what}.`, 'Fetch or write the file again.');
}
