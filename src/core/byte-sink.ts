/** A file being written from start to end: an OPFS writable in the page, a file handle in Node, memory in tests. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
  /** The file is complete. */
  close(): Promise<void>;
  /** Something failed or was cancelled: what was written so far is to be thrown away. Never rejects. */
  abort(): Promise<void>;
}

/** A sink that keeps its bytes in memory. */
export class MemorySink implements ByteSink {
  private chunks: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    this.chunks.push(bytes.slice());
  }

  async close(): Promise<void> {}

  async abort(): Promise<void> {
    this.chunks = [];
  }

  /** Everything written so far, as one array. */
  bytes(): Uint8Array {
    const length = this.chunks.reduce((total, { byteLength }) => total + byteLength, 0);
    const bytes = new Uint8Array(length);
    let offset = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return bytes;
  }
}
