import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { type AppWindow, engine, stagePicture, watchErrors } from '../app.ts';
import { showApp, test } from '../one-page.ts';
import { changedShare } from '../pictures.ts';
import { poseError } from '../../src/geometry/measures.ts';
import { parsePly } from '../../src/formats/matches/ply.test-helper.ts';

const section = (page: Page) => page.locator('.geometry');

/** Waits until the fit of this model is there and nothing runs, and gives what the page knows of it. */
async function fitted(page: Page, model: string) {
  await page.waitForFunction((wanted) => {
    const { job, fit } = (window as unknown as AppWindow).liftMatch.store.getState().geometry;
    return job === null && fit?.model === wanted;
  }, model);
  return page.evaluate(() => {
    const { fit } = (window as unknown as AppWindow).liftMatch.store.getState().geometry;
    const { matches, inliers, ...facts } = fit!;
    return { ...facts, count: matches.count, inlierCount: inliers.reduce((sum, one) => sum + one, 0) };
  });
}

/** Share of the stage's pixels that are nearly this colour. */
async function shareOf(page: Page, [r, g, b]: readonly [number, number, number]): Promise<number> {
  const base64 = (await stagePicture(page)).toString('base64');
  return page.evaluate(
    async ({ base64: picture, color }) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let near = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (color.every((value, c) => Math.abs(data[i + c] - value) < 30)) near++;
      }
      return (4 * near) / data.length;
    },
    { base64, color: [r, g, b] },
  );
}

/** Of the sample's cameras in scripts/samples/scenes/index.ts. */
const TRUE_FOV = { a: 48, b: 50 };
const TRUE_POSE = {
  rotation: [0.95868, -0.09211, 0.26915, 0.08593, 0.9957, 0.03467, -0.27118, -0.01011, 0.96247],
  translation: [-0.44719, -0.05341, -0.0963],
};

const BLUE = [41, 158, 255] as const;

test('a model is fitted, drawn by, changed and triangulated without running the matcher', async ({ page }) => {
  const errors = watchErrors(page);
  await showApp(page, '?sample=still-life&ep=wasm&size=256&rescue=0&style=points');
  await engine(page, 'diagnostics', { reset: true });
  const before = await shareOf(page, BLUE);

  await section(page).getByText('Geometry').click();
  const plane = await fitted(page, 'homography');
  expect(plane.matrix[8]).toBe(1);
  expect(plane.inlierCount / plane.count).toBeCloseTo(plane.inlierRatio, 6);
  await expect(section(page)).toContainText(/Is this right\?.*% of [\d,]+ matches fit · they cover \d+ % of A/);
  expect(await shareOf(page, BLUE)).toBeGreaterThan(before + 0.001);
  await expect(page).toHaveURL(/color=inliers.*fit=homography/);

  // B on A's plane, and both whole on one canvas.
  const matches = await stagePicture(page);
  await section(page).getByRole('button', { name: 'Panorama' }).click();
  await expect(page.getByRole('tab', { name: /Compare/ })).toHaveAttribute('aria-selected', 'true');
  const panorama = await stagePicture(page);
  await section(page).getByRole('button', { name: 'B on A' }).click();
  const overlay = await stagePicture(page);
  expect(panorama.equals(matches) || panorama.equals(overlay)).toBe(false);

  // Another model: lines for the probe, at once.
  await page.keyboard.press('3');
  await section(page).getByText('E matrix').click();
  const assumed = await fitted(page, 'essential');
  expect(assumed.cameras!.intrinsics.a.source).toBe('assumed');
  const stage = (await page.locator('.stage').boundingBox())!;
  await page.mouse.move(stage.x + 0.2 * stage.width, stage.y + 0.5 * stage.height);
  await expect(page.locator('[data-epipolar] .epipolar-line')).toHaveCount(2);

  // The fields of view that the sample was rendered with bring its true cameras.
  await section(page).getByLabel('Photo A, degrees').fill(String(TRUE_FOV.a));
  await section(page).getByLabel('Photo B, degrees').fill(String(TRUE_FOV.b));
  await expect
    .poll(async () => (await fitted(page, 'essential')).cameras!.intrinsics)
    .toMatchObject({ a: { source: 'set', fov: TRUE_FOV.a }, b: { source: 'set', fov: TRUE_FOV.b } });
  expect(poseError((await fitted(page, 'essential')).cameras!, TRUE_POSE)).toBeLessThan(2);

  // The cameras draw depth; without them the view says what is missing, and fits them when asked.
  await page.getByRole('tab', { name: /Depth/ }).click();
  await expect(page.locator('.legend.ramp')).toContainText('Depth before A');
  const depth = await stagePicture(page);
  await section(page).getByText('Homography', { exact: true }).click();
  await fitted(page, 'homography');
  await expect(page.locator('.legend')).toContainText('fit an essential matrix');
  expect((await stagePicture(page)).equals(depth)).toBe(false);
  await page.getByRole('button', { name: 'Fit the cameras' }).click();
  await fitted(page, 'essential');
  await expect(page.locator('.legend.ramp')).toContainText('Depth before A');
  expect(changedShare(await stagePicture(page), depth)).toBeLessThan(0.001);

  await section(page).getByRole('button', { name: 'Make points' }).click();
  await expect(section(page).locator('[data-cloud]')).toBeVisible();
  const count = Number(await section(page).locator('[data-cloud]').getAttribute('data-cloud'));
  expect(count).toBeGreaterThan(200);

  const download = page.waitForEvent('download');
  await section(page).getByRole('button', { name: 'Save PLY' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/-points\.ply$/);
  const cloud = parsePly(readFileSync(await file.path()));
  expect(cloud.positions).toHaveLength(3 * count);
  expect(cloud.comments.join('\n')).toContain('units: 1 = distance between the cameras');
  expect(cloud.positions.filter((_, i) => i % 3 === 2).every((depth) => depth > 0)).toBe(true);
  expect(new Set(cloud.colors).size).toBeGreaterThan(50);

  await section(page).getByRole('button', { name: 'View in 3-D' }).click();
  const viewer = page.getByRole('application', { name: /Point cloud/ });
  await expect(viewer.locator('canvas')).toHaveAttribute('data-drawn-by', 'webgpu');
  await page.waitForTimeout(300);
  const front = await viewer.screenshot();
  await viewer.press('ArrowRight');
  await viewer.press('ArrowRight');
  await expect.poll(async () => (await viewer.screenshot()).equals(front)).toBe(false);

  expect(await engine(page, 'diagnostics', {})).toMatchObject({ modelRuns: 0 });
  errors.check();
});
