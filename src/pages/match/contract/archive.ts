/** The part of a file handle of the File System Access API that an archive needs. */
export interface ArchiveHandle {
  createWritable(): Promise<ArchiveFile>;
}

/** A file being written: nothing is kept unless it is closed. */
export interface ArchiveFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Calls to the worker that writes one ZIP archive, entry by entry. */
export interface ArchiveApi {
  /** Begins the archive: in the file behind the handle, else in a Blob. */
  open(options: { handle: ArchiveHandle | null }): void;
  /** Appends a file. Entries are written one after the other, in the order of the calls. */
  add(options: { name: string; blob: Blob }): void;
  /** Ends the archive; null where it went into a file. */
  finish(options: Record<string, never>): Blob | null;
  /** Gives the archive up; a file that was begun is left as it had been. */
  discard(options: Record<string, never>): void;
}
