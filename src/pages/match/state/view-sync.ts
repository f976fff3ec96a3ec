import type { Size } from '../../../core/geometry.ts';
import type { ViewSettings } from '../contract/view.ts';
import type { EngineLink } from './engine-link.ts';
import type { Notices } from '../../../platform/page/notices.ts';
import type { MatchStore } from './store.ts';
import { resolveTheme } from '../../../platform/page/theme.ts';

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
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
  ) {
    this.unsubscribe = store.subscribe((now, before) => {
      const isSame =
        now.view === before.view &&
        now.reducedMotion === before.reducedMotion &&
        resolveTheme(now) === resolveTheme(before);
      if (!isSame) this.invalidate();
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
    return { settings: state.reducedMotion ? stillSettings(state.view) : state.view, theme: resolveTheme(state) };
  }
}

/** For people who prefer less motion: flicker stands still, and the amount decides which of the two photos it shows. */
function stillSettings(view: ViewSettings): ViewSettings {
  if (view.compareMode !== 'flicker') return view;
  return { ...view, compareMode: 'blend', amount: view.amount < 0.5 ? 0 : 1 };
}
