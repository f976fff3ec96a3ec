import type { Size } from '../shared/geometry.ts';
import type { ViewSettings } from '../shared/view.ts';
import type { EngineLink } from './engine-link.ts';
import type { Notices } from './notices.ts';
import type { WorkspaceStore } from './store.ts';
import { resolveTheme } from './theme.ts';
import type { WorkspaceState } from './types.ts';

/** Half a flicker period: long enough to see each photo, short enough to see what moves. */
const FLICKER_MS = 650;

interface Stage {
  stage: Size;
  pixelRatio: number;
}

/** Keeps what the engine draws in step with the state: one message on its way, always the latest settings. */
export class ViewSync {
  private stage: Stage | null = null;
  private isStageSent = false;
  private isSending = false;
  private isDirty = false;
  private flicker: { timer: ReturnType<typeof setInterval>; showsB: boolean } | null = null;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: WorkspaceStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
  ) {
    this.unsubscribe = store.subscribe((now, before) => {
      if (now.view !== before.view || resolveTheme(now) !== resolveTheme(before)) this.invalidate();
      if (isFlickering(now) !== isFlickering(before)) this.toggleFlicker(isFlickering(now));
      // What changed while the engine was starting, after it had been told everything.
      if (now.engine.status !== before.engine.status && this.isDirty) this.invalidate();
    });
  }

  /** The stage's size in CSS pixels and the device pixels per CSS pixel. */
  resize(stage: Stage): void {
    this.stage = stage;
    this.isStageSent = false;
    this.invalidate();
  }

  /** Tells a fresh engine everything. */
  async restore(call: EngineLink['call']): Promise<void> {
    this.isDirty = false;
    if (this.stage) await call('resize', this.stage);
    await call('view', this.frame());
    this.isStageSent = this.stage !== null;
  }

  dispose(): void {
    this.unsubscribe();
    this.toggleFlicker(false);
  }

  private invalidate(): void {
    this.isDirty = true;
    if (!this.isSending && this.store.getState().engine.status === 'ready') void this.send();
  }

  private async send(): Promise<void> {
    this.isSending = true;
    try {
      while (this.isDirty) {
        this.isDirty = false;
        if (!this.isStageSent && this.stage) {
          this.isStageSent = true;
          await this.link.call('resize', this.stage);
        }
        await this.link.call('view', this.frame());
      }
    } catch (thrown) {
      this.notices.report(thrown);
    } finally {
      this.isSending = false;
    }
  }

  private frame(): { settings: ViewSettings; theme: 'light' | 'dark' } {
    const state = this.store.getState();
    const settings = this.flicker ? { ...state.view, amount: this.flicker.showsB ? 1 : 0 } : state.view;
    return { settings, theme: resolveTheme(state) };
  }

  private toggleFlicker(isOn: boolean): void {
    if (this.flicker) clearInterval(this.flicker.timer);
    this.flicker = isOn ? { showsB: true, timer: setInterval(() => this.flick(), FLICKER_MS) } : null;
    this.invalidate();
  }

  private flick(): void {
    if (!this.flicker) return;
    this.flicker.showsB = !this.flicker.showsB;
    this.invalidate();
  }
}

/** Flicker runs by itself unless the person prefers less motion; then the amount decides which photo is seen. */
const isFlickering = ({ view, reducedMotion, result }: WorkspaceState) =>
  result !== null && view.view === 'compare' && view.compareMode === 'flicker' && !reducedMotion;
