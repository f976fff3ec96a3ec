import { useEffect, useRef } from 'react';
import type { BySlot } from '../../contract.ts';
import type { ColumnResult } from '../../state/types.ts';
import { useElementSize } from '../../../../ui/use-element-size.ts';
import { columnLayout } from './column-layout.ts';
import { useColumnPicture } from './column-picture.ts';
import { drawMaps } from './draw-column.ts';
import { drawMarks } from './draw-marks.ts';
import { useColumnInput } from './use-column-input.ts';
import type { PhotoImage } from './use-photo-images.ts';

interface ColumnCanvasProps {
  photos: BySlot<PhotoImage>;
  /** null: the photos themselves. */
  result: ColumnResult | null;
  label: string;
}

/**
 * One column's maps, a photo above the other. In the similarity view, moving over any asks what looks like it. Maps and
 * marks have a canvas each: a mark that moves over a photo does not have the photo drawn again.
 */
export function ColumnCanvas({ photos, result, label }: ColumnCanvasProps) {
  const maps = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const picture = useColumnPicture(photos, result);
  const layout = columnLayout(photos, width);
  const { height } = layout;
  const input = useColumnInput(box, layout);
  const { layers, opacity, isSmooth, showsGrid, camera, point, matched } = picture;

  useEffect(() => {
    const context = prepare(maps.current, width, height);
    if (context) drawMaps(context, picture, layout);
  }, [photos, layers, opacity, isSmooth, showsGrid, camera, width, height]);

  useEffect(() => {
    const context = prepare(marks.current, width, height);
    if (context) drawMarks(context, picture, layout);
    // Said for who measures: these marks and the maps beneath them are drawn.
    if (box.current && result?.page === 'similarity') {
      box.current.dataset.drawn = `${result.query.slot}${result.query.x},${result.query.y}`;
    }
  }, [photos, result, camera, point, matched, width, height]);

  return (
    <div
      ref={box}
      className="compare-maps"
      role="img"
      aria-label={label}
      tabIndex={0}
      data-pointed={point !== null}
      data-zoomed={camera.scale > 1}
      style={{ height: height || undefined }}
      {...input}
    >
      <canvas ref={maps} />
      <canvas ref={marks} className="compare-marks" />
    </div>
  );
}

/** A cleared context in CSS pixels; null where there is nothing to draw on. */
function prepare(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d');
  if (!canvas || !context || width === 0 || height === 0) return null;
  const ratio = window.devicePixelRatio;
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  // Setting a size, even the same, makes the browser allocate the canvas anew.
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
