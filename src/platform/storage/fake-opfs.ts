/** A private file system in memory, with the parts that the models' store uses. For tests. */
export class FakeDirectory {
  readonly kind = 'directory';
  readonly children = new Map<string, FakeDirectory | FakeFile>();
  /** Bytes that all files together may have. */
  quota = Infinity;

  constructor(
    readonly name = '',
    private readonly root?: FakeDirectory,
  ) {}

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FakeDirectory> {
    return this.child(name, FakeDirectory, () => new FakeDirectory(name, this.root ?? this), options);
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<FakeFile> {
    return this.child(name, FakeFile, () => new FakeFile(name, this.root ?? this), options);
  }

  async removeEntry(name: string, options?: { recursive?: boolean }): Promise<void> {
    const child = this.children.get(name);
    if (!child) throw new DOMException('not found', 'NotFoundError');
    if (child instanceof FakeDirectory && child.children.size > 0 && !options?.recursive) {
      throw new DOMException('not empty', 'InvalidModificationError');
    }
    if (child instanceof FakeFile && child.isLocked) throw new DOMException('locked', 'NoModificationAllowedError');
    this.children.delete(name);
  }

  async *entries(): AsyncGenerator<[string, FakeDirectory | FakeFile]> {
    yield* [...this.children];
  }

  get bytes(): number {
    return [...this.children.values()].reduce((sum, child) => sum + child.bytes, 0);
  }

  /** As what it stands in for. */
  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  private child<T extends FakeDirectory | FakeFile>(
    name: string,
    kind: new (...args: never[]) => T,
    make: () => T,
    options?: { create?: boolean },
  ): T {
    const known = this.children.get(name);
    if (known instanceof kind) return known;
    if (known) throw new DOMException('of another kind', 'TypeMismatchError');
    if (!options?.create) throw new DOMException('not found', 'NotFoundError');
    const made = make();
    this.children.set(name, made);
    return made;
  }
}

class FakeFile {
  readonly kind = 'file';
  content = new Uint8Array(0);
  isLocked = false;

  constructor(
    readonly name: string,
    private readonly root: FakeDirectory,
  ) {}

  get bytes(): number {
    return this.content.length;
  }

  async getFile(): Promise<File> {
    return new File([this.content], this.name);
  }

  async createSyncAccessHandle() {
    if (this.isLocked) throw new DOMException('locked', 'NoModificationAllowedError');
    this.isLocked = true;
    return {
      getSize: () => this.content.length,
      read: (into: Uint8Array, { at }: { at: number }) => {
        const part = this.content.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (bytes: Uint8Array, { at }: { at: number }) => {
        if (this.root.bytes + bytes.length > this.root.quota) throw new DOMException('full', 'QuotaExceededError');
        const grown = new Uint8Array(Math.max(this.content.length, at + bytes.length));
        grown.set(this.content);
        grown.set(bytes, at);
        this.content = grown;
        return bytes.length;
      },
      truncate: (size: number) => {
        this.content = this.content.slice(0, size);
      },
      flush: () => {},
      close: () => {
        this.isLocked = false;
      },
    };
  }
}
