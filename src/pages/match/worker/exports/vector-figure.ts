import { flowWheel } from '../../../../core/colors/flow-wheel.ts';
import type { ExportRequest } from '../../contract/exports.ts';
import type { Rect, Side, Size } from '../../../../core/geometry.ts';
import type { InlierTest } from '../../../../core/inlier-test.ts';
import { panesOnStage } from '../../contract/layout.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import { legendOf, viewOf } from '../../views/index.ts';
import type { LegendFacts } from '../../views/view.ts';
import { drawMatchesOn } from '../../views/matches/canvas.ts';
import { matchUniforms } from '../../views/matches/uniforms.ts';
import { type FigureImage, svgFigure } from './svg-figure.ts';
import { SvgPen } from './svg-pen.ts';

/** What a vector figure is drawn from. */
export interface FigureScene {
  /** CSS pixels. */
  stage: Size;
  /** Upright photos; their sizes may be smaller than the files'. */
  images: Record<Side, ImageBitmap>;
  sizes: Record<Side, Size>;
  /** Sampled rows, normalised (see ROW_FLOATS). */
  rows: Float32Array;
  /** Test of the model that was fitted, for matches coloured by it. */
  inliers: InlierTest | null;
  /** As {@link LegendFacts} has them. */
  inverseDepths: LegendFacts['inverseDepths'];
  /** The stage as a PNG with `scale` pixels per CSS pixel. */
  snapshot(scale: number): Promise<Blob>;
}

const VEIL = 0.35;
const JPEG = { type: 'image/jpeg', quality: 0.9 };

/**
 * The stage as SVG. In the Matches view both photos are embedded and lines and dots are vectors over them; the other
 * views are pictures by nature and are embedded as one, with a vector legend.
 */
export async function vectorFigure(
  { view, scale, legend, photos }: ExportRequest,
  scene: FigureScene,
): Promise<string> {
  const isMatches = viewOf(view.view).showsMatches === true;
  const images = isMatches ? await photoImages(view, scale, scene) : [await wholeStage(scale, scene)];
  const shown = legend ? legendOf(view, { photoA: scene.sizes.a, inverseDepths: scene.inverseDepths }) : null;
  return svgFigure({
    crop: visiblePart(images),
    scale,
    title: `${photos.a.name} and ${photos.b.name}: ${view.view}`,
    images,
    veil: isMatches ? VEIL : 0,
    shapes: isMatches ? matchShapes(view, scene) : [],
    legend: shown,
    wheel: shown?.kind === 'wheel' ? await wheelPicture(scale) : null,
  });
}

/** What the pictures cover of the stage: the empty margins around them are of no use in a paper. Whole pixels. */
function visiblePart(images: readonly FigureImage[]): Rect {
  const parts = images.map(({ rect, clip }) => ({
    left: Math.max(rect.x, clip.x),
    top: Math.max(rect.y, clip.y),
    right: Math.min(rect.x + rect.width, clip.x + clip.width),
    bottom: Math.min(rect.y + rect.height, clip.y + clip.height),
  }));
  const x = Math.floor(Math.min(...parts.map(({ left }) => left)));
  const y = Math.floor(Math.min(...parts.map(({ top }) => top)));
  const right = Math.ceil(Math.max(...parts.map((part) => part.right)));
  const bottom = Math.ceil(Math.max(...parts.map((part) => part.bottom)));
  return { x, y, width: right - x, height: bottom - y };
}

function matchShapes(view: ExportRequest['view'], { stage, sizes, rows, inliers }: FigureScene): string[] {
  const panes = panesOnStage('matches', true, stage, sizes);
  const place = (side: Side) => ({ pane: panes.find((pane) => pane.side === side)!, photo: sizes[side] });
  const frame = {
    settings: view,
    ground: [1, 1, 1, 1] as [number, number, number, number],
    stage,
    pixelRatio: 1,
    linesShown: true,
    fit: inliers && { inliers, alignment: null },
    now: 0,
  };
  const pen = new SvgPen();
  drawMatchesOn(pen, rows, matchUniforms(frame, place('a'), place('b')), view.matchStyle === 'points');
  return pen.elements;
}

async function photoImages(view: ExportRequest['view'], scale: number, scene: FigureScene): Promise<FigureImage[]> {
  const panes = panesOnStage('matches', true, scene.stage, scene.sizes);
  return Promise.all(
    panes.map(async ({ side, rect: clip }, i) => {
      const rect = photoRect(panes[i], scene.sizes[side], view.camera);
      const image = scene.images[side];
      // No more pixels than the figure shows, nor than the photo has.
      const share = Math.min(1, (rect.width * scale) / image.width);
      const canvas = new OffscreenCanvas(
        Math.max(1, Math.round(image.width * share)),
        Math.max(1, Math.round(image.height * share)),
      );
      const context = canvas.getContext('2d', { alpha: false })!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return { href: await dataAddress(await canvas.convertToBlob(JPEG)), rect, clip };
    }),
  );
}

async function wholeStage(scale: number, { stage, snapshot }: FigureScene): Promise<FigureImage> {
  const rect = { x: 0, y: 0, ...stage };
  return { href: await dataAddress(await snapshot(scale)), rect, clip: rect };
}

async function wheelPicture(scale: number): Promise<string> {
  const side = 64 * scale;
  const canvas = new OffscreenCanvas(side, side);
  canvas.getContext('2d')!.putImageData(new ImageData(flowWheel(side), side, side), 0, 0);
  return dataAddress(await canvas.convertToBlob({ type: 'image/png' }));
}

async function dataAddress(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:${blob.type};base64,${btoa(text)}`;
}
