import { CodedError } from '../core/errors.ts';
import type { KeptNetwork, NetworkPurpose } from './library-contract.ts';
import { NETWORK_PURPOSES } from './library-contract.ts';
import { openModelsFolder, opfsSink } from '../platform/storage/opfs.ts';
import { folderBytes, readJson, removeIfThere, writeJson } from './opfs-folder.ts';

/** Folder of the store, beside those of the models. */
const NETWORKS = 'networks';
/** Written after the file that it describes. */
const RECORD_FILE = 'network.json';

/** What is written beside a network's file; its hash names the file. */
type NetworkRecord = Pick<KeptNetwork, 'name' | 'bytes' | 'sha256' | 'keptAt'>;

/**
 * The lift studio's networks on this device: `networks/<purpose>/` has one ONNX file and its record. Writing needs a
 * worker: pages have no synchronous file access.
 */
export class KeptNetworks {
  constructor(private readonly root: FileSystemDirectoryHandle) {}

  /** The store of this origin. @throws CodedError `storage-missing` */
  static async open(): Promise<KeptNetworks> {
    return new KeptNetworks(await openModelsFolder());
  }

  /** What is kept, with what is not whole: without being listed it could not be removed. */
  async list(): Promise<KeptNetwork[]> {
    const found = await Promise.all(NETWORK_PURPOSES.map((purpose) => this.describe(purpose)));
    return found.filter((network) => network !== null);
  }

  /**
   * Keeps a file in place of the one before for that purpose, which stays where this fails.
   * @throws CodedError `storage-full`
   */
  async keep(purpose: NetworkPurpose, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const folder = await this.folder(purpose, true);
    const before = await readRecord(folder);
    const record: NetworkRecord = { name, bytes: bytes.length, sha256: await sha256Of(bytes), keptAt: Date.now() };
    const file = fileOf(record);
    const sink = await opfsSink(folder, file);
    try {
      await sink.write(bytes);
      await sink.close();
      await writeJson(folder, RECORD_FILE, record);
    } catch (error) {
      await sink.abort();
      // What was kept is kept on, unless it was the same file: that has been overwritten.
      if (before && before.sha256 !== record.sha256) await writeJson(folder, RECORD_FILE, before).catch(() => {});
      else await this.remove(purpose).catch(() => {});
      throw error;
    }
    await removeOthers(folder, [file, RECORD_FILE]);
  }

  /**
   * The kept file of a purpose; null where there is none.
   * @throws CodedError `network-damaged` where it is not the file any more that was kept
   */
  async read(purpose: NetworkPurpose): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> } | null> {
    const kept = await this.describe(purpose);
    if (!kept) return null;
    if (!kept.isDamaged) {
      const handle = await (await this.folder(purpose)).getFileHandle(fileOf(kept));
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      if ((await sha256Of(bytes)) === kept.sha256) return { name: kept.name, bytes };
    }
    throw new CodedError(
      'network-damaged',
      `“${kept.name}”, kept on this device for ${PURPOSE_NAMES[purpose]}, is not whole any more.`,
      'Remove it and open the file again; the browser may have run out of storage while it was kept.',
    );
  }

  async remove(purpose: NetworkPurpose): Promise<void> {
    await removeIfThere(await this.networks(), purpose);
  }

  private async describe(purpose: NetworkPurpose): Promise<KeptNetwork | null> {
    const folder = await this.folder(purpose).catch(() => null);
    if (!folder) return null;
    const record = await readRecord(folder);
    if (record) {
      const handle = await folder.getFileHandle(fileOf(record)).catch(() => null);
      const isWhole = handle !== null && (await handle.getFile()).size === record.bytes;
      return { ...record, purpose, isDamaged: !isWhole };
    }
    // Its page ended while it was written, unless another tab is writing it now.
    const bytes = await folderBytes(folder);
    return { purpose, name: 'unfinished copy', bytes, sha256: '', keptAt: 0, isDamaged: true };
  }

  private networks(): Promise<FileSystemDirectoryHandle> {
    return this.root.getDirectoryHandle(NETWORKS, { create: true });
  }

  private async folder(purpose: NetworkPurpose, create = false): Promise<FileSystemDirectoryHandle> {
    return (await this.networks()).getDirectoryHandle(purpose, { create });
  }
}

const PURPOSE_NAMES: Record<NetworkPurpose, string> = { sky: 'sky', inpainting: 'holes' };

const fileOf = ({ sha256 }: Pick<NetworkRecord, 'sha256'>) => `${sha256}.onnx`;

async function readRecord(folder: FileSystemDirectoryHandle): Promise<NetworkRecord | null> {
  const record = (await readJson(folder, RECORD_FILE)) as Partial<NetworkRecord> | null;
  if (typeof record !== 'object' || record === null) return null;
  const { name, bytes, sha256, keptAt } = record;
  const isRecord = typeof name === 'string' && typeof bytes === 'number' && typeof keptAt === 'number';
  // The hash is part of a path.
  if (!isRecord || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null;
  return { name, bytes, sha256, keptAt };
}

/** Removes what earlier networks left. Files that another tab writes are locked, and stay. */
async function removeOthers(folder: FileSystemDirectoryHandle, kept: readonly string[]): Promise<void> {
  const names: string[] = [];
  for await (const [name] of folder.entries()) if (!kept.includes(name)) names.push(name);
  for (const name of names) await folder.removeEntry(name).catch(() => {});
}

/** Where there is a private file system there is WebCrypto: both want a secure context. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
