import type { PlainMatchField } from '../../../../compute/field/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { CpuBackend } from '../../../../matching/backend/cpu-backend.ts';
import type { PlainFrame } from '../drawing/frame.ts';
import type { ViewMatcher } from '../../../../matching/scoring/view-matchers.ts';

/**
 * A matcher that answers with a frame's truth moved by (dx, dy) pixels, and is certain of what is visible.
 * @param root the device that renders, if any
 */
export function knowingMatcher(
  { size, warp, visible }: PlainFrame,
  [dx, dy]: readonly [number, number],
  root: Scope | null = null,
): ViewMatcher {
  const points = size.width * size.height;
  const side = (name: 'a' | 'b') => ({
    grid: size,
    photo: size,
    warp: warp[name].map((place, i) => place + (i < points ? (2 * dx) / size.width : (2 * dy) / size.height)),
    certainty: Float32Array.from(visible[name], (seen) => (seen ? 0.9 : 0.1)),
    cycle: new Float32Array(points),
  });
  const field: PlainMatchField = { a: side('a'), b: side('b') };
  const matcher = { manifest: { id: 'knowing', name: 'Knowing' } };
  return { matcher, backend: new CpuBackend(null, root), match: async () => ({ field }) } as unknown as ViewMatcher;
}
