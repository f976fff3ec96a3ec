import { CodedError, isCancelled, throwIfAborted } from '../../core/errors.ts';
import { Sha256 } from '../../core/sha256.ts';

/** The part of a file that has arrived, on disk: it survives the page. */
export interface PartialFile {
  readonly size: number;
  /** Fills `into` from byte `at`; returns how many bytes there were. */
  read(into: Uint8Array, at: number): number;
  append(bytes: Uint8Array): void;
  truncate(size: number): void;
  /** From here on what was appended survives a crash. */
  flush(): void;
}

/** What the server said of the file when its first part came, so that parts of two versions are never joined. */
export interface ServerNote {
  total: number | null;
  /** ETag or Last-Modified; null where the server shows neither. */
  validator: string | null;
}

export interface DownloadHooks {
  signal?: AbortSignal;
  /** Bytes so far and in all; `isChecking` while parts of an earlier visit are read again. */
  onProgress?: (loaded: number, total: number | null, isChecking: boolean) => void;
  /** The note of an earlier visit, and how to keep this one's. */
  note: ServerNote | null;
  saveNote: (note: ServerNote) => Promise<void>;
  /** Called with the bytes that are still to come, before they do; throws where there is no room for them. */
  ensureRoom?: (bytes: number) => Promise<void>;
  fetcher?: typeof fetch;
  /** Waits before a new attempt, milliseconds; tests do not. */
  wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface Downloaded {
  bytes: number;
  sha256: string;
}

/** Waits after failures in a row without a byte in between; after the last one the person decides. */
const RETRY_DELAYS = [500, 1000, 2000, 4000];
const FLUSH_BYTES = 8 * 2 ** 20;
const CHECK_BYTES = 4 * 2 ** 20;
/** Versions of the file that may change under a download before it is given up. */
const MAX_RESTARTS = 3;

/**
 * Downloads a file to its end, going on where `partial` ends (HTTP Range). Breaks are retried; what has arrived stays in
 * `partial` whatever happens, save where it proves to be of another version or wrong.
 *
 * @throws CodedError `cancelled`, `download-unreachable`, `download-http`, `download-page`, `download-broke`,
 *   `download-wrong` (size or sha256), and what `ensureRoom` throws
 */
export async function downloadFile(file: RemoteFile, partial: PartialFile, hooks: DownloadHooks): Promise<Downloaded> {
  const download = new Download(file, partial, hooks);
  return download.run();
}

class Download {
  private hash = new Sha256();
  private note: ServerNote | null;
  private failures = 0;
  private restarts = 0;
  private hasConnected = false;
  private isComplete = false;

  constructor(
    private readonly file: RemoteFile,
    private readonly partial: PartialFile,
    private readonly hooks: DownloadHooks,
  ) {
    this.note = hooks.note;
  }

  async run(): Promise<Downloaded> {
    await this.readAgain();
    while (!this.isComplete) {
      throwIfAborted(this.hooks.signal);
      const before = this.partial.size;
      try {
        await this.attempt();
      } catch (error) {
        if (this.hooks.signal?.aborted || isCancelled(error)) {
          throwIfAborted(this.hooks.signal);
          throw error;
        }
        if (!(error instanceof Broken)) throw error;
        this.failures = this.partial.size > before ? 1 : this.failures + 1;
        const delay = RETRY_DELAYS[this.failures - 1];
        if (delay === undefined || (!this.hasConnected && error.isUnreachable)) throw this.gaveUp(error);
        await (this.hooks.wait ?? sleep)(delay, this.hooks.signal);
      } finally {
        this.partial.flush();
      }
    }
    return this.verified();
  }

