import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { checkRange, sliceSource } from '../byte-source.ts';
import { crc32 } from './crc32.ts';
import { inflatedSource } from './inflate.ts';
import { malformed } from '../malformed.ts';
import type { ZipDirectoryEntry } from './zip-directory.ts';
import { readZipDirectory } from './zip-directory.ts';

const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** The unpacked bytes. Stored entries are random access; deflated ones are inflated anew for each read. */
  source(): ByteSource;
  /** All of them, checked against the archive's CRC-32. Throws `zip-malformed` on a mismatch. */
  readAll(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Files by their full name; directories are left out. */
export type ZipArchive = ReadonlyMap<string, ZipEntry>;

/**
 * Opens a zip archive (ZIP64 too) by its central directory; no entry is read. Throws `truncated` where the
 * directory is missing, `zip-malformed` for ranges that leave the file or overlap, duplicate names and names
 * that point outside the archive, `zip-unsupported` for encryption and split archives, `limit-exceeded`.
 */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const archive = new Map<string, ZipEntry>();
  for (const entry of await readZipDirectory(source)) archive.set(entry.name, zipEntry(source, entry));
  return archive;
}

function zipEntry(source: ByteSource, entry: ZipDirectoryEntry): ZipEntry {
  const unpacked = () => {
    if (entry.flags & ENCRYPTED) throw unsupported(`${entry.name} is encrypted.`);
    const packed = packedSource(source, entry);
    if (entry.method === STORED) return packed;
    if (entry.method === DEFLATED) return inflatedSource(packed, entry.size);
    throw unsupported(`${entry.name} is compressed by method ${entry.method}.`);
  };
  return {
    name: entry.name,
    size: entry.size,
    source: unpacked,
    async readAll() {
      const bytes = await unpacked().read(0, entry.size);
      if (crc32(bytes) !== entry.crc) throw malformed('zip', `${entry.name} does not match its checksum.`);
      return bytes;
    },
  };
}

/** The entry's bytes as they are in the file; where they begin is read from the local header, once, when needed. */
function packedSource(source: ByteSource, entry: ZipDirectoryEntry): ByteSource {
  let located: Promise<ByteSource> | undefined;
  return {
    size: entry.packedSize,
    async read(begin, end) {
      checkRange(begin, end, entry.packedSize);
      // A failed look is forgotten: a file that could not be read now may be readable later.
      located ??= locate(source, entry).catch((thrown: unknown) => {
        located = undefined;
        throw thrown;
      });
      return (await located).read(begin, end);
    },
  };
}

async function locate(source: ByteSource, entry: ZipDirectoryEntry): Promise<ByteSource> {
  const begin = entry.headerOffset;
  const header = new DataView((await source.read(begin, begin + LOCAL_HEADER_BYTES)).buffer);
  const nameBytes = header.getUint16(26, true);
  const dataBegin = begin + LOCAL_HEADER_BYTES + nameBytes + header.getUint16(28, true);
  if (header.getUint32(0, true) !== LOCAL_HEADER_SIGNATURE || nameBytes !== entry.nameBytes) {
    throw malformed('zip', `${entry.name} has no header where the directory says.`);
  }
  if (dataBegin + entry.packedSize > entry.limit) {
    throw malformed('zip', `${entry.name} runs into what follows it in the archive.`);
  }
  return sliceSource(source, dataBegin, dataBegin + entry.packedSize);
}

function unsupported(message: string): CodedError {
  return new CodedError('zip-unsupported', message, 'Unpack the archive and pack it again without that.');
}
