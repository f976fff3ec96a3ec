import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import type { RemoteFile, DownloadHooks, PartialFile, ServerNote } from './download.ts';
import { downloadFile } from './download.ts';
import { SpeedMeter } from './speed-meter.ts';

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const FILE: RemoteFile = { name: 'model.pth', url: 'https://host.test/model.pth', bytes: null, sha256: null };

class MemoryPart implements PartialFile {
  bytes = new Uint8Array(0);
  get size() {
    return this.bytes.length;
  }
  read(into: Uint8Array, at: number): number {
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }
  append(bytes: Uint8Array) {
    this.bytes = Uint8Array.from([...this.bytes, ...bytes]);
  }
  truncate(size: number) {
    this.bytes = this.bytes.slice(0, size);
  }
  flush() {}
}

interface Answer {
  /** Breaks the stream after this many bytes. */
  breakAfter?: number;
  status?: number;
  ignoresRange?: boolean;
  content?: Uint8Array;
  headers?: Record<string, string>;
  unreachable?: boolean;
  /** Says less of the file than it has. */
  hidesSize?: boolean;
}

/** A host that answers as told, one answer a request; the last one stays. */
function host(...answers: Answer[]) {
  const ranges: string[] = [];
  const fetcher = (async (_url: string, init: RequestInit) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)];
    const range = new Headers(init.headers).get('range')!;
    ranges.push(range);
    if (answer.unreachable) throw new TypeError('Failed to fetch');
    const content = answer.content ?? CONTENT;
    const from = answer.ignoresRange ? 0 : Number(/bytes=(\d+)-/.exec(range)![1]);
    if (from >= content.length) return new Response('', { status: 416 });
    const rest = content.subarray(from);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (answer.breakAfter !== undefined && sent >= answer.breakAfter)
          return controller.error(new TypeError('network error'));
        if (sent >= rest.length) return controller.close();
        const end = Math.min(sent + 100, rest.length, answer.breakAfter ?? Infinity);
        controller.enqueue(rest.slice(sent, end));
        sent = end;
      },
    });
    const size: Record<string, string> = answer.hidesSize ? {} : { 'content-length': String(rest.length) };
    return new Response(body, {
      status: answer.status ?? (answer.ignoresRange ? 200 : 206),
      headers: { ...size, ...answer.headers },
    });
  }) as typeof fetch;
  return { ranges, fetcher };
}

async function download(
  fetcher: typeof fetch,
  more: Partial<DownloadHooks> & { file?: Partial<RemoteFile>; part?: MemoryPart } = {},
) {
  const part = more.part ?? new MemoryPart();
  const notes: ServerNote[] = [];
  const waits: number[] = [];
  const run = downloadFile({ ...FILE, ...more.file }, part, {
    note: null,
    saveNote: async (note) => void notes.push(note),
    wait: async (milliseconds) => void waits.push(milliseconds),
    fetcher,
    ...more,
  });
  const outcome = await run.catch((error: unknown) => (error instanceof CodedError ? error.code : error));
  return { outcome, part, notes, waits };
}

const part = (size: number, content = CONTENT) => Object.assign(new MemoryPart(), { bytes: content.slice(0, size) });

