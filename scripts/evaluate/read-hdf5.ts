// The HDF5 library itself, compiled, as the exports of the page have it.
import h5wasm from 'h5wasm';
import { CodedError } from '../../src/core/errors.ts';

/** Values of a dataset, row-major, with its shape. */
export interface Hdf5Dataset {
  shape: number[];
  values: Float32Array;
}

/** Its name in the library's own file system. */
const NAME = 'read.h5';

/** A dataset of numbers out of an HDF5 file. @throws CodedError `hdf5-malformed` */
export async function readHdf5(bytes: Uint8Array, name: string): Promise<Hdf5Dataset> {
  const { FS, activate_throwing_error_handler: throwErrors } = await h5wasm.ready;
  throwErrors?.();
  FS.writeFile(NAME, bytes);
  let file: InstanceType<typeof h5wasm.File> | null = null;
  try {
    file = new h5wasm.File(NAME, 'r');
    const found = file.get(name);
    if (!(found instanceof h5wasm.Dataset)) throw new Error(`it has no dataset "${name}"`);
    const { value, shape } = found;
    if (!ArrayBuffer.isView(value) || !shape) throw new Error(`"${name}" holds no numbers`);
    return { shape, values: Float32Array.from(value as unknown as ArrayLike<number>, Number) };
  } catch (cause) {
    const because = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new CodedError('hdf5-malformed', `This HDF5 file cannot be read: ${because}.`, 'Fetch it again.', { cause });
  } finally {
    try {
      file?.close();
    } catch {
      // What was not opened cannot be closed.
    }
    FS.unlink(NAME);
  }
}
