import type { Rect, Side, Size } from '../../../core/geometry.ts';
import { useLiftState } from './lift-context.ts';
import { toPane } from './pane-geometry.ts';

/** The place under the pointer as a cross, and its true place in the other view as a ring: dashed where hidden. */
export function ProbeMarks({ side, rect, size }: { side: Side; rect: Rect; size: Size }) {
  const probe = useLiftState((state) => state.probe);
  if (!probe) return null;
  const isAsked = probe.side === side;
  const place = isAsked ? probe : probe.other;
  if (!place) return null;
  const { x, y } = toPane(rect, size, place);
  const isHidden = !isAsked && probe.other !== null && !probe.other.visible;
  return (
    <svg className="markers" width="100%" height="100%" aria-hidden="true" style={{ color: 'var(--probe)' }}>
      <g transform={`translate(${x} ${y})`} className={isHidden ? 'marker-to doubtful' : 'marker-to'} data-mark={side}>
        {isAsked ? (
          <>
            <path d="M-9 0H-3M3 0H9M0-9V-3M0 3V9" />
            <path d="M-9 0H-3M3 0H9M0-9V-3M0 3V9" className="marker-ink" />
          </>
        ) : (
          <>
            <circle r="7" />
            <circle r="7" className="marker-ink" />
            <circle r="1.75" className="marker-dot" />
          </>
        )}
      </g>
    </svg>
  );
}