describe('downloadFile', () => {
  it('fetches, reports progress and tells the hash', async () => {
    const seen: number[] = [];
    const { outcome, part: got } = await download(host({}).fetcher, { onProgress: (loaded) => seen.push(loaded) });
    expect(outcome).toEqual({ bytes: 1000, sha256: SHA256 });
    expect(got.bytes).toEqual(CONTENT);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1000);
  });

  it('goes on by itself where the connection broke', async () => {
    const { ranges, fetcher } = host({ breakAfter: 450 }, {});
    const { outcome, waits } = await download(fetcher);
    expect(outcome).toEqual({ bytes: 1000, sha256: SHA256 });
    expect(ranges).toEqual(['bytes=0-', 'bytes=450-']);
    expect(waits).toHaveLength(1);
  });

  it('goes on after a reload, hashing what is there', async () => {
    const { ranges, fetcher } = host({ headers: { etag: '"v1"' } });
    const checked: boolean[] = [];
    const note = { total: 1000, validator: '"v1"' };
    const { outcome } = await download(fetcher, {
      part: part(600),
      note,
      onProgress: (_l, _t, isChecking) => checked.push(isChecking),
    });
    expect(outcome).toEqual({ bytes: 1000, sha256: SHA256 });
    expect(ranges).toEqual(['bytes=600-']);
    expect(checked[0]).toBe(true);
  });

  it('asks for nothing where all has arrived', async () => {
    const { ranges, fetcher } = host({});
    expect((await download(fetcher, { part: part(1000), note: { total: 1000, validator: null } })).outcome).toEqual({
      bytes: 1000,
      sha256: SHA256,
    });
    expect(ranges).toEqual([]);
  });

  it.each<[string, Answer[], MemoryPart, ServerNote | null]>([
    [
      'another version by ETag',
      [{ headers: { etag: '"v2"' } }],
      part(
        600,
        CONTENT.map((b) => b ^ 1),
      ),
      { total: 1000, validator: '"v1"' },
    ],
    [
      'another size',
      [{}],
      part(
        600,
        CONTENT.map((b) => b ^ 1),
      ),
      { total: 1200, validator: null },
    ],
    ['a server without ranges', [{ ignoresRange: true }], part(600), { total: 1000, validator: null }],
    [
      'a part longer than the file',
      [{}],
      part(
        1000,
        CONTENT.map((b) => b ^ 1),
      ),
      { total: 2000, validator: null },
    ],
    [
      'a part without a note',
      [{}],
      part(
        600,
        CONTENT.map((b) => b ^ 1),
      ),
      null,
    ],
  ])('starts over: %s', async (_name, answers, old, note) => {
    const { outcome, part: got } = await download(host(...answers).fetcher, { part: old, note });
    expect(outcome).toEqual({ bytes: 1000, sha256: SHA256 });
    expect(got.bytes).toEqual(CONTENT);
  });

  it('keeps what has arrived when it gives up, and when it is paused', async () => {
    const broken = await download(host({ breakAfter: 300 }, { breakAfter: 0 }).fetcher);
    expect(broken.outcome).toBe('download-broke');
    expect(broken.waits).toEqual([500, 1000, 2000, 4000]);
    expect(broken.part.size).toBe(300);
    expect(broken.notes).toEqual([{ total: 1000, validator: null }]);

    const controller = new AbortController();
    const paused = await download(host({}).fetcher, {
      signal: controller.signal,
      onProgress: (loaded) => loaded >= 500 && controller.abort(),
    });
    expect(paused.outcome).toBe('cancelled');
    expect(paused.part.size).toBe(500);
  });

  it('takes a file whose size nobody tells', async () => {
    const totals: (number | null)[] = [];
    const { outcome } = await download(host({ hidesSize: true }).fetcher, {
      onProgress: (_loaded, total) => totals.push(total),
    });
    expect(outcome).toEqual({ bytes: 1000, sha256: SHA256 });
    expect(new Set(totals)).toEqual(new Set([null]));
  });

  it.each<[string, Answer[], Partial<RemoteFile>, string]>([
    ['a host that no page may read', [{ unreachable: true }], {}, 'download-unreachable'],
    ['a file that wants an account', [{ status: 401 }], {}, 'download-gated'],
    ['a file that wants an agreement', [{ status: 403 }], {}, 'download-gated'],
    ['a file that is gone', [{ status: 404 }], {}, 'download-http'],
    ['an error page', [{ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } }], {}, 'download-page'],
    ['a server that is down for good', [{ status: 503 }], {}, 'download-broke'],
    ['another size than published', [{}], { bytes: 999 }, 'download-wrong'],
    ['another hash than published', [{}], { sha256: '0'.repeat(64) }, 'download-wrong'],
  ])('refuses %s', async (_name, answers, file, code) => {
    const { outcome, part: left } = await download(host(...answers).fetcher, { file });
    expect(outcome).toBe(code);
    expect(left.size).toBe(0);
  });

  it('asks for room before the bytes come', async () => {
    const asked: number[] = [];
    const ensureRoom = async (bytes: number) => {
      asked.push(bytes);
      throw new CodedError('storage-full', 'Full.', 'Remove a model.');
    };
    const { outcome, part: left } = await download(host({}).fetcher, {
      ensureRoom,
      part: part(600),
      note: { total: 1000, validator: null },
    });
    expect(outcome).toBe('storage-full');
    expect(asked).toEqual([400]);
    expect(left.size).toBe(600);
  });
});

describe('SpeedMeter', () => {
  it('tells the speed of the last seconds, and nothing too early', () => {
    const meter = new SpeedMeter();
    meter.add(0, 0);
    meter.add(100, 100);
    expect(meter.bytesPerSecond).toBeNull();
    for (let time = 200; time <= 10_000; time += 100) meter.add(time, time);
    expect(meter.bytesPerSecond).toBeCloseTo(1000, 0);
    for (let time = 10_100; time <= 20_000; time += 100) meter.add(10_000 + 3 * (time - 10_000), time);
    expect(meter.bytesPerSecond).toBeCloseTo(3000, 0);
  });
});
