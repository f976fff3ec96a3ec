/** Where a dataset is written to, as the person chose it. */
export type DatasetTarget =
  /** Files are written one by one; what is already there is left out, so a stopped export goes on. */
  | { kind: 'directory'; handle: FileSystemDirectoryHandle }
  /** A ZIP written as it is made; without a handle it is gathered in a Blob. */
  | { kind: 'zip'; handle: FileSystemFileHandle | null };
