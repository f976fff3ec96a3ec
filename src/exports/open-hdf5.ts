// The HDF5 library itself, compiled: what hloc reads has B-trees and heaps that nobody should write anew. Its licence (NIST's
// notice, HDF5's BSD) lets anybody ship it with the notice kept, which is in the package.
import type { Hdf5File } from '../formats/sets/hloc.ts';

/** Opens new HDF5 files in memory. The code and its wasm, one file of several MB, come only when this is called. */
export async function openHdf5(): Promise<(name: string) => Hdf5File> {
  const { default: h5wasm } = await import('h5wasm');
  const { FS } = await h5wasm.ready;
  return (name) => {
    const file = new h5wasm.File(name, 'w');
    return {
      group(path) {
        // Parents first: the library makes one level at a time, and a second pair of the same photo finds its group.
        let parent: InstanceType<typeof h5wasm.Group> = file;
        for (const part of path.split('/')) {
          const found = parent.get(part);
          parent = found instanceof h5wasm.Group ? found : parent.create_group(part)!;
        }
        return {
          dataset: (key, data, shape) => void parent.create_dataset({ name: key, data, shape }),
        };
      },
      finish() {
        file.close();
        const bytes = new Uint8Array(FS!.readFile(name));
        FS!.unlink(name);
        return bytes;
      },
    };
  };
}
