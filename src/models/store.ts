import { CodedError } from '../core/errors.ts';
import type {
  CheckpointRecord,
  InstalledModel,
  LibraryListing,
  ModelRecipe,
  PartialInstall,
  StorageEstimate,
} from './library-contract.ts';
import type { ModelSink, MatcherManifest } from './manifest.ts';
import { MANIFEST_FILE, MANIFEST_SCHEMA, parseManifest } from './manifest.ts';
import type { ServerNote } from '../platform/storage/download.ts';
import { inputLimits } from './input-size.ts';
import { KeptNetworks } from './kept-networks.ts';
import type { NetworkManifest } from './network-manifest.ts';
import { parseNetworkManifest } from './network-manifest.ts';
import type { SplatManifest } from './splat-manifest.ts';
import { parseSplatManifest, SPLAT_SCHEMA } from './splat-manifest.ts';
import { OpfsPartialFile, opfsSink, opfsUrl, storageFull } from '../platform/storage/opfs.ts';
import { folderBytes, folders, readJson, removeIfThere, writeJson } from './opfs-folder.ts';

/** Folders of the store. */
const INSTALLED = 'installed';
const DOWNLOADS = 'downloads';
/** Written last into a model's folder: a folder without it is a conversion that never ended. */
const RECORD_FILE = 'installed.json';
const RECIPE_FILE = 'recipe.json';
/** Hashes of what addresses gave so far. */
const HASHES_FILE = 'hashes.json';
const ID = /^[a-z0-9][a-z0-9._-]*$/;

/** What is known of an installed model beside its manifest. */
export interface InstallRecord {
  installedAt: number;
  checkpoints: CheckpointRecord[];
  facts: string[];
  unused: string[];
}

/** What the browser says of the storage; null where it does not. */
export type Estimate = () => Promise<StorageEstimate | null>;

/**
 * Models on this device: `installed/<id>/` has a manifest and its files, `downloads/<id>/` a recipe and what has arrived.
 * It knows folders; conversion and the network are elsewhere. Needs a worker: pages have no synchronous file access.
 */
export class ModelStore {
  /** The lift studio's networks, which lie in a folder of their own. */
  readonly networks: KeptNetworks;

  constructor(
    private readonly root: FileSystemDirectoryHandle,
    private readonly estimate: Estimate = browserEstimate,
  ) {
    this.networks = new KeptNetworks(root);
  }

  /** Everything there is, newest first. Models that cannot be read are left out. */
  async list(): Promise<LibraryListing> {
    const installed: InstalledModel[] = [];
    for (const id of await folders(await this.folder(INSTALLED))) {
      const model = await this.read(id).catch(() => null);
      if (model) installed.push(model);
    }
    const partial: PartialInstall[] = [];
    for (const id of await folders(await this.folder(DOWNLOADS))) {
      const found = await this.readPartial(id).catch(() => null);
      if (found) partial.push(found);
    }
    installed.sort((a, b) => b.installedAt - a.installedAt);
    return { installed, partial, networks: await this.networks.list(), storage: await this.estimate() };
  }

  /** Folders of conversions that never ended, by id. A conversion that runs has one too. */
  async unfinished(): Promise<string[]> {
    const installed = await this.folder(INSTALLED);
    const ids: string[] = [];
    for (const id of await folders(installed)) {
      if ((await readJson(await installed.getDirectoryHandle(id), RECORD_FILE)) === null) ids.push(id);
    }
    return ids;
  }

  /** An empty folder for a model's files; what was installed under this id is gone. */
  async begin(id: string): Promise<ModelSink> {
    checkId(id);
    await this.remove(id);
    const folder = await (await this.folder(INSTALLED)).getDirectoryHandle(id, { create: true });
    return { open: (file) => opfsSink(folder, file) };
  }

  /** Makes the folder a model, now that its files are complete. */
  async commit(id: string, record: InstallRecord): Promise<InstalledModel> {
    await writeJson(await (await this.folder(INSTALLED)).getDirectoryHandle(id), RECORD_FILE, record);
    return this.read(id);
  }

  async remove(id: string): Promise<void> {
    checkId(id);
    await removeIfThere(await this.folder(INSTALLED), id);
  }

  /** The place where a recipe's files arrive. It is kept until {@link discard}. */
  async openDownload(recipe: ModelRecipe): Promise<ModelDownload> {
    checkId(recipe.id);
    const folder = await (await this.folder(DOWNLOADS)).getDirectoryHandle(recipe.id, { create: true });
    await writeJson(folder, RECIPE_FILE, recipe);
    return new ModelDownload(folder);
  }

