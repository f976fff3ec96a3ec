import { CodedError } from '../../../../core/errors.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { PhotoMask } from '../../../../core/mask.ts';
import type { Verdict } from '../../../../core/match.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import type { ShownMatch } from './shown-match.ts';
import type { Stage } from './stage.ts';

/** Correspondences that are drawn at most where the verdict is “no common scene”. */
const MATCHES_OF_UNRELATED = 30;

/** How many lines a match may be drawn with; null: not judged yet. */
export const linesOf = (verdict: Verdict | null): number =>
  !verdict || verdict.kind === 'none' ? MATCHES_OF_UNRELATED : Infinity;

/** What the engine shows at the moment of a call. */
export interface ShownScene {
  photos: Record<Side, Photo>;
  shown: ShownMatch;
  /** Null where nothing is drawn. */
  stage: Stage | null;
}

/** The photos that are open, the match between them, and the stage that shows both. It owns photos and match. */
export class MatchScene {
  /** Draws by WebGPU, or on a 2D canvas where the browser has none; null without a canvas. */
  stage: Stage | null = null;
  shown: ShownMatch | null = null;
  readonly photos: Partial<Record<Side, Photo>> = {};

  /** @throws CodedError `photo-missing` */
  bothPhotos(message: string): Record<Side, Photo> {
    const { a, b } = this.photos;
    if (!a || !b) throw new CodedError('photo-missing', message, 'Choose the missing one.');
    return { a, b };
  }

  /** What there is to read of the match. Throws an error of this code where there is none. */
  require(code: string, message: string): ShownScene {
    const { shown, stage, photos } = this;
    if (!shown || !photos.a || !photos.b) {
      throw new CodedError(code, message, 'Open two photos and wait for their match.');
    }
    return { shown, stage, photos: { a: photos.a, b: photos.b } };
  }

  /** A new photo makes the match that was shown meaningless. Returns the photo that left, which is closed. */
  replacePhoto(side: Side, photo: Photo | null): Photo | null {
    const old = this.photos[side] ?? null;
    void this.stage?.show(null);
    this.setMatch(null);
    this.putPhoto(side, photo);
    old?.close();
    return old;
  }

  /** A becomes B, and the match is read the other way round. */
  async swap(): Promise<void> {
    const { a = null, b = null } = this.photos;
    this.putPhoto('a', b);
    this.putPhoto('b', a);
    this.shown = this.shown?.swapped() ?? null;
    await this.show();
  }

  /** Takes the match over; the one before is freed. */
  setMatch(match: ShownMatch | null): void {
    this.shown?.dispose();
    this.shown = match;
  }

  /** What counts of a photo from now on; the match that is shown is masked anew. */
  async setMask(side: Side, mask: PhotoMask | null): Promise<void> {
    const photo = this.photos[side];
    if (!photo) throw new CodedError('photo-missing', 'There is no photo for this mask.', 'Choose the photo first.');
    photo.mask = mask;
    if (!this.shown) return;
    this.shown = await this.shown.remasked({ a: this.photos.a?.mask ?? null, b: this.photos.b?.mask ?? null });
    await this.show();
  }

  /** A photo with its match in place of those that are shown, at one go. Returns the photo that left. */
  async replaceMatched(side: Side, photo: Photo, match: ShownMatch): Promise<Photo | null> {
    const old = this.photos[side] ?? null;
    const before = this.shown;
    this.shown = match;
    this.putPhoto(side, photo);
    await this.show();
    before?.dispose();
    return old;
  }

  /** Puts the present match on the stage, or takes the last one away. */
  async show(): Promise<void> {
    await this.stage?.show(this.shown);
    this.limitMatches();
  }

  /** Photos without a common scene get a few lines to look at, not thousands that mean nothing. */
  limitMatches(): void {
    if (this.shown) this.stage?.limitMatches(linesOf(this.shown.result.verdict));
  }

  private putPhoto(side: Side, photo: Photo | null): void {
    if (photo) this.photos[side] = photo;
    else delete this.photos[side];
    this.stage?.setPhoto(side, photo);
  }
}
