import { useEffect, useMemo, useRef } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { UnitPlace } from '../../shared/compare.ts';
import type { Side } from '../../shared/geometry.ts';
import type { ColumnResult } from '../../state/compare/types.ts';
import { useElementSize } from '../match/use-element-size.ts';
import { useCompare, useCompareState } from './compare-context.ts';
import { columnLayout, type ColumnPicture, drawColumn } from './draw-column.ts';
import { layerOf } from './map-layer.ts';

interface ColumnCanvasProps {
  photos: Partial<Record<Side, HTMLImageElement>>;
  /** null: the photos themselves. */
  result: ColumnResult | null;
  label: string;
}

/** How far an arrow key moves the point, as a share of the photo. */
const KEY_STEP = 0.02;

/** Everything but the size that a column's canvas or its copy in the contact sheet shows. */
export function useColumnPicture(photos: ColumnCanvasProps['photos'], result: ColumnResult | null): ColumnPicture {
  const { opacity, upsampling, showsGrid, page } = useCompareState((state) => state.settings);
  const point = useCompareState((state) => state.point);
  const matched = useCompareState((state) => state.matched);
  const layers = useMemo(() => (result ? { a: layerOf(result, 'a'), b: layerOf(result, 'b') } : {}), [result]);
  const pointed = page === 'similarity';
  return {
    photos,
    result,
    layers,
    opacity,
    isSmooth: upsampling === 'bilinear',
    showsGrid,
    point: pointed ? point : null,
    matched: pointed ? matched : null,
  };
}

/** One column's maps: photo A above photo B. In the similarity view, moving over either asks what looks like it. */
export function ColumnCanvas({ photos, result, label }: ColumnCanvasProps) {
  const compare = useCompare();
  const ref = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const picture = useColumnPicture(photos, result);
  const { places, height } = columnLayout(photos, width);

  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    drawColumn(context, picture, width);
  });

  const placeUnder = (event: PointerEvent<HTMLCanvasElement>): UnitPlace | null => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    for (const side of ['a', 'b'] as const) {
      const place = places[side];
      if (place && y >= place.y && y < place.y + place.height) {
        return { side, x: x / place.width, y: (y - place.y) / place.height };
      }
    }
    return null;
  };
  const onPointer = (event: PointerEvent<HTMLCanvasElement>) => {
    const place = picture.point && placeUnder(event);
    if (place) compare.point(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || !picture.point) return;
    event.preventDefault();
    const { side, x, y } = picture.point;
    const kept = (share: number) => Math.min(0.999, Math.max(0, share));
    compare.point({ side, x: kept(x + KEY_STEP * step[0]), y: kept(y + KEY_STEP * step[1]) });
  };

  return (
    <div ref={box} className="compare-maps">
      <canvas
        ref={ref}
        role="img"
        aria-label={label}
        tabIndex={picture.point ? 0 : -1}
        data-pointed={picture.point !== null}
        style={{ height }}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
