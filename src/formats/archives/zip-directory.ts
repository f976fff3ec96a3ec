import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { MAX_DEFLATE_RATIO, MAX_ZIP_DIRECTORY_BYTES, MAX_ZIP_ENTRIES } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';

// Section numbers are those of PKWARE's APPNOTE.TXT.
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const ZIP64_EXTRA = 1;
/** A 32-bit (16-bit) field with this value has its real value in a ZIP64 record. */
const IN_ZIP64 = 0xffffffff;
const COUNT_IN_ZIP64 = 0xffff;

/** One file as the central directory describes it (4.3.12), ranges checked against the archive. */
export interface ZipDirectoryEntry {
  readonly name: string;
  /** Length of the name as stored, which the local header must repeat. */
  readonly nameBytes: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
  /** Where the next entry or the directory begins: this one's data must end before. */
  readonly limit: number;
}

interface DirectoryPlace {
  readonly begin: number;
  readonly bytes: number;
  readonly entries: number;
}

/** Reads and checks the central directory; see `openZip` for what is refused. Directories are left out. */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectoryEntry[]> {
  const place = await findDirectory(source);
  if (place.entries > MAX_ZIP_ENTRIES) throw tooLarge(`The archive says that it has ${place.entries} files.`);
  if (place.bytes > MAX_ZIP_DIRECTORY_BYTES) throw tooLarge(`The archive's directory has ${place.bytes} bytes.`);
  const directory = await source.read(place.begin, place.begin + place.bytes);
  const entries = parseEntries(directory, place.entries);
  checkNames(entries);
  return withLimits(entries, place.begin).filter((entry) => !entry.name.endsWith('/'));
}

/** The end record (4.3.16) and, where it defers to it, the ZIP64 one (4.3.14). */
async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const tailBegin = Math.max(0, source.size - END_BYTES - MAX_COMMENT_BYTES - ZIP64_LOCATOR_BYTES);
  const tail = new DataView((await source.read(tailBegin, source.size)).buffer);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    // The comment must end with the file; otherwise these four bytes are data that only look like the record.
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength) continue;
    const entries = tail.getUint16(at + 10, true);
    const bytes = tail.getUint32(at + 12, true);
    const begin = tail.getUint32(at + 16, true);
    const locatorAt = at - ZIP64_LOCATOR_BYTES;
    const defers = entries === COUNT_IN_ZIP64 || bytes === IN_ZIP64 || begin === IN_ZIP64;
    if (defers && locatorAt >= 0 && tail.getUint32(locatorAt, true) === ZIP64_LOCATOR_SIGNATURE) {
      return zip64Directory(source, uint64(tail, locatorAt + 8), tailBegin + locatorAt);
    }
    return checkPlace({ begin, bytes, entries }, tailBegin + at);
  }
  throw new CodedError(
    'truncated',
    'The archive has no directory at its end.',
    'The download is probably incomplete: fetch the file again.',
  );
}

async function zip64Directory(source: ByteSource, begin: number, end: number): Promise<DirectoryPlace> {
  if (begin + ZIP64_END_BYTES > end) throw malformed('zip', 'The ZIP64 record is not where its locator says.');
  const record = new DataView((await source.read(begin, begin + ZIP64_END_BYTES)).buffer);
  if (record.getUint32(0, true) !== ZIP64_END_SIGNATURE) {
    throw malformed('zip', 'The ZIP64 record is not where its locator says.');
  }
  const place = { entries: uint64(record, 32), bytes: uint64(record, 40), begin: uint64(record, 48) };
  return checkPlace(place, begin);
}

function checkPlace(place: DirectoryPlace, end: number): DirectoryPlace {
  if (place.begin + place.bytes > end || place.entries * ENTRY_BYTES > place.bytes) {
    throw malformed(
      'zip',
      `The archive's directory (${place.entries} files in ${place.bytes} bytes at ${place.begin}) does not fit it.`,
    );
  }
  return place;
}

type UnlimitedEntry = Omit<ZipDirectoryEntry, 'limit'>;

function parseEntries(directory: Uint8Array<ArrayBuffer>, count: number): UnlimitedEntry[] {
  const view = new DataView(directory.buffer);
  const decoder = new TextDecoder();
  const entries: UnlimitedEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > directory.length || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw malformed('zip', `Entry ${i} of the archive's directory is broken.`);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const nameAt = at + ENTRY_BYTES;
    const next = nameAt + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > directory.length) throw malformed('zip', `Entry ${i} of the archive's directory is broken.`);
    const wide = zip64Fields(view, nameAt + nameBytes, nameAt + nameBytes + extraBytes);
    // In this order (4.5.3): a value is in the extra field only where its 32-bit field is saturated.
    const size = wide(view.getUint32(at + 24, true));
    const packedSize = wide(view.getUint32(at + 20, true));
    const headerOffset = wide(view.getUint32(at + 42, true));
    entries.push({
      name: decoder.decode(directory.subarray(nameAt, nameAt + nameBytes)),
      nameBytes,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize,
      size,
      headerOffset,
    });
    at = next;
  }
  return entries;
}

/** Gives each saturated field its value from the ZIP64 extra field, in the order of the calls. */
function zip64Fields(view: DataView, begin: number, end: number): (field: number) => number {
  let at = end;
  let stop = end;
  for (let extra = begin; extra + 4 <= end; ) {
    const bytes = view.getUint16(extra + 2, true);
    if (view.getUint16(extra, true) === ZIP64_EXTRA) {
      at = extra + 4;
      stop = Math.min(at + bytes, end);
      break;
    }
    extra += 4 + bytes;
  }
  return (field) => {
    if (field !== IN_ZIP64) return field;
    if (at + 8 > stop) throw malformed('zip', 'An entry defers to a ZIP64 field that it does not have.');
    at += 8;
    return uint64(view, at - 8);
  };
}

/** Nothing is ever unpacked to a disk by these names, but a file with such names is not an honest checkpoint. */
function checkNames(entries: readonly UnlimitedEntry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) throw malformed('zip', `The archive has two files named ${name}.`);
    seen.add(name);
    const escapes = name === '' || /^[/\\]|^[a-zA-Z]:|\\|\0/.test(name) || name.split('/').includes('..');
    if (escapes) throw malformed('zip', `The archive has a file named ${JSON.stringify(name)}.`);
  }
}

/** Entries may not share bytes: that is how a small archive pretends to hold petabytes. */
function withLimits(entries: readonly UnlimitedEntry[], directoryBegin: number): ZipDirectoryEntry[] {
  const byOffset = entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  return byOffset.map((entry, i) => {
    const limit = byOffset[i + 1]?.headerOffset ?? directoryBegin;
    if (entry.headerOffset + LOCAL_HEADER_BYTES + entry.nameBytes + entry.packedSize > limit) {
      throw malformed('zip', `${entry.name} runs into what follows it in the archive.`);
    }
    const stored = entry.method === 0;
    if (stored ? entry.size !== entry.packedSize : entry.size > (entry.packedSize + 1) * MAX_DEFLATE_RATIO) {
      throw malformed('zip', `${entry.name} cannot have ${entry.size} bytes, stored in ${entry.packedSize}.`);
    }
    return { ...entry, limit };
  });
}

/** Exact up to 2^53; more is beyond any file and becomes a number that no range check accepts. */
function uint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
