import { describe, expect, test } from 'vitest';
import { SCENES } from '../../testing/lift-scenes.ts';
import type { SceneName } from '../../testing/lift-scenes.ts';
import { compareWithTruth } from '../../testing/lift-truth.ts';
import { FAR_MOTIONS, MOTIONS, SHOT_SIZE as SIZE, shootScene, TOLERANCE } from '../../testing/lift-views.ts';
import type { MotionName, SceneShot } from '../../testing/lift-views.ts';
import { PLACE } from '../../../../core/match-score.ts';
import { forwardWarp } from '../forward-warp/cpu.ts';
import { meshGrid } from '../mesh/cpu.ts';
import { renderView, WARP_NOWHERE } from './cpu.ts';

function lift(shot: SceneShot) {
  const view = renderView(shot.photo, shot.mesh, shot.cameras);
  return { view, forward: forwardWarp(shot.depth, shot.mesh, view.depth, shot.cameras, TOLERANCE) };
}

describe.each(Object.keys(SCENES) as SceneName[])('%s', (name) => {
  test.each(Object.keys(MOTIONS) as MotionName[])('the view “%s” is that of ray tracing', (key) => {
    const shot = shootScene(name, MOTIONS[key], SIZE);
    const { view, forward } = lift(shot);
    // Towards its outline a ball turns away without limit: the mesh loses the last pixels of its flank.
    const margin = name === 'sphere' ? 2.5 : 1;
    for (const [direction, found] of [
      ['view-to-photo', view],
      ['photo-to-view', forward],
    ] as const) {
      const report = compareWithTruth(SCENES[name], shot.cameras, direction, found, margin);
      expect(report.wrong, direction).toBe(0);
      expect(report.worst, direction).toBeLessThan(0.05);
      expect(report.compared, direction).toBeGreaterThan(0.45 * SIZE.width * SIZE.height);
    }
  });
});

describe('rendering', () => {
  test('a still camera gives the photo back', () => {
    const shot = shootScene('step', MOTIONS.still, SIZE);
    const { view } = lift(shot);
    expect(view.colour).toEqual(shot.photo.data);
    expect(view.visible.every(Boolean)).toBe(true);
    view.depth.forEach((z, i) => expect(Math.abs(z - shot.depth[i])).toBeLessThan(1e-6));
  });

  test('the same input gives the same bits', () => {
    const shot = shootScene('sphere', MOTIONS.turned, SIZE);
    expect(lift(shot)).toEqual(lift(shot));
  });

  test('holes hold nothing, and the sky is none of the places', () => {
    const shot = shootScene('step', MOTIONS.aside, SIZE);
    shot.depth.fill(0, 0, 30 * SIZE.width);
    const { vertices } = shot.mesh;
    vertices.depth.fill(0, 0, 31 * meshGrid(SIZE).columns);
    shot.mesh.indices.fill(0, 0, 31 * 6 * (SIZE.width + 1));
    const { view, forward } = lift(shot);
    const points = SIZE.width * SIZE.height;
    let holes = 0;
    for (let i = 0; i < points; i++) {
      expect(view.colour[4 * i + 3]).toBe(view.visible[i] ? 255 : 0);
      if (view.visible[i]) continue;
      holes++;
      expect([view.depth[i], view.warp[i], view.warp[points + i]]).toEqual([0, WARP_NOWHERE, WARP_NOWHERE]);
    }
    expect(holes).toBeGreaterThan(30 * SIZE.width * 0.8);
    expect(forward.places.subarray(0, 30 * SIZE.width).every((place) => place === PLACE.none)).toBe(true);
    expect(forward.visible.every((v, i) => (v === 1) === (forward.places[i] === PLACE.visible))).toBe(true);
  });

  test.each(FAR_MOTIONS)('%s: numbers stay finite', (_, motion) => {
    const shot = shootScene('sphere', motion, SIZE);
    const { view, forward } = lift(shot);
    for (const map of [view.depth, view.warp, forward.warp]) expect(map.every(Number.isFinite)).toBe(true);
    const points = view.visible.length;
    view.visible.forEach((isVisible, i) => {
      if (!isVisible) return;
      expect(Math.max(Math.abs(view.warp[i]), Math.abs(view.warp[points + i]))).toBeLessThanOrEqual(1.0001);
    });
  });

  test('the back of a surface is a hole that hides what lies behind it', () => {
    const shot = shootScene('plane', { rotation: [0, 180, 0], translation: [0, 0, 2], zoom: 1 }, SIZE);
    const { view, forward } = lift(shot);
    expect(view.visible.some(Boolean)).toBe(false);
    expect(forward.places.every((place) => place === PLACE.hidden)).toBe(true);
  });

  test('triangles across the near plane are cut, not dropped and not torn', () => {
    // The plane tilts through the near plane of a camera that stands close to it.
    const shot = shootScene('plane', { rotation: [0, 0, 0], translation: [0, 0, -0.95], zoom: 0.3 }, SIZE);
    const { view } = lift({ ...shot, cameras: { ...shot.cameras, near: 0.3 } });
    const drawn = view.depth.filter((z) => z > 0);
    expect(drawn.length).toBeGreaterThan(800);
    expect(drawn.reduce((least, z) => Math.min(least, z), Infinity)).toBeGreaterThan(0.3 * 0.999);
    expect(drawn.reduce((least, z) => Math.min(least, z), Infinity)).toBeLessThan(0.32);
    const report = compareWithTruth(SCENES.plane, shot.cameras, 'view-to-photo', view);
    expect(report.worst).toBeLessThan(0.05);
  });
});
