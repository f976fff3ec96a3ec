/** A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps. */
const PINCH = 4;
const PIXELS_PER_LINE = 16;

/** By what a turn of the wheel magnifies: above 1 where it is turned away from the person. `speed`: logarithm per pixel. */
export function wheelFactor({ deltaMode, deltaY, ctrlKey }: WheelEvent, speed: number): number {
  const lines = deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
  return Math.exp(-deltaY * lines * speed * (ctrlKey ? PINCH : 1));
}