  async discard(id: string): Promise<void> {
    checkId(id);
    await removeIfThere(await this.folder(DOWNLOADS), id);
  }

  /** @throws CodedError `storage-full` where the browser says that so many bytes more do not fit */
  async ensureRoom(bytes: number): Promise<void> {
    const estimate = await this.estimate();
    if (!estimate || estimate.usage + bytes <= estimate.quota) return;
    const megabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
    throw storageFull(
      `This takes ${megabytes(bytes)}, and the browser leaves this page ${megabytes(Math.max(0, estimate.quota - estimate.usage))}.`,
    );
  }

  /** Remembers the hash of what an address gave; returns the one it had before, null where it had none. */
  async rememberHash(url: string, sha256: string): Promise<string | null> {
    const hashes = ((await readJson(this.root, HASHES_FILE)) ?? {}) as Record<string, string>;
    const before = Object.hasOwn(hashes, url) ? hashes[url] : null;
    await writeJson(this.root, HASHES_FILE, { ...hashes, [url]: sha256 });
    return before;
  }

  private async read(id: string): Promise<InstalledModel> {
    const folder = await (await this.folder(INSTALLED)).getDirectoryHandle(id);
    const record = (await readJson(folder, RECORD_FILE)) as InstallRecord | null;
    if (!record) throw new CodedError('model-gone', `The model ${id} is not complete.`, 'Install it again.');
    const manifest = parseAnyManifest(await readJson(folder, MANIFEST_FILE), `${id}/${MANIFEST_FILE}`);
    const { name, licence, source } = manifest;
    const isMatcher = 'passes' in manifest;
    return {
      id,
      name,
      licence,
      source,
      description: isMatcher ? (manifest.description ?? '') : '',
      kind: isMatcher ? 'matcher' : manifest.kind,
      input: isMatcher ? inputLimits(manifest.passes[0].input) : null,
      bytes: await folderBytes(folder),
      installedAt: record.installedAt,
      manifestUrl: opfsUrl([INSTALLED, id, MANIFEST_FILE], record.installedAt),
      checkpoints: record.checkpoints,
      facts: record.facts,
      unused: record.unused,
    };
  }

  private async readPartial(id: string): Promise<PartialInstall> {
    const folder = await (await this.folder(DOWNLOADS)).getDirectoryHandle(id);
    const recipe = (await readJson(folder, RECIPE_FILE)) as ModelRecipe;
    const download = new ModelDownload(folder);
    let loaded = 0;
    let total: number | null = 0;
    for (const [i, { bytes }] of recipe.files.entries()) {
      loaded += await download.arrived(i);
      const size: number | null = bytes ?? (await download.note(i))?.total ?? null;
      total = total === null || size === null ? null : total + size;
    }
    return { recipe, loaded, total };
  }

  private folder(name: string): Promise<FileSystemDirectoryHandle> {
    return this.root.getDirectoryHandle(name, { create: true });
  }
}

/** The files of one recipe while they arrive, by their place in it. */
export class ModelDownload {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  /** Only one can be open at a time; the opener closes it. */
  open(index: number): Promise<OpfsPartialFile> {
    return OpfsPartialFile.open(this.folder, `${index}.part`);
  }

  async note(index: number): Promise<ServerNote | null> {
    return (await readJson(this.folder, `${index}.json`)) as ServerNote | null;
  }

  async saveNote(index: number, note: ServerNote): Promise<void> {
    await writeJson(this.folder, `${index}.json`, note);
  }

  async arrived(index: number): Promise<number> {
    const handle = await this.folder.getFileHandle(`${index}.part`).catch(() => null);
    return handle ? (await handle.getFile()).size : 0;
  }

  async file(index: number): Promise<File> {
    return (await this.folder.getFileHandle(`${index}.part`)).getFile();
  }
}

/** A manifest of any kind. @throws CodedError `manifest-invalid` */
export function parseAnyManifest(json: unknown, where: string): MatcherManifest | NetworkManifest | SplatManifest {
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (schema === MANIFEST_SCHEMA) return parseManifest(json, where);
  return schema === SPLAT_SCHEMA ? parseSplatManifest(json, where) : parseNetworkManifest(json, where);
}

function checkId(id: string): void {
  if (!ID.test(id))
    throw new CodedError('model-id', `“${id}” cannot be a model's id.`, 'Use a–z, 0–9, dot, dash and underscore.');
}

async function browserEstimate(): Promise<StorageEstimate | null> {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return usage === undefined || quota === undefined ? null : { usage, quota };
}
