import type { Point, Rect, Size } from '../../../../core/geometry.ts';
import { maskBytes, maskOf, type PhotoMask } from '../../../../core/mask.ts';

/** Longer side of a mask that is painted, pixels; one that was opened keeps its own. */
export const PAINTED_SIDE = 1024;
const MAX_UNDO = 60;

/** The size at which a photo's mask is painted. */
export function paintedSize({ width, height }: Size): Size {
  const scale = Math.min(1, PAINTED_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * A mask that is being painted, with every step undone and redone. Places are unit coordinates of the photo; what is drawn is
 * kept here, not on a canvas, whose pixels some browsers hide.
 */
export class MaskPainting {
  /** [h, w] 1 where the photo counts. */
  private inside: Uint8Array<ArrayBuffer>;
  private undone: PhotoMask[] = [];
  private done: PhotoMask[] = [];
  readonly size: Size;

  /** On the mask that is there, or on a photo of which all counts. */
  constructor(size: Size, mask: PhotoMask | null) {
    this.size = mask ? { width: mask.width, height: mask.height } : size;
    this.inside = mask ? maskBytes(mask) : new Uint8Array(size.width * size.height).fill(1);
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Bytes [h, w], 1 where the photo counts. The caller leaves them as they are. */
  get bytes(): Uint8Array {
    return this.inside;
  }

  get mask(): PhotoMask {
    return maskOf(this.size, this.inside);
  }

  /** What is painted from here on is undone as one step. */
  begin(): void {
    this.done.push(this.mask);
    if (this.done.length > MAX_UNDO) this.done.shift();
    this.undone = [];
  }

  /**
   * A round brush drawn from one place to another.
   * @param radius as a share of the photo's longer side
   * @param counts what the places become
   * @returns the pixels that may have changed
   */
  stroke(from: Point, to: Point, radius: number, counts: boolean): Rect {
    const { width, height } = this.size;
    const reach = Math.max(0.5, radius * Math.max(width, height));
    const [a, b] = [from, to].map(({ x, y }) => ({ x: x * width, y: y * height }));
    const along = { x: b.x - a.x, y: b.y - a.y };
    const length2 = along.x ** 2 + along.y ** 2;
    const rect = this.within(
      Math.min(a.x, b.x) - reach,
      Math.min(a.y, b.y) - reach,
      Math.max(a.x, b.x) + reach,
      Math.max(a.y, b.y) + reach,
    );
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        const [dx, dy] = [x + 0.5 - a.x, y + 0.5 - a.y];
        const t = length2 > 0 ? Math.min(1, Math.max(0, (dx * along.x + dy * along.y) / length2)) : 0;
        if ((dx - t * along.x) ** 2 + (dy - t * along.y) ** 2 <= reach * reach) {
          this.inside[y * width + x] = counts ? 1 : 0;
        }
      }
    }
    return rect;
  }

  /** Fills a polygon by the even-odd rule. Returns the pixels that may have changed. */
  polygon(corners: readonly Point[], counts: boolean): Rect {
    const { width, height } = this.size;
    const xs = corners.map(({ x }) => x * width);
    const ys = corners.map(({ y }) => y * height);
    const rect = this.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      const crossings: number[] = [];
      for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
        const [low, high] = [ys[i] - (y + 0.5), ys[j] - (y + 0.5)];
        if (low < 0 !== high < 0) crossings.push(xs[i] + ((xs[j] - xs[i]) * low) / (low - high));
      }
      crossings.sort((p, q) => p - q);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const start = Math.max(0, Math.ceil(crossings[i] - 0.5));
        const end = Math.min(width, Math.ceil(crossings[i + 1] - 0.5));
        if (end > start) this.inside.fill(counts ? 1 : 0, y * width + start, y * width + end);
      }
    }
    return rect;
  }

  /** What counted is left out, and the other way round. */
  invert(): void {
    this.begin();
    for (let i = 0; i < this.inside.length; i++) this.inside[i] ^= 1;
  }

  /** All of the photo counts, or nothing of it. */
  fill(counts: boolean): void {
    this.begin();
    this.inside.fill(counts ? 1 : 0);
  }

  undo(): void {
    const mask = this.done.pop();
    if (!mask) return;
    this.undone.push(this.mask);
    this.inside = maskBytes(mask);
  }

  redo(): void {
    const mask = this.undone.pop();
    if (!mask) return;
    this.done.push(this.mask);
    this.inside = maskBytes(mask);
  }

  private within(left: number, top: number, right: number, bottom: number): Rect {
    const { width, height } = this.size;
    const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
    return {
      x,
      y,
      width: Math.max(0, Math.min(width, Math.ceil(right)) - x),
      height: Math.max(0, Math.min(height, Math.ceil(bottom)) - y),
    };
  }
}
