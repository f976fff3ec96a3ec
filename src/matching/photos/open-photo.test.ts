import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CodedError } from '../../core/errors.ts';
import { openPhoto } from './open-photo.ts';
import { decodedBytes, MAX_DECODED_BYTES } from './photo-limits.ts';

/** What happens before the browser's decoder is asked, and around it; e2e/match/bad-input.spec.ts has the real decoder. */
const FOLDER = new URL('../../../e2e/odd-files/', import.meta.url);
const CORPUS = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as { file: string; code?: string }[];
const blobOf = (file: string) => new Blob([readFileSync(new URL(encodeURIComponent(file), FOLDER))]);

class FakeBitmap {
  closed = 0;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}
  close(): void {
    this.closed++;
  }
}

function fakeDecoder(answer: () => FakeBitmap) {
  const decoder = vi.fn(async (..._arguments: unknown[]) => answer());
  vi.stubGlobal('createImageBitmap', decoder);
  return decoder;
}

const refusal = (promise: Promise<unknown>): Promise<CodedError> =>
  promise.then(
    () => expect.fail('it was opened'),
    (error: CodedError) => error,
  );

afterEach(() => vi.unstubAllGlobals());

describe('before decoding', () => {
  /** These two kinds are tried, since some browsers can; bad data can only be found by decoding. */
  const decided = CORPUS.filter(
    ({ file, code }) => code && !['photo.heic', 'photo.tiff', 'bad-data.png'].includes(file),
  );

  it.each(decided)('$file is refused without asking the decoder', async ({ file, code }) => {
    const decoder = fakeDecoder(() => new FakeBitmap(640, 480));
    const error = await refusal(openPhoto(blobOf(file), file));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`“${file}”`);
    expect(error.remedy).not.toBe('');
    expect(decoder).not.toHaveBeenCalled();
  });

  it('a blob that cannot be read any more is told as such, by name', async () => {
    const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) };
    const error = await refusal(openPhoto(gone as unknown as Blob, 'holiday'));
    expect(error).toMatchObject({ code: 'unreadable' });
    expect(error.message).toContain('“holiday”');
  });
});

describe('around decoding', () => {
  it('a picture that turns out larger than its header says is refused and closed', async () => {
    const bitmap = new FakeBitmap(20_000, 20_000);
    fakeDecoder(() => bitmap);
    expect(await refusal(openPhoto(blobOf('lossless.webp'), 'liar.webp'))).toMatchObject({ code: 'photo-too-large' });
    expect(bitmap.closed).toBe(1);
  });

  it('a very large picture is reduced, and the large bitmap closed', async () => {
    const [large, small] = [new FakeBitmap(12_000, 9_000), new FakeBitmap(4096, 3072)];
    const answers = [large, small];
    const decoder = fakeDecoder(() => answers.shift()!);
    const { bitmap, info } = await openPhoto(blobOf('12000x9000.png'), 'large.png');
    expect(decoder.mock.calls[1][1]).toMatchObject({ resizeWidth: 4096, resizeHeight: 3072, resizeQuality: 'high' });
    expect(bitmap).toBe(small);
    expect([large.closed, small.closed]).toEqual([1, 0]);
    expect(info).toMatchObject({ size: { width: 12_000, height: 9_000 }, workingSize: { width: 4096, height: 3072 } });
  });

  it('a cancelled opening closes what was decoded meanwhile', async () => {
    const controller = new AbortController();
    const bitmap = new FakeBitmap(160, 120);
    fakeDecoder(() => {
      controller.abort();
      return bitmap;
    });
    const error = await refusal(openPhoto(blobOf('orientation-1.jpg'), 'a.jpg', controller.signal));
    expect(error.code).toBe('cancelled');
    expect(bitmap.closed).toBe(1);
  });

  it('what some browsers decode is opened where it is', async () => {
    fakeDecoder(() => new FakeBitmap(160, 120));
    const { info } = await openPhoto(blobOf('photo.heic'), 'photo.heic');
    expect(info.size).toEqual({ width: 160, height: 120 });
  });
});

describe('limits', () => {
  it('sixteen bits a channel count double; a palette does not', () => {
    expect(decodedBytes(12_000, 9_000, 8)).toBeLessThan(MAX_DECODED_BYTES);
    expect(decodedBytes(12_000, 9_000, 16)).toBeGreaterThan(MAX_DECODED_BYTES);
    expect(decodedBytes(100, 100, 1)).toBe(40_000);
  });
});
