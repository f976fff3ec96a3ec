/** Where a dataset's files go. Paths are relative, with `/`. */
export interface DatasetSink {
  /** A whole file that is there already; null where there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  has(path: string): Promise<boolean>;
  /** The file is there under its name only when it is whole. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Nothing more will come. The file, where the sink gathers one in memory. */
  finish(): Promise<Blob | null>;
  /** Gives up: an archive without its directory is of no use; files of a folder stay. Never throws. */
  abort(): Promise<void>;
}
