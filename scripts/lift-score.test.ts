import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CpuRenderer } from '../src/pages/lift/worker/drawing/cpu-renderer.ts';
import { DepthSources } from '../src/pages/lift/worker/depth/depth-sources.ts';
import type { ViewMatcher } from '../src/matching/scoring/view-matchers.ts';
import { measure } from '../src/matching/scoring/measure.ts';
import { Scenes } from '../src/pages/lift/worker/scenes.ts';
import { DEFAULT_LIFT, type LiftSettings } from '../src/pages/lift/contract/settings.ts';
import { loadMatcher } from './node/load-matcher.ts';
import { FilePhoto } from './node/photo.ts';
import { ROOT } from './node/tools.mjs';

const none = () => Promise.reject(new Error('no network here'));

describe('the embedded model on views of a sample photo', () => {
  let pair: ViewMatcher;
  beforeAll(async () => (pair = (await loadMatcher('embedded')) as unknown as ViewMatcher));

  /** Score of the view with this motion, at a small size. */
  async function scoreOf(motion: LiftSettings['motion']) {
    const photo = await FilePhoto.open(join(ROOT, 'public/samples/valley/a.jpg'));
    const depth = await new DepthSources({ depth: none }).open({ kind: 'estimate' }, photo, { onNetwork: () => {} });
    const render = { ...DEFAULT_LIFT.render, longSide: 320 };
    const settings: LiftSettings = { ...DEFAULT_LIFT, motion, render };
    const scene = await new Scenes({ skyKey: none, skyMap: none }).get(photo, depth, settings);
    const renderer = new CpuRenderer(null, { inpaint: none });
    await renderer.render({ scene, settings, seed: 1 });
    const views = (await renderer.pin())!;
    const { score } = await measure(pair, views, { longSide: 256 });
    return score;
  }

  test('the photo against itself is matched within a pixel or two; a strong turn is not', async () => {
    const still = await scoreOf({ rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 });
    expect(still.epe).toBeLessThan(2);
    expect(still.pck[2]).toBeGreaterThan(0.95);
    const turned = await scoreOf({ rotation: [0, 0, 70], translation: [0.3, 0, 0], zoom: 1 });
    expect(turned.epe).toBeGreaterThan(5 * still.epe);
    expect(turned.auroc).toBeGreaterThan(0.3);
  });
});
