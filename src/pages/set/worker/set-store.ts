import { CodedError } from '../../../core/errors.ts';
import { blobSource } from '../../../formats/byte-source.ts';
import { encodePairFile, type PairFile, parsePairFile, readPairAbout } from '../../../formats/sets/pair-file.ts';
import { opfsSink } from '../../../platform/storage/opfs.ts';
import type { SetPhotoFacts } from '../contract/api.ts';

type PhotoRecord = Omit<SetPhotoFacts, 'thumbnail'>;

const FOLDER = 'photo-set';
const LIST = 'set.json';
const VERSION = 1;

/**
 * Where the set lies between visits: its photos, their thumbnails and the pairs that were matched, in this origin's private
 * files. Where the browser lets the page keep none, or another tab has them, the set lives in memory and ends with the visit.
 */
export class SetStore {
  private readonly files = new Map<string, File>();
  private readonly thumbnails = new Map<string, Blob>();
  /** Pairs by key, without a folder. */
  private readonly pairs = new Map<string, Uint8Array<ArrayBuffer>>();

  private constructor(
    private readonly folder: FileSystemDirectoryHandle | null,
    private records: PhotoRecord[],
  ) {}

  /** `root`: the origin's private files; null where there are none. */
  static async open(root: FileSystemDirectoryHandle | null): Promise<SetStore> {
    const folder = (await root?.getDirectoryHandle(FOLDER, { create: true })) ?? null;
    const store = new SetStore(folder, []);
    if (folder) store.records = await store.readList(folder);
    return store;
  }

  get keeps(): boolean {
    return this.folder !== null;
  }

  /** The photos of the last visit, in their order. */
  async kept(): Promise<SetPhotoFacts[]> {
    return Promise.all(this.records.map(async (record) => ({ ...record, thumbnail: this.thumbnails.get(record.id)! })));
  }

  record(id: string): PhotoRecord {
    const found = this.records.find((one) => one.id === id);
    if (!found) throw new CodedError('set-photo-gone', 'This photo is no longer in the set.', 'Add it again.');
    return found;
  }

  file(id: string): File {
    return this.files.get(id)!;
  }

  async add(photo: SetPhotoFacts, file: File): Promise<void> {
    const { thumbnail, ...record } = photo;
    if (this.folder) {
      await write(this.folder, `${photo.id}.photo`, file);
      await write(this.folder, `${photo.id}.thumb`, thumbnail);
    }
    this.files.set(photo.id, file);
    this.thumbnails.set(photo.id, thumbnail);
    this.records = [...this.records, record];
    await this.writeList();
  }

  /** Takes photos away, with the pairs that nothing else can use any more where none is left. */
  async remove(ids: readonly string[]): Promise<void> {
    this.records = this.records.filter(({ id }) => !ids.includes(id));
    for (const id of ids) {
      this.files.delete(id);
      this.thumbnails.delete(id);
      for (const ending of ['photo', 'thumb']) await this.folder?.removeEntry(`${id}.${ending}`).catch(() => {});
    }
    if (this.records.length === 0) {
      this.pairs.clear();
      for (const name of await this.names()) {
        if (name.endsWith('.npz')) await this.folder!.removeEntry(name).catch(() => {});
      }
    }
    await this.writeList();
  }

  async arrange(ids: readonly string[]): Promise<void> {
    const place = new Map(ids.map((id, i) => [id, i]));
    this.records = [...this.records].sort((p, q) => (place.get(p.id) ?? 0) - (place.get(q.id) ?? 0));
    await this.writeList();
  }

  async writePair(pair: PairFile): Promise<void> {
    const bytes = await encodePairFile(pair);
    if (this.folder) await write(this.folder, `${pair.key}.npz`, new Blob([bytes]));
    else this.pairs.set(pair.key, bytes);
  }

  /** Null where it is not there, or cannot be read any more. */
  async readPair(key: string): Promise<PairFile | null> {
    const blob = await this.pairBlob(key);
    return blob && parsePairFile(new Uint8Array(await blob.arrayBuffer())).catch(() => null);
  }

  async pairAbout(key: string): Promise<Awaited<ReturnType<typeof readPairAbout>> | null> {
    const blob = await this.pairBlob(key);
    return blob && readPairAbout(blobSource(blob)).catch(() => null);
  }

  private async pairBlob(key: string): Promise<Blob | null> {
    const bytes = this.pairs.get(key);
    if (bytes) return new Blob([bytes]);
    return this.folder ? readFile(this.folder, `${key}.npz`) : null;
  }

  private async names(): Promise<string[]> {
    const names: string[] = [];
    // The DOM's types know the iteration of folders only in newer versions.
    const entries = (this.folder as unknown as { entries(): AsyncIterable<[string, unknown]> } | null)?.entries();
    if (entries) for await (const [name] of entries) names.push(name);
    return names;
  }

  private async readList(folder: FileSystemDirectoryHandle): Promise<PhotoRecord[]> {
    const found: PhotoRecord[] = [];
    for (const record of await listed(folder)) {
      const file = await readFile(folder, `${record.id}.photo`);
      const thumbnail = await readFile(folder, `${record.id}.thumb`);
      if (!file || !thumbnail) continue;
      this.files.set(record.id, new File([file], record.name));
      this.thumbnails.set(record.id, thumbnail);
      found.push(record);
    }
    return found;
  }

  private async writeList(): Promise<void> {
    if (!this.folder) return;
    await write(this.folder, LIST, new Blob([JSON.stringify({ version: VERSION, photos: this.records })]));
  }
}

/** The list of photos; empty where there is none, or one that nobody can read. */
async function listed(folder: FileSystemDirectoryHandle): Promise<PhotoRecord[]> {
  const file = await readFile(folder, LIST);
  if (!file) return [];
  try {
    const { version, photos } = JSON.parse(await file.text()) as { version: number; photos: PhotoRecord[] };
    return version === VERSION && Array.isArray(photos) ? photos : [];
  } catch {
    return [];
  }
}

async function readFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return null;
    throw thrown;
  }
}

/** @throws CodedError `storage-full` */
async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const sink = await opfsSink(folder, name);
  try {
    await sink.write(new Uint8Array(await content.arrayBuffer()));
    await sink.close();
  } catch (thrown) {
    await sink.abort();
    throw thrown;
  }
}
