import { isCancelled } from '../../../../core/errors.ts';
import type { Side } from '../../../../core/geometry.ts';
import { isMaskNameOf, maskOfText, maskShare, maskText, type PhotoMask } from '../../../../core/mask.ts';
import type { Notices } from '../../../../platform/page/notices.ts';
import type { EngineLink } from '../engine-link.ts';
import type { MatchStore } from '../store.ts';
import type { MatchState } from '../types.ts';
import { ANY_KEPT, type NamedMask } from './named-mask.ts';

const SIDES: readonly Side[] = ['a', 'b'];
const KEY = `${ANY_KEPT}:`;
/** Of a photo's beginning and end: enough to know it again. */
const DIGESTED_BYTES = 65_536;
/** Longer texts are not kept over a reload: a browser gives 5 MB to all of a page's. */
const MAX_KEPT_TEXT = 2 ** 20;

/** What {@link Masks} does, loaded when the first mask is met. */
export class MaskKeeper {
  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
    private readonly storage: () => Storage | null,
  ) {}

  /** Puts a mask on a photo, or takes it away. A mask that leaves nothing out is none. */
  async set(side: Side, named: NamedMask | null): Promise<void> {
    const kept = named && maskShare(named.mask) < 1 ? named : null;
    const { photo } = this.store.getState().photos[side];
    if (!photo) return;
    this.put(side, kept);
    void this.remember(photo.file, kept);
    try {
      const result = await this.link.call('setMask', { side, mask: kept?.mask ?? null });
      // A match that was begun before the mask was told may have ended meanwhile: this one is of after it.
      if (result && this.store.getState().photos[side].photo === photo) this.store.setState({ result });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.notices.report(thrown);
    }
  }

  /** Reads a picture as the mask of a photo. What cannot be one becomes a notice, and the photo keeps the mask it has. */
  async openFile(side: Side, file: File): Promise<void> {
    try {
      const mask = await this.link.call('openMask', { side, file, name: file.name });
      await this.set(side, { mask, name: file.name });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.notices.report(thrown);
    }
  }

  /** A mask as a PNG, white where the photo counts. */
  save(mask: PhotoMask): Promise<Blob> {
    return this.link.call('saveMask', { mask });
  }

  /** Puts dropped masks on the photos that they are named after. */
  async place(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const { photos } = this.store.getState();
      const side = SIDES.find((one) => isMaskNameOf(file.name, photos[one].photo?.name ?? ''));
      if (side) await this.openFile(side, file);
      else this.notices.add('error', nobodysMask(file.name));
    }
  }

  /** Masks of a shared match, whose photos have just been opened. */
  async show(masks: Partial<Record<Side, PhotoMask | null>>): Promise<void> {
    for (const side of SIDES) {
      const mask = masks[side] ?? null;
      this.put(side, mask && { mask, name: 'of the share file' });
      await this.link.call('setMask', { side, mask });
    }
  }

  private put(side: Side, named: NamedMask | null): void {
    this.store.setState(({ masks }): Partial<MatchState> => ({ masks: { ...masks, [side]: named } }));
  }

  private async remember(file: Blob, named: NamedMask | null): Promise<void> {
    try {
      const key = await keyOf(file);
      const text = named && JSON.stringify({ name: named.name, mask: maskText(named.mask) });
      if (text && text.length <= MAX_KEPT_TEXT) {
        this.storage()?.setItem(key, text);
        this.storage()?.setItem(ANY_KEPT, 'yes');
      } else this.storage()?.removeItem(key);
    } catch {
      // Storage that is full or forbidden: the mask lasts as long as the page.
    }
  }

  /** Puts back on a photo what this tab kept for it. */
  async recall(side: Side, file: Blob): Promise<void> {
    try {
      const text = this.storage()?.getItem(await keyOf(file));
      const { name, mask: runs } = JSON.parse(text ?? '{}') as { name?: unknown; mask?: unknown };
      const mask = typeof runs === 'string' ? maskOfText(runs) : null;
      const { photos, masks } = this.store.getState();
      if (!mask || masks[side] || photos[side].photo?.file !== file) return;
      await this.set(side, { mask, name: typeof name === 'string' ? name.slice(0, 200) : 'mask' });
    } catch {
      // As above; and what somebody else wrote there is no mask.
    }
  }
}

async function keyOf(file: Blob): Promise<string> {
  const ends = [file.slice(0, DIGESTED_BYTES), file.slice(-DIGESTED_BYTES)];
  const bytes = await new Blob(ends).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `${KEY}${file.size}-${Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

const nobodysMask = (name: string) => ({
  code: 'mask-nobodys',
  message: `“${name}” is a mask by its name, but no open photo has the name before “.mask”.`,
  remedy: 'Name it after its photo, as in left.mask.png for left.jpg, or choose it under “Masks”.',
});
