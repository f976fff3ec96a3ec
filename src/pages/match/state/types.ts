import type { Side } from '../../../core/geometry.ts';
import type { ProbeResult, Progress, Stage, Verdict } from '../../../core/match.ts';
import type { WorkspaceState } from '../../../workspace/types.ts';
import type { EngineInfo } from '../contract/protocol.ts';
import type { ViewSettings } from '../contract/view.ts';
import type { ExportSettings } from '../params/export.ts';
import type { FlyState } from './fly/fly-state.ts';
import type { GeometryState } from './geometry/geometry-state.ts';
import type { NamedMask } from './masks/named-mask.ts';

export interface EngineState {
  /** Counts the workers; the canvas is mounted anew for each, because it can hand over its control only once. */
  epoch: number;
  status: 'starting' | 'ready' | 'stopped';
  info: EngineInfo | null;
}

/** The running match; null when idle. */
export interface Job {
  stage: Stage | null;
  progress: Progress | null;
  /** What the first match amounts to, while better ones are looked for; null before. */
  soFar: Verdict | null;
}

/** A place on a photo, in its pixels. */
export interface Place {
  side: Side;
  x: number;
  y: number;
}

export interface Probe extends Place {
  /** null until the engine has answered, or where it knows nothing. */
  result: ProbeResult | null;
}

export interface Pin extends Probe {
  id: number;
}

/** The workspace with what the match page adds: its engine, and what is looked at of the match. */
export interface MatchState extends WorkspaceState {
  view: ViewSettings;
  geometry: GeometryState;
  /** How a match is saved. */
  exports: ExportSettings;
  /** What counts of each photo; null: all of it. */
  masks: Record<Side, NamedMask | null>;
  fly: FlyState;
  engine: EngineState;
  job: Job | null;
  probe: Probe | null;
  pins: Pin[];
}

/** Pins that fit in a link; more stay on the page only. */
export const MAX_LINKED_PINS = 12;
