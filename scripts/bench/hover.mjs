import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** Four encoders on the same photos, at the size that L2M's figures use. */
const QUERY = 'page=compare&sample=facade&ep=wasm&size=128&rescue=0&compare.tab=similarity&compare.size=518';
const ENCODERS = 4;

/**
 * Milliseconds from the pointer's event to the last of four encoders' heat maps drawn, on the built app; and those of an
 * empty frame in the same page. Encoders run on WASM and compare on the processor: the slower path.
 *
 * @param browser Playwright's
 * @param root the repository
 * @returns {Promise<{hover: number[], frame: number[]}>}
 */
export async function benchHover(browser, root, moves) {
  const outDir = mkdtempSync(join(tmpdir(), 'liftmatch-bench-'));
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 0 } });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`http://localhost:${server.httpServer.address().port}/?${QUERY}`);
    const shown = '.compare-column[data-shows="similarity"][aria-busy="false"]:not([data-encoder="original"])';
    await page.locator(shown).first().waitFor();
    // The default is three columns; the fourth is whatever comes next in the list.
    await page.getByRole('button', { name: 'Encoder', exact: true }).click();
    await page
      .locator(shown)
      .nth(ENCODERS - 1)
      .waitFor();
    // The matcher's first match of this page must not share the processor with what is measured.
    await page.waitForFunction(() => window.liftMatch.store.getState().result !== null, null, { timeout: 120_000 });
    const times = await page.evaluate(measureInPage, moves);
    await page.close();
    return times;
  } finally {
    await server.close();
    rmSync(outDir, { recursive: true });
  }
}

/** Runs in the page. */
async function measureInPage(moves) {
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const photos = document.querySelector('.compare-column[data-encoder="original"] .compare-maps');
  const maps = [...document.querySelectorAll('.compare-column:not([data-encoder="original"]) .compare-maps')];
  const box = photos.getBoundingClientRect();
  const move = (x, y) => {
    const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
    photos.dispatchEvent(new PointerEvent('pointermove', { ...at, bubbles: true, pointerId: 1, pointerType: 'mouse' }));
  };
  const [hover, frame] = [[], []];
  for (let i = 0; i < moves; i++) {
    const before = maps.map((map) => map.dataset.drawn);
    await nextFrame();
    const start = performance.now();
    // Far enough from the last that every encoder, however coarse, has another place under it.
    move(0.1 + 0.8 * ((i * 0.37) % 1), 0.05 + 0.4 * ((i * 0.61) % 1));
    await new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (maps.some((map, m) => map.dataset.drawn === before[m])) return;
        observer.disconnect();
        resolve();
      });
      for (const map of maps) observer.observe(map, { attributes: true, attributeFilter: ['data-drawn'] });
    });
    hover.push(performance.now() - start);
    await nextFrame();
    const empty = await nextFrame();
    frame.push((await nextFrame()) - empty);
  }
  return { hover, frame };
}
