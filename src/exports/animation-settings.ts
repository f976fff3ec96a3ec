/** What an animation can be saved as. */
export const ANIMATION_FORMATS = ['gif', 'apng', 'webm'] as const;
export type AnimationFormat = (typeof ANIMATION_FORMATS)[number];

/** How A turns into B: bent and blended, by turns, with a line that moves across, or by a flight through the scene of both. */
export const ANIMATION_KINDS = ['morph', 'flicker', 'swipe', 'fly'] as const;
export type AnimationKind = (typeof ANIMATION_KINDS)[number];

export interface AnimationSettings {
  format: AnimationFormat;
  kind: AnimationKind;
  /** Longer side of the picture, pixels. It has A's shape. */
  longSide: number;
  /** Frames a second; a flicker has two frames, whatever this says. */
  fps: number;
  /** Seconds from A to B and back. */
  seconds: number;
  /** How often it is played; 0: for ever. WebM repeats its frames as often (once for 0) and leaves looping to the player. */
  loops: number;
}

export const DEFAULT_ANIMATION: AnimationSettings = {
  format: 'gif',
  kind: 'morph',
  longSide: 480,
  fps: 12,
  seconds: 3,
  loops: 0,
};

/** One frame to draw: how far A has become B (0…1), and how long it stays, milliseconds. */
export interface AnimationStep {
  amount: number;
  duration: number;
}

/** The frames of one round, from A to B and back, slow at both ends; whole hundredths of a second, as GIF counts. */
export function animationSteps({ kind, fps, seconds }: AnimationSettings): AnimationStep[] {
  const centiseconds = (milliseconds: number) => 10 * Math.max(2, Math.round(milliseconds / 10));
  if (kind === 'flicker') {
    const duration = centiseconds(500 * seconds);
    return [0, 1].map((amount) => ({ amount, duration }));
  }
  const count = Math.max(2, Math.round(fps * seconds));
  const duration = centiseconds(1000 / fps);
  return Array.from({ length: count }, (_, i) => ({
    amount: (1 - Math.cos((2 * Math.PI * i) / count)) / 2,
    duration,
  }));
}
