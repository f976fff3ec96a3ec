import { readFile } from 'node:fs/promises';
import { npyFloat32, parseNpy } from '../../src/formats/arrays/npy.ts';
import { looksLikePng, readPng } from '../../src/formats/images/png-reader.ts';
import type { DepthMap } from '../../src/geometry/true-warp.ts';
import { CodedError } from '../../src/core/errors.ts';
import { readHdf5 } from './read-hdf5.ts';

/** Depth maps of ScanNet count millimetres. */
const MILLIMETRES = 1000;

/**
 * A depth map by what the file is: HDF5 with `depth` (MegaDepth), 16-bit PNG in millimetres (ScanNet) or `.npy`; 0 where
 * unknown. @throws CodedError `depth-unsupported`, `hdf5-…`, `npy-…`, `png-…`
 */
export async function readDepth(path: string): Promise<DepthMap> {
  const file = await readFile(path);
  if (looksLikePng(file)) {
    const { size, channels, samples } = await readPng(file);
    if (channels !== 1) throw unsupported(path, 'a PNG in colours');
    return { grid: size, values: Float32Array.from(samples, (sample) => sample / MILLIMETRES) };
  }
  const isHdf5 = file[0] === 0x89 && file[1] === 0x48;
  const array = isHdf5 ? await readHdf5(file, 'depth') : null;
  const plain = array ? null : parseNpy(file);
  const shape = array?.shape ?? plain!.shape;
  if (shape.length !== 2) throw unsupported(path, `an array of ${shape.length} dimensions`);
  return { grid: { width: shape[1], height: shape[0] }, values: array?.values ?? npyFloat32(plain!) };
}

const unsupported = (path: string, what: string) =>
  new CodedError('depth-unsupported', `${path} is ${what}.`, 'A depth map is HDF5, 16-bit grey PNG or a .npy [h, w].');
