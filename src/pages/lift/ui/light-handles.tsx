import { localPoint } from '../../../ui/pointer.ts';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Rect, Side, Size } from '../../../core/geometry.ts';
import type { PointLight } from '../../../geometry/lift/lights.ts';
import { colorToHex, handlePlace, lightAtHandle } from '../state/lights.ts';
import { useLift, useLiftState } from './lift-context.ts';

const KEY_STEP = 0.02;
const ARROWS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The lights of a view that is lit anew, to be dragged aside and up; how near they are is set in the panel. */
export function LightHandles({ side, rect, size }: { side: Side; rect: Rect; size: Size }) {
  const lift = useLift();
  const settings = useLiftState((state) => state.settings);
  if (!settings.light.on[side]) return null;

  const place = (index: number, at: { x: number; y: number }) => {
    const moved = (light: PointLight) => lightAtHandle(light, at, side, settings, size);
    lift.set('light', { lights: settings.light.lights.map((light, i) => (i === index ? moved(light) : light)) });
  };
  return settings.light.lights.map((light, index) => {
    const at = handlePlace(light, side, settings, size);
    const onPointerMove = (event: PointerEvent<HTMLElement>) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      const point = localPoint(event.currentTarget.parentElement!, event);
      place(index, { x: (point.x - rect.x) / rect.width, y: (point.y - rect.y) / rect.height });
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      place(index, { x: at.x + arrow[0] * KEY_STEP, y: at.y + arrow[1] * KEY_STEP });
    };
    return (
      <button
        key={index}
        type="button"
        className="light-handle"
        aria-label={`Light ${index + 1}: drag it, or use the arrow keys`}
        style={{
          left: rect.x + at.x * rect.width,
          top: rect.y + at.y * rect.height,
          '--light': colorToHex(light.color),
        }}
        onPointerDown={(event) => {
          event.stopPropagation();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onDoubleClick={(event) => event.stopPropagation()}
        onKeyDown={onKeyDown}
      >
        {index + 1}
      </button>
    );
  });
}
