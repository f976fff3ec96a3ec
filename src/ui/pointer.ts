import type { Point } from '../core/geometry.ts';

/** A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps. */
const PINCH = 4;
const PIXELS_PER_LINE = 16;

/** By what a turn of the wheel magnifies: above 1 where it is turned away from the person. `speed`: logarithm per pixel. */
export function wheelFactor({ deltaMode, deltaY, ctrlKey }: WheelEvent, speed: number): number {
  const lines = deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
  return Math.exp(-deltaY * lines * speed * (ctrlKey ? PINCH : 1));
}

/** Corners at which an element is held: top left, top right, bottom left. */
const CORNERS = [
  ['0', '0'],
  ['100%', '0'],
  ['0', '100%'],
] as const;

/** The marks of an element, made once; they take no room and nobody sees or touches them. */
const marks = new WeakMap<Element, HTMLElement[]>();

function marksOf(element: HTMLElement): HTMLElement[] {
  const known = marks.get(element);
  if (known?.every((mark) => mark.isConnected)) return known;
  known?.forEach((mark) => mark.remove());
  const made = CORNERS.map(([left, top]) => {
    const mark = element.ownerDocument.createElement('i');
    mark.setAttribute('aria-hidden', 'true');
    mark.style.cssText = `position:absolute;left:${left};top:${top};width:0;height:0;pointer-events:none;visibility:hidden`;
    element.append(mark);
    return mark;
  });
  marks.set(element, made);
  return made;
}

/**
 * Where a pointer is on an element, in the element's own CSS pixels: through whatever `zoom`, `scale`, `rotate` or other
 * affine transform stands on it and around it (slides, embeds), which a bounding box does not tell.
 *
 * @param element a positioned one (its children's `left` and `top` count from its corner)
 */
export function localPoint(element: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const [origin, right, down] = marksOf(element).map((mark) => mark.getBoundingClientRect());
  const [ux, uy] = [right.x - origin.x, right.y - origin.y];
  const [vx, vy] = [down.x - origin.x, down.y - origin.y];
  const area = ux * vy - uy * vx;
  const [x, y] = [clientX - origin.x, clientY - origin.y];
  // An element that is folded away has no inside.
  if (Math.abs(area) < 1e-9) return { x: 0, y: 0 };
  return {
    x: ((x * vy - y * vx) / area) * element.clientWidth,
    y: ((y * ux - x * uy) / area) * element.clientHeight,
  };
}
