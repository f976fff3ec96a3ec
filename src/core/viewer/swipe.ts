import type { Rect } from '../geometry.ts';

/**
 * Stage x of the swipe's divider: `amount` along the part of the photo that the pane shows, so that it stays at
 * hand when zoomed. The other photo lies left of it (amount 0 = all A). Both rectangles in the same unit.
 */
export function dividerX(pane: Rect, photo: Rect, amount: number): number {
  const { left, right } = visibleSpan(pane, photo);
  return left + (right - left) * amount;
}

/** Inverse of {@link dividerX}, limited to 0…1: the amount that brings the divider under a stage x. */
export function swipeAmount(pane: Rect, photo: Rect, x: number): number {
  const { left, right } = visibleSpan(pane, photo);
  return right > left ? Math.min(1, Math.max(0, (x - left) / (right - left))) : 0;
}

function visibleSpan(pane: Rect, photo: Rect): { left: number; right: number } {
  const left = Math.max(pane.x, photo.x);
  return { left, right: Math.max(left, Math.min(pane.x + pane.width, photo.x + photo.width)) };
}
