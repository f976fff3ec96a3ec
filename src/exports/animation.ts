import type { AnimationFormat } from './animation-settings.ts';
import type { StageFormat } from './export-format.ts';

/** An animated PNG is a PNG: every reader shows at least its first frame. */
const ENDINGS: Record<AnimationFormat, string> = { gif: '.gif', apng: '.png', webm: '.webm' };

export const animation = {
  name: 'animation',
  label: 'Animation',
  ending: '.gif, .png, .webm',
  text: 'A turns into B and back: a morph, a flicker, a moving line or a flight.',
  choices: ['animation'],
  // An animation of thousands of pairs helps nobody.
  inBatch: false,
  needs: 'stage',
  fileEnd: ({ animation: { kind, format } }) => `-${kind}${ENDINGS[format]}`,
  async write({ animation: settings }, { animate }, run) {
    const { blob, size, isSoft } = await animate(settings, run);
    const soft = 'Without WebGPU the pictures are softer, and a morph is a blend.';
    return { blob, notes: [`${size.width} × ${size.height} pixels.`, ...(isSoft ? [soft] : [])] };
  },
} as const satisfies StageFormat;
