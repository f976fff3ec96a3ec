import { useMemo, useRef } from 'react';
import type { BySlot } from '../../contract.ts';
import type { ColumnResult, CompareState } from '../../state/types.ts';
import { useCompareState } from '../compare-context.ts';
import type { ColumnPicture } from './draw-column.ts';
import { layersOf, type MapLayer } from './map-layer.ts';
import type { PhotoImage } from './use-photo-images.ts';

/** What a column shows of a result, all but its size: on the page and in the contact sheet. */
export function columnPicture(
  { settings, point, matched }: Pick<CompareState, 'settings' | 'point' | 'matched'>,
  photos: BySlot<PhotoImage>,
  result: ColumnResult | null,
  layers: BySlot<MapLayer>,
): ColumnPicture {
  const isPointed = settings.page === 'similarity';
  return {
    photos,
    result,
    layers,
    opacity: settings.opacity,
    isSmooth: settings.upsampling === 'bilinear',
    showsGrid: settings.showsGrid,
    camera: settings.camera,
    point: isPointed ? point : null,
    matched: isPointed ? matched : null,
  };
}

export function useColumnPicture(photos: BySlot<PhotoImage>, result: ColumnResult | null): ColumnPicture {
  const settings = useCompareState((state) => state.settings);
  const point = useCompareState((state) => state.point);
  const matched = useCompareState((state) => state.matched);
  const previous = useRef<BySlot<MapLayer>>({});
  const layers = useMemo(() => (previous.current = layersOf(result, previous.current)), [result]);
  return columnPicture({ settings, point, matched }, photos, result, layers);
}
