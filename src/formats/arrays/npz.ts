import type { ByteSource } from '../byte-source.ts';
import { MAX_NPY_BYTES, MAX_NPY_HEADER_BYTES } from '../limits.ts';
import { tooLarge } from '../malformed.ts';
import type { NpyArray } from './npy.ts';
import { encodeNpy, parseNpy } from './npy.ts';
import { openZip } from '../archives/zip.ts';
import type { ZipSink } from '../archives/zip-writer.ts';
import { ZipWriter } from '../archives/zip-writer.ts';

const EXTENSION = '.npy';

/** An opened npz: arrays are read when asked for, each checked against its checksum. */
export interface NpzReader {
  /** Names of the arrays, without `.npy`. */
  readonly names: readonly string[];
  /** Reads one array. Throws a RangeError for a name that is not in {@link names}, else as `parseNpy` and `openZip`. */
  read(name: string): Promise<NpyArray>;
}

/** Opens what `numpy.savez` and `numpy.savez_compressed` write. Entries that are not arrays are left out. */
export async function openNpz(source: ByteSource): Promise<NpzReader> {
  const archive = await openZip(source);
  const names = [...archive.keys()]
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => name.slice(0, -EXTENSION.length));
  return {
    names,
    async read(name) {
      const entry = archive.get(name + EXTENSION);
      if (!entry) throw new RangeError(`there is no array ${name} in this npz`);
      if (entry.size > MAX_NPY_BYTES + MAX_NPY_HEADER_BYTES) throw tooLarge(`${name} has ${entry.size} bytes.`);
      return parseNpy(await entry.readAll());
    },
  };
}

/** Writes arrays as an uncompressed npz, one after the other; only one array's file is in memory at a time. */
export async function writeNpz(sink: ZipSink, arrays: Iterable<readonly [string, NpyArray]>): Promise<void> {
  const writer = new ZipWriter(sink);
  for (const [name, array] of arrays) await writer.add(name + EXTENSION, encodeNpy(array));
  await writer.finish();
}
