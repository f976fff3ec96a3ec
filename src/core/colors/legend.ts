import type { ColorMapName } from './color-maps.ts';

/** What the colours of a view mean. */
export type Legend =
  | { kind: 'ramp'; title: string; map: ColorMapName; ticks: [low: string, middle: string, high: string] }
  /** The Middlebury wheel; `rim` is the length of motion there. */
  | { kind: 'wheel'; rim: string }
  | { kind: 'text'; text: string };
