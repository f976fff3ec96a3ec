/** Random access to a file's bytes: a Blob or OPFS file in the page, a file handle in Node, an array in tests. */
export interface ByteSource {
  readonly size: number;
  /** Bytes [begin, end); a source shorter than `end` is a CodedError `truncated`, never a short read. */
  read(begin: number, end: number): Promise<Uint8Array>;
}
