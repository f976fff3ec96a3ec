import type { Side, Size } from '../../../core/geometry.ts';
import type { FrameFacts, LiftDisplay } from '../contract/api.ts';
import type { LiftSettings } from '../contract/settings.ts';
import type { LiftLink } from './link.ts';

/** What a frame is made from. */
export interface WantedFrame {
  settings: LiftSettings;
  seed: number;
  display: LiftDisplay;
  theme: 'light' | 'dark';
}

interface FramesOptions {
  link: LiftLink;
  /** The present wish; null where nothing can be rendered. */
  wanted: () => WantedFrame | null;
  onFrame: (facts: FrameFacts) => void;
  /** Both views are as wished, and nothing is on its way. */
  onRest: () => void;
  onError: (thrown: unknown) => void;
}

/** Keeps what the worker draws in step with the wishes: one message on its way, always the newest one next. */
export class Frames {
  private readonly sizes: Partial<Record<Side, Size>> = {};
  private readonly unsent = new Set<Side>();
  private isSending = false;
  /** What the worker's present frame was made from. */
  private rendered: Pick<WantedFrame, 'settings' | 'seed'> | null = null;
  private shown: Pick<WantedFrame, 'display' | 'theme'> | null = null;

  constructor(private readonly options: FramesOptions) {}

  /** Device pixels of a pane's canvas. */
  resize(side: Side, size: Size): void {
    this.sizes[side] = size;
    this.unsent.add(side);
    this.update();
  }

  /** The worker is another one: it knows nothing. */
  forget(): void {
    for (const side of ['a', 'b'] as const) if (this.sizes[side]) this.unsent.add(side);
    this.rendered = null;
    this.shown = null;
  }

  /** Photo or depth is another one: the same settings mean another picture. */
  invalidate(): void {
    this.rendered = null;
    this.update();
  }

  /** Sends what differs from what the worker shows. */
  update(): void {
    if (!this.isSending && this.options.wanted()) void this.send();
  }

  private async send(): Promise<void> {
    this.isSending = true;
    for (let wanted = this.options.wanted(); wanted; wanted = this.options.wanted()) {
      try {
        if (await this.sendOne(wanted)) continue;
        this.options.onRest();
        break;
      } catch (thrown) {
        // What failed is not sent again; a newer wish is.
        this.options.onError(thrown);
      }
    }
    this.isSending = false;
  }

  /** False where the worker has everything. */
  private async sendOne({ settings, seed, display, theme }: WantedFrame): Promise<boolean> {
    const { link } = this.options;
    const [side] = this.unsent;
    if (side) {
      this.unsent.delete(side);
      await link.call('resize', { side, size: this.sizes[side]! });
      return true;
    }
    if (this.shown?.display !== display || this.shown.theme !== theme) {
      this.shown = { display, theme };
      await link.call('show', { display, theme });
      return true;
    }
    if (this.rendered?.settings !== settings || this.rendered.seed !== seed) {
      const rendered = { settings, seed };
      this.rendered = rendered;
      const facts = await link.call('render', { settings, seed });
      // Forgotten meanwhile: this was a picture of another photo.
      if (this.rendered === rendered) this.options.onFrame(facts);
      return true;
    }
    return false;
  }
}