  /** Hashes what an earlier visit left; without its note it cannot be trusted to be of this file. */
  private async readAgain(): Promise<void> {
    if (!this.note) this.partial.truncate(0);
    const { size } = this.partial;
    const buffer = new Uint8Array(Math.min(CHECK_BYTES, size));
    for (let at = 0; at < size; ) {
      throwIfAborted(this.hooks.signal);
      const count = this.partial.read(buffer, at);
      if (count === 0) break;
      this.hash.update(buffer.subarray(0, count));
      at += count;
      this.hooks.onProgress?.(at, this.note!.total, true);
      // Hashing is synchronous: without a pause no message, and so no wish to cancel, would come in.
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.isComplete = size > 0 && size === this.note?.total;
  }

  private async attempt(): Promise<void> {
    const response = await this.request();
    const from = response.status === 206 ? this.partial.size : 0;
    const note = noteOf(response, from);
    if (response.status !== 206 && this.partial.size > 0) {
      // The server sends the whole file again: the beginning that we have is of no use to it.
      this.startOver(null);
    } else if (this.partial.size > 0 && this.note && !isSameVersion(this.note, note)) {
      await response.body?.cancel();
      this.startOver(null);
      return;
    }
    if (this.partial.size === 0) {
      this.note = note;
      await this.hooks.saveNote(note);
    }
    const { total } = this.note!;
    if (this.file.bytes !== null && total !== null && total !== this.file.bytes) {
      await response.body?.cancel();
      throw this.wrong(`it has ${total} bytes instead of ${this.file.bytes}`);
    }
    const expected = total ?? this.file.bytes;
    if (expected !== null) await this.hooks.ensureRoom?.(expected - this.partial.size);
    await this.receive(response, expected);
  }

  private async request(): Promise<Response> {
    let response: Response;
    try {
      response = await (this.hooks.fetcher ?? fetch)(this.file.url, {
        // Also for the first byte: a compressed answer would have no size that means anything.
        headers: { Range: `bytes=${this.partial.size}-` },
        signal: this.hooks.signal ?? null,
        // The file is kept here: the browser's cache would keep it a second time.
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      if (isCancelled(error)) throw error;
      throw new Broken(error, true);
    }
    this.hasConnected = true;
    if (response.status === 416 && this.partial.size > 0) {
      await response.body?.cancel();
      this.startOver(null);
      return this.request();
    }
    if (response.status >= 500 || response.status === 429) {
      await response.body?.cancel();
      throw new Broken(new Error(`status ${response.status}`), false);
    }
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel();
      throw new CodedError(
        'download-gated',
        `${this.host} gives ${this.file.name} only to people who have signed in or agreed to its terms (${response.status}).`,
        'Do that there, download the file in the browser and drop it here; or take a copy that needs no account.',
      );
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new CodedError(
        'download-http',
        `${this.host} answered ${response.status}${response.statusText ? ` (${response.statusText})` : ''} for ${this.file.name}.`,
        'Check the address; the publisher may have moved the file. A file that you have can be dropped on this page.',
      );
    }
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new CodedError(
        'download-page',
        `${this.host} sent a web page instead of ${this.file.name}.`,
        'Open the address in the browser, save the file itself and drop it here.',
      );
    }
    return response;
  }

  private async receive(response: Response, expected: number | null): Promise<void> {
    if (!response.body) throw new Broken(new Error('the answer had no body'), false);
    const reader = response.body.getReader();
    let unflushed = 0;
    try {
      for (;;) {
        throwIfAborted(this.hooks.signal);
        const { done, value } = await readChunk(reader);
        if (done) break;
        if (expected !== null && this.partial.size + value.length > expected)
          throw this.wrong(`it goes on after its ${expected} bytes`);
        this.partial.append(value);
        this.hash.update(value);
        unflushed += value.length;
        if (unflushed >= FLUSH_BYTES) {
          this.partial.flush();
          unflushed = 0;
        }
        this.hooks.onProgress?.(this.partial.size, expected, false);
      }
    } finally {
      // Also where this page gives up: otherwise the browser would go on downloading.
      await reader.cancel().catch(() => {});
    }
    if (expected !== null && this.partial.size < expected) throw new Broken(new Error('the answer ended early'), false);
    this.isComplete = true;
  }

  private verified(): Downloaded {
    const { size } = this.partial;
    const sha256 = this.hash.hex();
    if (this.file.bytes !== null && size !== this.file.bytes)
      throw this.wrong(`it has ${size} bytes instead of ${this.file.bytes}`);
    if (this.file.sha256 !== null && !sha256.startsWith(this.file.sha256)) {
      throw this.wrong(
        `its sha256 is ${sha256} and should ${this.file.sha256.length < sha256.length ? 'begin with' : 'be'} ${this.file.sha256}`,
      );
    }
    return { bytes: size, sha256 };
  }

  private startOver(note: ServerNote | null): void {
    if (++this.restarts > MAX_RESTARTS) throw this.wrong('it keeps changing while it is downloaded');
    this.partial.truncate(0);
    this.hash = new Sha256();
    this.note = note;
  }

  /** What has arrived is not the file: it goes, so that the next try does not build on it. */
  private wrong(how: string): CodedError {
    this.partial.truncate(0);
    return new CodedError(
      'download-wrong',
      `${this.file.name} from ${this.host} is not the expected file: ${how}.`,
      'Download it again; if that does not help, compare with what the publisher states.',
    );
  }

  private gaveUp(error: Broken): CodedError {
    if (!this.hasConnected && error.isUnreachable && this.partial.size === 0) {
      return new CodedError(
        'download-unreachable',
        `${this.file.name} could not be read from ${this.host}: the host cannot be reached or does not let other pages read its files (CORS).`,
        'Check the connection; otherwise download the file in the browser and drop it on this page.',
        { cause: error.cause },
      );
    }
    return new CodedError(
      'download-broke',
      `The download of ${this.file.name} from ${this.host} broke off after ${this.partial.size} bytes.`,
      'Check the connection and resume: what has arrived is kept.',
      { cause: error.cause },
    );
  }

  private get host(): string {
    return new URL(this.file.url).host;
  }
}

/** A failure that another attempt may mend. */
class Broken extends Error {
  constructor(
    cause: unknown,
    readonly isUnreachable: boolean,
  ) {
    super('broken download', { cause });
  }
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (error) {
    if (isCancelled(error)) throw error;
    throw new Broken(error, false);
  }
}

/** The file's whole size and version as an answer that starts at byte `from` tells them. */
function noteOf({ headers }: Response, from: number): ServerNote {
  // Pages of another origin see Content-Length and Last-Modified always, the others only where the host exposes them.
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
  const length = headers.get('content-length');
  let total: number | null = null;
  if (range && Number(range[1]) === from) total = Number(range[2]);
  else if (length !== null && headers.get('content-encoding') === null) total = from + Number(length);
  return {
    total: Number.isSafeInteger(total) ? total : null,
    validator: headers.get('etag') ?? headers.get('last-modified'),
  };
}

function isSameVersion(before: ServerNote, now: ServerNote): boolean {
  if (before.total !== null && now.total !== null && before.total !== now.total) return false;
  return before.validator === null || now.validator === null || before.validator === now.validator;
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** A published file that becomes (part of) a model. */
export interface RemoteFile {
  /** The file's own name, for the person and for errors. */
  name: string;
  url: string;
  /** Exact size and hash (or its first digits) where the publisher states them; the download is then held to them. */
  bytes: number | null;
  sha256: string | null;
}
