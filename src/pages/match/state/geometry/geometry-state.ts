import type { PlainError } from '../../../../core/errors.ts';
import type { CloudInfo, FitResult } from '../../contract/geometry-fit.ts';
import type { FitSettings } from '../../params.ts';
import { DEFAULT_FIT } from '../../params.ts';

export interface CloudChoice {
  density: 'sparse' | 'dense';
  /** Grid cells between two places of a dense cloud. */
  step: number;
}

/** What the page knows of a model fitted to the match. */
export interface GeometryState {
  /** Whether the person looks at it; fits are also made for views that need one. */
  isOpen: boolean;
  settings: FitSettings;
  /** Null until one was made of the present match. */
  fit: FitResult | null;
  /** What is running; the fraction is null until it is known. */
  job: { kind: 'fit' | 'cloud'; fraction: number | null } | null;
  /** Why the last fit or cloud failed. */
  error: PlainError | null;
  choice: CloudChoice;
  /** Of the present fit. */
  cloud: CloudInfo | null;
}

export const DEFAULT_GEOMETRY: GeometryState = {
  isOpen: false,
  settings: DEFAULT_FIT,
  fit: null,
  job: null,
  error: null,
  choice: { density: 'dense', step: 1 },
  cloud: null,
};
