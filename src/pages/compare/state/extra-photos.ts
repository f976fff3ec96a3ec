import { isCancelled } from '../../../core/errors.ts';
import { fetchPhoto, nameOfAddress, resolvePhotoUrl } from '../../../workspace/photos/fetch-photo.ts';
import type { Photo, PhotoSource } from '../../../workspace/types.ts';
import type { CompareContext } from './context.ts';
import type { ExtraSlot } from './types.ts';
import { EXTRA_SLOTS } from './types.ts';

/** What it needs of the comparison. */
interface ExtraPhotosContext extends CompareContext {
  photosChanged(): void;
}

/** The photos beyond the match's two. What the worker refuses leaves its slot as it was. */
export class ExtraPhotos {
  private readonly openings: Partial<Record<ExtraSlot, AbortController>> = {};

  constructor(private readonly compare: ExtraPhotosContext) {}

  firstEmpty(): ExtraSlot | undefined {
    const { extra } = this.compare.store.getState();
    return EXTRA_SLOTS.find((slot) => !extra[slot].photo && extra[slot].opening === null);
  }

  openFile(slot: ExtraSlot, file: File): Promise<void> {
    return this.open(slot, file.name, { kind: 'file' }, async () => file);
  }

  /** @param address absolute, or relative to the page */
  async openAddress(slot: ExtraSlot, address: string): Promise<void> {
    try {
      const url = resolvePhotoUrl(address, this.compare.workspace.base);
      await this.open(slot, nameOfAddress(url), { kind: 'address', url: url.href }, (signal) =>
        fetchPhoto(url, signal),
      );
    } catch (thrown) {
      this.compare.workspace.notices.report(thrown);
    }
  }

  clear(slot: ExtraSlot): void {
    this.openings[slot]?.abort();
    const { photo } = this.compare.store.getState().extra[slot];
    if (photo) URL.revokeObjectURL(photo.url);
    this.put(slot, null);
  }

  private async open(
    slot: ExtraSlot,
    name: string,
    source: PhotoSource,
    load: (signal: AbortSignal) => Promise<Blob>,
  ): Promise<void> {
    this.openings[slot]?.abort();
    const controller = new AbortController();
    this.openings[slot] = controller;
    this.setOpening(slot, name);
    try {
      const file = await load(controller.signal);
      const url = URL.createObjectURL(file);
      await this.compare.link.open(slot, { file, name, source, url }, (photo) => {
        // Replaced or cleared by a later choice: the next call tells the worker.
        if (controller.signal.aborted) return URL.revokeObjectURL(url);
        const old = this.compare.store.getState().extra[slot].photo;
        if (old) URL.revokeObjectURL(old.url);
        this.put(slot, photo);
      });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.compare.workspace.notices.report(thrown);
    } finally {
      if (this.openings[slot] === controller) {
        delete this.openings[slot];
        this.setOpening(slot, null);
      }
    }
  }

  private setOpening(slot: ExtraSlot, opening: string | null): void {
    this.compare.store.setState(({ extra }) => ({ extra: { ...extra, [slot]: { ...extra[slot], opening } } }));
  }

  private put(slot: ExtraSlot, photo: Photo | null): void {
    this.compare.store.setState(({ extra }) => ({ extra: { ...extra, [slot]: { photo, opening: null } } }));
    this.compare.photosChanged();
  }
}
