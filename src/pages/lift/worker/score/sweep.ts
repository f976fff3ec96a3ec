import type { MatchScore, SweepPoint } from '../../../../core/match-score.ts';
import { orbit } from '../../../../geometry/lift/camera.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { LiftProgress, SweepKind, SweepOptions } from '../../contract/api.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import type { CameraMotion } from '../../../../geometry/pinhole.ts';
import type { ModelSource } from '../../../../core/match.ts';
import type { FrameRequest } from '../drawing/frame.ts';
import type { LiftRenderer } from '../drawing/renderer.ts';

/** What a sweep needs: a renderer of its own, and somebody who measures its frame. */
export interface SweepTools {
  renderer: LiftRenderer;
  measure(model: ModelSource, onProgress: (progress: LiftProgress) => void): Promise<MatchScore>;
  signal?: AbortSignal;
  onProgress: (progress: LiftProgress) => void;
}

const MAX_STEPS = 200;
/** Sweeps of the camera start from here, so that the axis of their plot is all that moves. */
const STILL: CameraMotion = { rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 };

/**
 * Renders `steps` frames from `from` to `to` and measures every model on each. Points are told as they are there. The
 * same options on the same scene give the same frames.
 * @param base scene and settings that stay
 * @throws CodedError `sweep-options`, `cancelled`
 */
export async function sweep(base: FrameRequest, options: SweepOptions, tools: SweepTools): Promise<SweepPoint[]> {
  checkOptions(options);
  const { models, steps, kind, seed } = options;
  const points: SweepPoint[] = [];
  const total = models.length * steps;
  for (const model of models) {
    for (let step = 0; step < steps; step++) {
      throwIfAborted(tools.signal);
      const value = valueAt(options, step);
      // A download counts as a part of the first step that waits for it.
      const report = ({ fraction: loaded, ...progress }: LiftProgress) =>
        tools.onProgress({ ...progress, fraction: (points.length + 0.5 * (loaded ?? 0)) / total });
      report({ stage: 'render', fraction: null });
      const settings = settingsAt(base.settings, kind, value);
      await tools.renderer.render({ scene: base.scene, settings, seed: seed + step });
      throwIfAborted(tools.signal);
      const score = await tools.measure(model, report);
      const point: SweepPoint = { model: model.id, step, value, score };
      points.push(point);
      report({ stage: 'score', fraction: null, point });
    }
  }
  return points;
}

/** The swept value at a step; the first and last are `from` and `to`. */
export const valueAt = ({ from, to, steps }: SweepOptions, step: number): number =>
  steps === 1 ? from : from + ((to - from) * step) / (steps - 1);

/**
 * The settings with one thing turned up. Of the camera only the swept motion is there: yaw and pitch swing it around
 * the photo's point at the median depth, so that the scene stays in view; roll turns it about its axis; translation
 * (units of the median depth) moves it sideways. Light sets the power of all lights on the view, noise that of the
 * view; the camera stays.
 */
export function settingsAt(settings: LiftSettings, kind: SweepKind, value: number): LiftSettings {
  const { light, photometric } = settings;
  switch (kind) {
    case 'yaw':
      return { ...settings, motion: orbit(STILL, value, 0) };
    case 'pitch':
      return { ...settings, motion: orbit(STILL, 0, value) };
    case 'roll':
      return { ...settings, motion: { ...STILL, rotation: [0, 0, value] } };
    case 'zoom':
      return { ...settings, motion: { ...STILL, zoom: value } };
    case 'translation':
      return { ...settings, motion: { ...STILL, translation: [value, 0, 0] } };
    case 'light': {
      const lights = light.lights.map((one) => ({ ...one, power: value }));
      return { ...settings, light: { ...light, on: { ...light.on, b: true }, lights } };
    }
    case 'noise':
      return { ...settings, photometric: { ...photometric, b: { ...photometric.b, noise: value } } };
  }
}

function checkOptions({ kind, from, to, steps, models }: SweepOptions): void {
  const isRange = Number.isFinite(from) && Number.isFinite(to) && (kind !== 'zoom' || Math.min(from, to) > 0);
  const isCount = Number.isInteger(steps) && steps >= 1 && steps <= MAX_STEPS;
  if (isRange && isCount && models.length) return;
  throw new CodedError(
    'sweep-options',
    `A sweep of ${kind} from ${from} to ${to} in ${steps} steps with ${models.length} models cannot be run.`,
    `Choose at least one model, 1 to ${MAX_STEPS} steps${kind === 'zoom' ? ', factors above 0' : ''} and two numbers.`,
  );
}
