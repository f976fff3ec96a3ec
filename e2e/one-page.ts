import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { DEFAULT_GEOMETRY } from '../src/pages/match/state/geometry/geometry-state.ts';
import { type AddressState, parseAddress } from '../src/pages/match/state/address/url.ts';
import { type AppWindow, matched as waitForMatch, openApp } from './app.ts';

/**
 * Tests of what is done with a match, on one page that stays open: the app starts and matches once, not once a test.
 * Whoever tests how the page starts takes Playwright's own `test` and a page of its own.
 */
export const test = base.extend<{ context: BrowserContext; page: Page }, { kept: KeptPage }>({
  kept: [
    async ({ browser }, use, { project }) => {
      const { baseURL, viewport, serviceWorkers } = project.use;
      const context = await browser.newContext({ baseURL, viewport, serviceWorkers });
      const kept = new KeptPage(context, await context.newPage(), viewport!);
      await use(kept);
      await context.close();
    },
    { scope: 'worker' },
  ],
  context: ({ kept }, use) => use(kept.context),
  page: async ({ kept }, use) => {
    keptPages.set(kept.page, kept);
    await use(kept.page);
    await kept.tidy();
  },
});

const keptPages = new WeakMap<Page, KeptPage>();

/**
 * The page as its address opens it. The app that is there opens other photos and settings; it starts anew only where its
 * engine is another than a fresh one would be.
 */
export async function showApp(page: Page, query: string): Promise<void> {
  await keptPages.get(page)!.show(query);
}

class KeptPage {
  private opened = '';
  /** What the app said of its photos and its match right after it started. */
  private state = '';
  /** Titles of the sections that are open in a fresh app. */
  private unfolded: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly viewport: { width: number; height: number },
  ) {}

  async show(query: string): Promise<void> {
    const { view, pins, geometry, ...matched } = parseAddress(query);
    const wanted = JSON.stringify(matched);
    if (wanted === this.opened && (await this.matchedState()) === this.state) {
      const shown = { view, geometry: { ...DEFAULT_GEOMETRY, ...geometry }, probe: null, page: 'match' };
      await this.page.evaluate(
        ([state, places]) => {
          const { store, probing } = (window as unknown as AppWindow).liftMatch;
          store.setState(state);
          probing.setPins(places);
        },
        [shown, pins] as const,
      );
      await expect(this.page.locator('#stage canvas')).toBeVisible();
      return;
    }
    await this.forget();
    if (await this.isUsable(matched.settings.provider)) {
      await this.reopen(query);
    } else {
      await openApp(this.page, query);
      this.unfolded = await this.page.evaluate(unfoldedSections);
    }
    [this.opened, this.state] = [wanted, await this.matchedState()];
  }

  /** Opens in the app what its address would. */
  private async reopen(query: string): Promise<void> {
    await this.page.evaluate(
      async ([address, geometry]) => {
        const { liftMatch } = window as unknown as AppWindow;
        liftMatch.store.setState({ geometry, masks: { a: null, b: null }, probe: null });
        await liftMatch.open(address as AddressState);
      },
      [parseAddress(query), DEFAULT_GEOMETRY] as const,
    );
    await waitForMatch(this.page);
    await this.page.evaluate(foldSections, this.unfolded);
  }

  /** Whether the app is there with its first engine, of this provider. */
  private async isUsable(provider: string): Promise<boolean> {
    if (!(await this.isApp())) return false;
    return this.page.evaluate((wanted) => {
      const { engine, settings } = (window as unknown as AppWindow).liftMatch.store.getState();
      return engine.status === 'ready' && engine.epoch === 0 && settings.provider === wanted;
    }, provider);
  }

  /** Takes away what a test leaves: notices, dialogs, a pointer over the stage, wishes of the system. */
  async tidy(): Promise<void> {
    const { page } = this;
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.setViewportSize(this.viewport);
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    await this.context.clearPermissions();
    if (!(await this.isApp())) return;
    for (let tries = 0; tries < 3 && (await page.locator('dialog[open]').count()) > 0; tries++)
      await page.keyboard.press('Escape');
    const dismiss = page.locator('.notice').getByRole('button', { name: 'Dismiss' });
    while ((await dismiss.count()) > 0) await dismiss.first().click();
    await page.mouse.move(0, 0);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  }

  /** Photos, settings of the match, worker and match; '' where the page is not the app. */
  private async matchedState(): Promise<string> {
    if (!(await this.isApp())) return '';
    return this.page.evaluate(() => {
      const { photos, settings, masks, engine, result, job } = (
        window as unknown as AppWindow
      ).liftMatch.store.getState();
      const sides = [photos.a, photos.b].map(({ photo, opening }) => [photo?.name, photo?.source, opening ?? null]);
      return JSON.stringify([sides, settings, masks, engine.epoch, engine.status, result, job]);
    });
  }

  private isApp(): Promise<boolean> {
    return this.page.evaluate(() => 'liftMatch' in window);
  }

  /** What the app keeps between visits. */
  private async forget(): Promise<void> {
    if (!(await this.isApp())) return;
    await this.page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  }
}

const unfoldedSections = () =>
  [...document.querySelectorAll<HTMLDetailsElement>('details[open]')].map((one) => one.firstElementChild!.textContent);

function foldSections(unfolded: (string | null)[]): void {
  for (const section of document.querySelectorAll('details'))
    section.open = unfolded.includes(section.firstElementChild!.textContent);
}
