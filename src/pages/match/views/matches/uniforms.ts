import { COLOR_MAPS } from '../../../../core/colors/color-maps.ts';
import type { Size } from '../../../../core/geometry.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import type { Pane } from '../../contract/layout.ts';
import { type Frame, scaled, vec4 } from '../pane/frame.ts';
import { type MatchUniforms, matchStyle } from './gpu.ts';

/** A photo in its pane. */
export interface PlacedPhoto {
  pane: Pane;
  photo: Size;
}

/** Uniforms of the correspondences between two panes. */
export function matchUniforms(frame: Frame, a: PlacedPhoto, b: PlacedPhoto): MatchUniforms {
  const { settings, stage, pixelRatio } = frame;
  const [photoA, photoB] = [a, b].map(({ pane, photo }) => photoRect(pane, photo, settings.camera));
  const area = (photoA.width * photoA.height + photoB.width * photoB.height) / 2;
  return {
    stage: [stage.width, stage.height],
    photoA: vec4(scaled(photoA, pixelRatio)),
    photoB: vec4(scaled(photoB, pixelRatio)),
    paneA: vec4(scaled(a.pane.rect, pixelRatio)),
    paneB: vec4(scaled(b.pane.rect, pixelRatio)),
    ...matchStyle(settings.count, area, pixelRatio, settings.matchStyle === 'points'),
    colorBy: settings.colorBy,
    colorMap: COLOR_MAPS.indexOf(settings.colorMap),
    model: frame.fit?.inliers ?? null,
  };
}
