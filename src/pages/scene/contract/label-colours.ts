import type { LabelState } from '../../../gaussians/pairs/labels.ts';

/** Bytes in which each state of a label is shown; told apart without colour by their lightness. */
export const LABEL_COLOURS: Record<LabelState, readonly [red: number, green: number, blue: number]> = {
  masked: [20, 20, 24],
  outside: [90, 90, 98],
  hidden: [178, 60, 40],
  doubtful: [232, 164, 50],
  visible: [120, 214, 170],
};
