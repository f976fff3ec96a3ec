import {
  DEFAULT_FIT,
  FIT_COUNT_RANGE,
  FIT_METHODS,
  FIT_MODELS,
  type FitSettings,
  FOV_RANGE,
  ITERATION_RANGE,
  THRESHOLD_RANGE,
} from '../../contract/geometry-fit.ts';

/** What a link says of a fit: the model alone while it is shown, and every other choice that is not the default. */
export interface LinkedFit {
  isOpen: boolean;
  settings: FitSettings;
}

/** Reads the parameters `fit` and `fit.*`; undefined where the link has none. Never throws, ranges are kept. */
export function readFit(query: URLSearchParams): LinkedFit | undefined {
  if (![...query.keys()].some((name) => name === 'fit' || name.startsWith('fit.'))) return undefined;
  const number = (name: string, { min, max }: { min: number; max: number }) => {
    const text = query.get(name);
    const value = text === null || text.trim() === '' ? NaN : Number(text);
    return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : null;
  };
  const whole = (name: string, range: { min: number; max: number }) => {
    const value = number(name, range);
    return value === null ? null : Math.round(value);
  };
  const model = FIT_MODELS.find((one) => one === query.get('fit'));
  return {
    isOpen: model !== undefined,
    settings: {
      model: model ?? DEFAULT_FIT.model,
      method: FIT_METHODS.find((one) => one === query.get('fit.method')) ?? DEFAULT_FIT.method,
      threshold: number('fit.px', THRESHOLD_RANGE),
      confidence: number('fit.confidence', { min: 0.5, max: 0.99999999 }) ?? DEFAULT_FIT.confidence,
      iterations: whole('fit.iterations', ITERATION_RANGE) ?? DEFAULT_FIT.iterations,
      seed: whole('fit.seed', { min: 0, max: 0xffffffff }) ?? DEFAULT_FIT.seed,
      count: whole('fit.count', FIT_COUNT_RANGE) ?? DEFAULT_FIT.count,
      fov: { a: number('fit.fova', FOV_RANGE), b: number('fit.fovb', FOV_RANGE) },
    },
  };
}

/** The inverse of {@link readFit}. */
export function fitParts({ isOpen, settings }: LinkedFit): [name: string, value: string][] {
  const parts: [string, string][] = [];
  if (isOpen) parts.push(['fit', settings.model]);
  const add = (name: string, value: number | string | null, usual: number | string | null) => {
    if (value !== null && value !== usual) parts.push([name, String(value)]);
  };
  add('fit.method', settings.method, DEFAULT_FIT.method);
  add('fit.px', settings.threshold === null ? null : Number(settings.threshold.toFixed(2)), null);
  add('fit.confidence', settings.confidence, DEFAULT_FIT.confidence);
  add('fit.iterations', settings.iterations, DEFAULT_FIT.iterations);
  add('fit.seed', settings.seed, DEFAULT_FIT.seed);
  add('fit.count', settings.count, DEFAULT_FIT.count);
  add('fit.fova', settings.fov.a, null);
  add('fit.fovb', settings.fov.b, null);
  return parts;
}
