import { CodedError } from '../../core/errors.ts';
import { DESCRIPTION_FILE } from './layout.ts';
import type { DatasetSink } from './sink.ts';

/**
 * Writes a dataset's description, or compares it with the one that is there.
 * @param recipe all that the dataset depends on; the description has it as its member `recipe`
 * @throws CodedError `dataset-other` where the sink holds a dataset that was made otherwise
 */
export async function describeOnce(
  sink: CountingSink,
  recipe: object,
  description: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const there = await sink.read(DESCRIPTION_FILE);
  if (!there) return sink.write(DESCRIPTION_FILE, description);
  let found: unknown = null;
  try {
    found = (JSON.parse(new TextDecoder().decode(there)) as { recipe?: unknown } | null)?.recipe;
  } catch {
    // Told below: it is not a dataset of ours.
  }
  if (JSON.stringify(found) === JSON.stringify(recipe)) return;
  throw new CodedError(
    'dataset-other',
    'This folder holds a dataset that was made with other settings, so it cannot be gone on with.',
    'Choose an empty folder, or the settings and the seed that its dataset.json names.',
  );
}

/** Counts bytes and marks failures of the target, which are nobody's photo's fault and end the export. */
export class CountingSink {
  bytes = 0;
  failure: unknown = null;

  constructor(private readonly sink: DatasetSink) {}

  read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.guard(() => this.sink.read(path));
  }

  has(path: string): Promise<boolean> {
    return this.guard(() => this.sink.has(path));
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.guard(() => this.sink.write(path, bytes));
    this.bytes += bytes.length;
  }

  finish(): Promise<Blob | null> {
    return this.guard(() => this.sink.finish());
  }

  private async guard<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      const because = cause instanceof Error ? ` (${cause.message})` : '';
      this.failure = new CodedError(
        'dataset-write',
        `The dataset could not be written${because}.`,
        'Check the free space and that the folder may be written to, then start again: whole views are kept.',
        { cause },
      );
      throw this.failure;
    }
  }
}
