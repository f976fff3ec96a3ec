import { CodedError } from '../../../core/errors.ts';
import { maskOfText, maskText, type PhotoMask } from '../../../core/mask.ts';
import { blobSource } from '../../../formats/byte-source.ts';
import type { CameraText } from '../../../formats/cameras/set-cameras.ts';
import { encodePairFile, type PairFile, parsePairFile, readPairAbout } from '../../../formats/sets/pair-file.ts';
import { opfsSink } from '../../../platform/storage/opfs.ts';
import type { SetPhotoFacts } from '../contract/api.ts';

type PhotoRecord = Omit<SetPhotoFacts, 'thumbnail'>;

interface SetList {
  photos: PhotoRecord[];
  calibrations: CameraText[];
}

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
  private readonly masks = new Map<string, PhotoMask>();
  /** Pairs by key, without a folder. */
  private readonly pairs = new Map<string, Uint8Array<ArrayBuffer>>();

  private constructor(
    private readonly folder: FileSystemDirectoryHandle | null,
    private records: PhotoRecord[],
    private calibrated: readonly CameraText[],
  ) {}

  /** `root`: the origin's private files; null where there are none. */
  static async open(root: FileSystemDirectoryHandle | null): Promise<SetStore> {
    const folder = (await root?.getDirectoryHandle(FOLDER, { create: true })) ?? null;
    const { photos, calibrations } = folder ? await listed(folder) : NOTHING;
    const store = new SetStore(folder, [], calibrations);
    if (folder) store.records = await store.readPhotos(folder, photos);
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

  /** Files that tell cameras. */
  get calibrations(): readonly CameraText[] {
    return this.calibrated;
  }

  async calibrate(calibrations: readonly CameraText[]): Promise<void> {
    this.calibrated = calibrations;
    await this.writeList();
  }

  mask(id: string): PhotoMask | null {
    return this.masks.get(id) ?? null;
  }

  async setMask(id: string, mask: PhotoMask | null): Promise<void> {
    if (mask) {
      if (this.folder) await write(this.folder, `${id}.mask`, new Blob([maskText(mask)]));
      this.masks.set(id, mask);
    } else {
      await this.folder?.removeEntry(`${id}.mask`).catch(() => {});
      this.masks.delete(id);
    }
  }

  /** Takes photos away, with the pairs that nothing else can use any more where none is left. */
  async remove(ids: readonly string[]): Promise<void> {
    this.records = this.records.filter(({ id }) => !ids.includes(id));
    for (const id of ids) {
      this.files.delete(id);
      this.thumbnails.delete(id);
      this.masks.delete(id);
      for (const ending of ['photo', 'thumb', 'mask'])
        await this.folder?.removeEntry(`${id}.${ending}`).catch(() => {});
    }
    if (this.records.length === 0) {
      this.pairs.clear();
      this.calibrated = [];
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

  private async readPhotos(folder: FileSystemDirectoryHandle, records: PhotoRecord[]): Promise<PhotoRecord[]> {
    const found: PhotoRecord[] = [];
    for (const record of records) {
      const file = await readFile(folder, `${record.id}.photo`);
      const thumbnail = await readFile(folder, `${record.id}.thumb`);
      if (!file || !thumbnail) continue;
      this.files.set(record.id, new File([file], record.name));
      this.thumbnails.set(record.id, thumbnail);
      const mask = await readFile(folder, `${record.id}.mask`);
      const read = mask && maskOfText(await mask.text());
      if (read) this.masks.set(record.id, read);
      found.push(record);
    }
    return found;
  }

  private async writeList(): Promise<void> {
    if (!this.folder) return;
    const list = { version: VERSION, photos: this.records, calibrations: this.calibrated };
    await write(this.folder, LIST, new Blob([JSON.stringify(list)]));
  }
}

const NOTHING: SetList = { photos: [], calibrations: [] };

/** The list of photos and calibrations; empty where there is none, or one that nobody can read. */
async function listed(folder: FileSystemDirectoryHandle): Promise<SetList> {
  const file = await readFile(folder, LIST);
  if (!file) return NOTHING;
  try {
    const {
      version,
      photos,
      calibrations = [],
    } = JSON.parse(await file.text()) as Partial<SetList> & { version: number };
    if (version !== VERSION || !Array.isArray(photos) || !Array.isArray(calibrations)) return NOTHING;
    return { photos, calibrations: calibrations.filter(isText) };
  } catch {
    return NOTHING;
  }
}

const isText = ({ name, text }: CameraText) => typeof name === 'string' && typeof text === 'string';

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
