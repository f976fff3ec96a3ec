import { ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { ArchiveApi, ArchiveFile } from '../../contract/archive.ts';
import { CodedError } from '../../../../core/errors.ts';
import { Mutex } from '../../../../platform/runtime/runtime.ts';
import type { ServedHandlers } from '../../../../platform/worker/serve-calls.ts';

type Argument<M extends keyof ArchiveApi> = Parameters<ArchiveApi[M]>[0];

/** Bytes that are gathered before they become a Blob, which the browser may put on disk. */
const PIECE_BYTES = 8 * 2 ** 20;

/**
 * One ZIP archive of stored entries, written as they come: in memory there is never more than a piece of one entry and
 * the directory (and, without a file to write to, what the browser keeps of Blobs).
 */
export class Archive implements ServedHandlers<ArchiveApi, never> {
  private readonly turns = new Mutex();
  private writer: ZipWriter | null = null;
  private file: ArchiveFile | null = null;
  private pieces: Blob[] = [];
  private gathered: Uint8Array<ArrayBuffer>[] = [];
  private gatheredBytes = 0;

  open({ handle }: Argument<'open'>): Promise<void> {
    return this.turns.run(async () => {
      this.file = handle ? await told(() => handle.createWritable()) : null;
      this.pieces = [];
      this.gathered = [];
      this.gatheredBytes = 0;
      this.writer = new ZipWriter((bytes) => this.put(bytes));
    });
  }

  add({ name, blob }: Argument<'add'>): Promise<void> {
    return this.turns.run(() => told(() => this.opened().addStream(name, blob.size, chunksOf(blob))));
  }

  finish(): Promise<Blob | null> {
    return this.turns.run(async () => {
      await told(() => this.opened().finish());
      await told(() => this.flush());
      this.writer = null;
      if (!this.file) return new Blob(this.pieces.splice(0), { type: 'application/zip' });
      await told(() => this.file!.close());
      this.file = null;
      return null;
    });
  }

  discard(): Promise<void> {
    return this.turns.run(async () => {
      this.writer = null;
      this.pieces = [];
      this.gathered = [];
      await this.file?.abort();
      this.file = null;
    });
  }

  private opened(): ZipWriter {
    if (!this.writer) throw new CodedError('archive-closed', 'The archive has not been opened.', 'Start again.');
    return this.writer;
  }

  private async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.length;
    if (this.gatheredBytes >= PIECE_BYTES) await this.flush();
  }

  private async flush(): Promise<void> {
    const piece = new Blob(this.gathered.splice(0));
    this.gatheredBytes = 0;
    if (piece.size === 0) return;
    if (this.file) await this.file.write(new Uint8Array(await piece.arrayBuffer()));
    else this.pieces.push(piece);
  }
}

/** What a full disk or a permission taken back throws, as an error that a person can use. */
async function told<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError(
      'archive-write',
      `The archive could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Free some space, or choose fewer formats or another place.',
      { cause },
    );
  }
}

/** Not every browser's streams can be iterated. */
async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value as Uint8Array<ArrayBuffer>;
  }
}
