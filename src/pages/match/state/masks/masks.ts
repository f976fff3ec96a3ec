import { partMissing } from '../../../../core/errors.ts';
import { otherSide, type Side } from '../../../../core/geometry.ts';
import type { PhotoMask } from '../../../../core/mask.ts';
import type { Notices } from '../../../../platform/page/notices.ts';
import type { EngineCall, EngineLink } from '../engine-link.ts';
import type { MatchStore } from '../store.ts';
import { ANY_KEPT, type NamedMask } from './named-mask.ts';
import type { MaskKeeper } from './mask-keeper.ts';

const SIDES: readonly Side[] = ['a', 'b'];
/** As isMaskName in core/mask.ts, which knows more. */
const MASK_NAME = /\.mask\.\w+$/i;

/**
 * Which parts of the photos count. The engine sets certainty to 0 everywhere else, in the match that is shown and in those to
 * come; no model runs for it. A mask belongs to its photo: another photo comes without one, and the same photo gets it back
 * after a reload of this tab. Most visits have none: what does the work (mask-keeper.ts) comes with the first.
 */
export class Masks {
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
    /** Lives as long as the tab; null where there is none. */
    private readonly storage: () => Storage | null,
  ) {
    this.unsubscribe = store.subscribe((now, before) => {
      for (const side of SIDES) {
        const { photo } = now.photos[side];
        if (!photo || photo === before.photos[side].photo || photo === before.photos[otherSide(side)].photo) continue;
        if (this.hasKept()) void this.run((keeper) => keeper.recall(side, photo.file));
      }
    });
  }

  /** Puts a mask on a photo, or takes it away. A mask that leaves nothing out is none. */
  set(side: Side, named: NamedMask | null): Promise<void> {
    return this.run((keeper) => keeper.set(side, named));
  }

  /** Reads a picture as the mask of a photo. What cannot be one becomes a notice, and the photo keeps the mask it has. */
  openFile(side: Side, file: File): Promise<void> {
    return this.run((keeper) => keeper.openFile(side, file));
  }

  /** A mask as a PNG, white where the photo counts. */
  save(mask: PhotoMask): Promise<Blob> {
    return this.link.call('saveMask', { mask });
  }

  /** The masks among dropped files, by their names; they are put on the photos that are then open. */
  take(files: File[]): { rest: File[]; after: () => Promise<void> } {
    const masks = files.filter(({ name }) => MASK_NAME.test(name));
    const after = async () => {
      if (masks.length > 0) await this.run((keeper) => keeper.place(masks));
    };
    return { rest: files.filter((file) => !masks.includes(file)), after };
  }

  /** Gives a fresh engine the masks that the page holds. */
  async restore(call: EngineCall): Promise<void> {
    const { masks, photos } = this.store.getState();
    for (const side of SIDES) {
      const named = masks[side];
      if (named && photos[side].photo) await call('setMask', { side, mask: named.mask });
    }
  }

  /** Masks of a shared match, whose photos have just been opened. */
  show(masks: Partial<Record<Side, PhotoMask | null>>): Promise<void> {
    return this.run((keeper) => keeper.show(masks));
  }

  dispose(): void {
    this.unsubscribe();
  }

  private hasKept(): boolean {
    try {
      return this.storage()?.getItem(ANY_KEPT) === 'yes';
    } catch {
      // A sandboxed page has no storage.
      return false;
    }
  }

  private async run(work: (keeper: MaskKeeper) => Promise<void>): Promise<void> {
    try {
      const { MaskKeeper: Keeper } = await import('./mask-keeper.ts');
      await work(new Keeper(this.store, this.link, this.notices, this.storage));
    } catch (thrown) {
      this.notices.report(partMissing(thrown));
    }
  }
}
