import { ZipWriter } from '../../formats/archives/zip-writer.ts';
import type { DatasetSink } from './sink.ts';

/** Where an archive's bytes go, in order. */
export interface ZipTarget {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | void;
  /** The archive is whole. Resolves with it where the target gathers it in memory. */
  close(): Promise<Blob | null>;
  abort(): Promise<void>;
}

/** Bytes handed to the browser's blob store at a time; it may keep them on disk. */
const BLOB_PART_BYTES = 8 * 2 ** 20;

/** A ZIP that is written as its files are made; only its directory and one file are in memory. Nothing is resumed. */
export function zipSink(target: ZipTarget): DatasetSink {
  const zip = new ZipWriter((bytes) => target.write(bytes));
  return {
    read: async () => null,
    has: async () => false,
    write: (path, bytes) => zip.add(path, bytes),
    async finish() {
      await zip.finish();
      return target.close();
    },
    abort: () => target.abort().catch(() => {}),
  };
}

/** A file that the person chose; it is replaced only when the archive is whole. */
export async function fileTarget(handle: FileSystemFileHandle): Promise<ZipTarget> {
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    async close() {
      await stream.close();
      return null;
    },
    abort: () => stream.abort(),
  };
}

/** Gathers the archive in a Blob of many parts, which the browser moves to disk. */
export function blobTarget(): ZipTarget {
  const parts: Blob[] = [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const store = () => {
    parts.push(new Blob(pending));
    pending = [];
    bytes = 0;
  };
  return {
    write(part) {
      pending.push(part);
      bytes += part.length;
      if (bytes >= BLOB_PART_BYTES) store();
    },
    async close() {
      store();
      return new Blob(parts, { type: 'application/zip' });
    },
    async abort() {
      parts.length = 0;
      pending = [];
    },
  };
}
