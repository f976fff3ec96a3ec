import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Point, Rect, Size } from '../../../../core/geometry.ts';
import { localPoint } from '../../../../ui/pointer.ts';
import type { MaskPainting } from '../../state/masks/painting.ts';

export type MaskTool = 'out' | 'back' | 'polygon';

interface MaskCanvasProps {
  label: string;
  photo: { url: string; size: Size };
  painting: MaskPainting;
  /** Counts the changes that were not made here (undo, invert). */
  version: number;
  tool: MaskTool;
  /** Of the brush, as a share of the photo's longer side. */
  radius: number;
  /** CSS pixels. */
  width: number;
  onChange: () => void;
}

/** What lies under what is left out: red, and enough of it to be seen on red. */
const TINT = [224, 49, 49, 150] as const;
/** Steps of the arrow keys, as shares of the photo. */
const STEP = 0.01;
const WIDE_STEP = 0.05;
/** A corner this near to the first one closes the polygon, CSS pixels. */
const CLOSING = 10;

/** The photo with what is left out in red; painted by pointer, touch and keys. */
export function MaskCanvas({ label, photo, painting, version, tool, radius, width, onChange }: MaskCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState<Point | null>(null);
  const [corners, setCorners] = useState<Point[]>([]);
  const last = useRef<Point | null>(null);
  const { size } = painting;
  const height = (width * photo.size.height) / photo.size.width;

  const draw = ({ x, y, width: w, height: h }: Rect) => {
    const context = canvas.current?.getContext('2d');
    if (!context || w < 1 || h < 1) return;
    const picture = context.createImageData(w, h);
    for (let row = 0, i = 0; row < h; row++) {
      for (let column = 0; column < w; column++, i += 4) {
        if (!painting.bytes[(y + row) * size.width + x + column]) picture.data.set(TINT, i);
      }
    }
    context.putImageData(picture, x, y);
  };
  // All of it is drawn anew when the version says so.
  useEffect(() => draw({ x: 0, y: 0, ...size }), [painting, version]);
  // Another tool gives an unfinished polygon up.
  useEffect(() => setCorners([]), [tool]);

  const dab = (from: Point, to: Point) => draw(painting.stroke(from, to, radius, tool === 'back'));
  const closePolygon = (all: readonly Point[]) => {
    setCorners([]);
    if (all.length < 3) return;
    painting.begin();
    draw(painting.polygon(all, false));
    onChange();
  };
  const addCorner = (at: Point) => {
    const [first] = corners;
    const isClosing = corners.length > 2 && Math.hypot((at.x - first.x) * width, (at.y - first.y) * height) <= CLOSING;
    if (isClosing) closePolygon(corners);
    else setCorners([...corners, at]);
  };

  const placeOf = (event: PointerEvent<HTMLElement>): Point => {
    const { x, y } = localPoint(event.currentTarget, event);
    return { x: x / width, y: y / height };
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.currentTarget.focus();
    const at = placeOf(event);
    setCursor(at);
    if (tool === 'polygon') return addCorner(at);
    event.currentTarget.setPointerCapture(event.pointerId);
    painting.begin();
    last.current = at;
    dab(at, at);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.isPrimary) return;
    const at = placeOf(event);
    setCursor(at);
    if (!last.current) return;
    dab(last.current, at);
    last.current = at;
  };
  const onPointerUp = () => {
    if (!last.current) return;
    last.current = null;
    onChange();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cursor ?? { x: 0.5, y: 0.5 };
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (arrow) {
      // With Shift the brush is down.
      const step = event.shiftKey ? STEP : cursor ? (event.repeat ? WIDE_STEP : STEP) : 0;
      const clamp = (value: number) => Math.min(1, Math.max(0, value));
      const to = { x: clamp(at.x + step * arrow[0]), y: clamp(at.y + step * arrow[1]) };
      setCursor(to);
      if (event.shiftKey && tool !== 'polygon') {
        if (!event.repeat) painting.begin();
        dab(at, to);
        onChange();
      }
    } else if (event.key === ' ' || (event.key === 'Enter' && tool === 'polygon')) {
      setCursor(at);
      if (tool === 'polygon') {
        const previous = corners.at(-1);
        // The same place once more: the polygon is done.
        if (previous && previous.x === at.x && previous.y === at.y) closePolygon(corners);
        else addCorner(at);
      } else {
        painting.begin();
        dab(at, at);
        onChange();
      }
    } else if (event.key === 'Backspace' && corners.length > 0) setCorners(corners.slice(0, -1));
    else if (event.key === 'Escape' && corners.length > 0) setCorners([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const brush = radius * Math.max(photo.size.width, photo.size.height) * (width / photo.size.width);
  const points = (all: readonly Point[]) => all.map(({ x, y }) => `${x * width},${y * height}`).join(' ');
  return (
    <div
      className="mask-canvas"
      role="application"
      aria-label={label}
      // It is painted by keys, too.
      tabIndex={0}
      style={{ width, height }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => last.current === null && setCursor(null)}
      onDoubleClick={() => tool === 'polygon' && closePolygon(corners)}
      onKeyDown={onKeyDown}
    >
      <img src={photo.url} alt="" draggable={false} />
      <canvas ref={canvas} width={size.width} height={size.height} />
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {corners.length > 0 && (
          <polygon className="mask-cursor mask-polygon" points={points(cursor ? [...corners, cursor] : corners)} />
        )}
        {cursor && (
          <circle
            className="mask-cursor"
            cx={cursor.x * width}
            cy={cursor.y * height}
            r={tool === 'polygon' ? 4 : Math.max(2, brush)}
          />
        )}
      </svg>
    </div>
  );
}
