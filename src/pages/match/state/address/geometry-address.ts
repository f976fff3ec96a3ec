import { readParams, writeParams } from '../../../../platform/params/address.ts';
import type { FitSettings } from '../../params.ts';
import { FIT_PARAMS, fitSettings, fitValues } from '../../params.ts';

/** What a link says of a fit: the model alone while it is shown, and every other choice that is not the default. */
export interface LinkedFit {
  isOpen: boolean;
  settings: FitSettings;
}

/** Names the model where the panel is open; its being there opens it. */
const MODEL = FIT_PARAMS.model.address;

/** Reads the parameters `fit` and `fit.*`; undefined where the link has none. Never throws, ranges are kept. */
export function readFit(query: URLSearchParams): LinkedFit | undefined {
  if (![...query.keys()].some((name) => name === MODEL || name.startsWith(`${MODEL}.`))) return undefined;
  const isOpen = FIT_PARAMS.model.options.some(({ value }) => value === query.get(MODEL));
  return { isOpen, settings: fitSettings(readParams(FIT_PARAMS, (name) => query.get(name))) };
}

/** The inverse of {@link readFit}. */
export function fitParts({ isOpen, settings }: LinkedFit): [name: string, value: string][] {
  const others = writeParams(FIT_PARAMS, fitValues(settings)).filter(([name]) => name !== MODEL);
  return isOpen ? [[MODEL, settings.model], ...others] : others;
}
