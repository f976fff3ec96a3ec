import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { PNG } from 'pngjs';

// Readers of their own, which share nothing with src/formats: what writes a sample must not also vouch for it.

export interface NumpyArray {
  shape: number[];
  data: Float32Array | Uint8Array;
}

/** A `.npy` of version 1 with little-endian float32 or uint8 in C order. */
export function parseNumpy(bytes: Uint8Array): NumpyArray {
  const file = Buffer.from(bytes);
  if (file.subarray(1, 6).toString('latin1') !== 'NUMPY') throw new Error('not a npy file');
  const begin = 10 + file.readUInt16LE(8);
  const header = file.subarray(10, begin).toString('latin1');
  const [, type] = /'descr': '([^']+)'/.exec(header) ?? [];
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim())
    .map(Number);
  if (header.includes("'fortran_order': True")) throw new Error('column-major array');
  const count = shape.reduce((product, length) => product * length, 1);
  const data = file.subarray(begin);
  if (type === '|u1' && data.length === count) return { shape, data };
  if (type !== '<f4' || data.length !== 4 * count) throw new Error(`array of ${type} with ${data.length} bytes`);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => data.readFloatLE(4 * i)) };
}

export interface Picture {
  width: number;
  height: number;
  /** RGBA. */
  data: Uint8Array;
}

export interface Sample {
  image1: Picture;
  image2: Picture;
  depth1: NumpyArray;
  depth2: NumpyArray;
  cams: NumpyArray;
  ext: NumpyArray;
  /** Arrays of the npz by their names. */
  truth: Record<string, NumpyArray>;
}

/** One sample of a dataset folder. */
export function readSample(folder: string, name: string): Sample {
  const picture = (kind: string): Picture => PNG.sync.read(readFileSync(`${folder}/${kind}/${name}.png`));
  const array = (kind: string) => parseNumpy(readFileSync(`${folder}/${kind}/${name}.npy`));
  const archive = unzipSync(readFileSync(`${folder}/warp/${name}.npz`));
  const truth = Object.entries(archive)
    .filter(([file]) => file.endsWith('.npy'))
    .map(([file, bytes]) => [file.slice(0, -4), parseNumpy(bytes)] as const);
  return {
    image1: picture('image1'),
    image2: picture('image2'),
    depth1: array('depth1'),
    depth2: array('depth2'),
    cams: array('cams'),
    ext: array('ext'),
    truth: Object.fromEntries(truth),
  };
}
