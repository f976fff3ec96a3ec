import { colmapFiles, imageNames } from '../../../../formats/matches/colmap.ts';
import { type TwoViewGeometry, writeColmapDatabase } from '../../../../formats/matches/colmap-database.ts';
import { encodeFlo } from '../../../../formats/flow/flo.ts';
import type { Flow } from '../../../../formats/flow/flow.ts';
import { encodeKittiFlow } from '../../../../formats/flow/kitti-flow.ts';
import type { MatchMetadata } from '../../../../formats/matches/match-metadata.ts';
import { writeMatchNpz } from '../../../../formats/matches/match-npz.ts';
import { encodeMatchesCsv } from '../../../../formats/matches/matches-csv.ts';
import { encodeMatchesJson } from '../../../../formats/matches/matches-json.ts';
import { writeShare } from '../../../../formats/share/share-file.ts';
import { type ZipSink, ZipWriter } from '../../../../formats/archives/zip-writer.ts';
import type { AnimationKind } from '../../contract/animation.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { ExportFormat, ExportRequest } from '../../contract/exports.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import { PIXEL_CONVENTION } from '../../../../core/coordinates.ts';
import { otherSide, type Side, type Size } from '../../../../core/geometry.ts';
import { legendOf } from '../../views/index.ts';
import type { LegendFacts } from '../../views/view.ts';
import type { DenseField, MatchResult, MatchTable } from '../../../../core/match.ts';
import { animate, frameSize } from './animation/animate.ts';
import type { FrameSource } from './animation/frame-source.ts';
import { denseFlow } from './dense-flow.ts';
import { fileName } from './file-name.ts';
import { addLegend } from './figure.ts';
import { twoViewGeometry } from './two-view-geometry.ts';
import { type FigureScene, vectorFigure } from './vector-figure.ts';

/** A flow file in memory; beyond this a browser tab is at risk. */
const MAX_FLOW_PIXELS = 64e6;
/** Longer side of the picture in a share file, pixels. */
const POSTER_SIDE = 960;

/** What the engine gives to an export. */
export interface ExportSource {
  result: MatchResult;
  /** Sizes of the photos' files. */
  sizes: Record<Side, Size>;
  /** Focal lengths that the files tell, in their pixels. */
  focal: Record<Side, number | null>;
  /** As {@link LegendFacts} has them. */
  inverseDepths: LegendFacts['inverseDepths'];
  readField(side: Side): Promise<DenseField>;
  readMatches(): Promise<MatchTable>;
  /** The stage as a PNG with `scale` pixels per CSS pixel. */
  snapshot(scale: number): Promise<Blob>;
  /** Size of the stage in CSS pixels, and what else a vector figure is drawn from. */
  figure(): Promise<Omit<FigureScene, 'sizes' | 'snapshot' | 'inverseDepths'>>;
  /** Frames of an animation of this size. */
  frames(kind: AnimationKind, size: Size): Promise<FrameSource & { isSoft: boolean }>;
}

/** How a long export tells how far it is, and hears that it is not wanted any more. */
export interface ExportRun {
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
}

type Made = { blob: Blob; notes?: string[] };

type Exporter = (request: ExportRequest, source: ExportSource, run: ExportRun) => Promise<Made>;

const EXPORTERS: Record<ExportFormat, Exporter> = {
  async share({ photos, query }, { result, readField, snapshot }) {
    const fields = { a: await readField('a'), b: await readField('b') };
    const poster = await posterOf(await snapshot(1));
    const blob = await zipped((sink) => writeShare(sink, { photos, query, result, fields }, poster), 'application/zip');
    return {
      blob,
      notes: ['It holds both photos as they were opened, with whatever their files say (place, camera).'],
    };
  },
  async figure({ scale, legend, view }, { snapshot, sizes, inverseDepths }) {
    const picture = await snapshot(scale);
    const drawn = legend ? legendOf(view, { photoA: sizes.a, inverseDepths }) : null;
    return { blob: drawn ? await addLegend(picture, drawn, scale) : picture };
  },
  async svg(request, source) {
    const { sizes, snapshot, inverseDepths } = source;
    const svg = await vectorFigure(request, { ...(await source.figure()), sizes, snapshot, inverseDepths });
    const isVector = request.view.view === 'matches';
    return {
      blob: new Blob([svg], { type: 'image/svg+xml' }),
      notes: isVector
        ? []
        : ['Only the legend is drawn as vectors: this view is a picture. The Matches view has lines.'],
    };
  },
  async animation({ animation }, { sizes, frames }, run) {
    const size = frameSize(sizes.a, animation.longSide);
    const source = await frames(animation.kind, size);
    try {
      const blob = await animate(animation, size, source, run);
      const soft = 'Without WebGPU the pictures are softer, and a morph is a blend.';
      return { blob, notes: [`${size.width} × ${size.height} pixels.`, ...(source.isSoft ? [soft] : [])] };
    } finally {
      source.close();
    }
  },
  async csv(request, source) {
    return {
      blob: new Blob([encodeMatchesCsv(await source.readMatches(), metadataOf(request, source))], { type: 'text/csv' }),
    };
  },
  async json(request, source) {
    const text = encodeMatchesJson(await source.readMatches(), metadataOf(request, source));
    return { blob: new Blob([text], { type: 'application/json' }) };
  },
  async npz(request, source) {
    const fields = { a: await source.readField('a'), b: await source.readField('b') };
    const matches = await source.readMatches();
    const write = (sink: ZipSink) => writeMatchNpz(sink, fields, matches, metadataOf(request, source));
    return { blob: await zipped(write, 'application/octet-stream') };
  },
  async flo(request, source) {
    const flow = await flowOf(request, source);
    return { blob: new Blob([encodeFlo(flow)], { type: 'application/octet-stream' }), notes: flowNotes(flow) };
  },
  async kitti(request, source) {
    const flow = await flowOf(request, source);
    const { png, outOfRange } = await encodeKittiFlow(flow);
    const lost = `${outOfRange} vectors are longer than the format’s 512 px and are marked unknown; .flo keeps them.`;
    return { blob: new Blob([png], { type: 'image/png' }), notes: [...flowNotes(flow), ...(outOfRange ? [lost] : [])] };
  },
  async colmap(request, source) {
    const files = colmapFiles(await source.readMatches(), metadataOf(request, source));
    const write = async (sink: ZipSink) => {
      const writer = new ZipWriter(sink);
      for (const [name, text] of files) await writer.add(name, new TextEncoder().encode(text));
      await writer.finish();
    };
    return {
      blob: await zipped(write, 'application/zip'),
      notes: ['README.txt in it has the two commands that import it.'],
    };
  },
  async database(request, source, run) {
    const { sizes, focal } = source;
    const [table, metadata] = [await source.readMatches(), metadataOf(request, source)];
    const geometry = await twoViewGeometry(table, sizes, focal, { ...run, verdict: source.result.verdict.kind });
    const { openSqlite } = await import('./open-sqlite.ts');
    const bytes = writeColmapDatabase(await openSqlite(), { table, metadata, focal, geometry });
    return { blob: new Blob([bytes], { type: 'application/vnd.sqlite3' }), notes: databaseNotes(metadata, geometry) };
  },
};

/** Makes the file that a request asks for. Throws `export-empty`, `export-too-large`, `cancelled`. */
export async function exportMatch(
  request: ExportRequest,
  source: ExportSource,
  run: ExportRun = {},
): Promise<ExportedFile> {
  const { blob, notes = [] } = await EXPORTERS[request.format](request, source, run);
  return { name: fileName(request), blob, notes };
}

function metadataOf({ photos }: ExportRequest, { result, sizes }: ExportSource): MatchMetadata {
  return {
    photos: { a: { name: photos.a.name, size: sizes.a }, b: { name: photos.b.name, size: sizes.b } },
    model: result.modelName,
    verdict: result.verdict.sentence,
  };
}

/** What COLMAP will find in the database, and what it must be given beside it. */
export function databaseNotes(metadata: MatchMetadata, { config, inliers }: TwoViewGeometry): string[] {
  const { a, b } = imageNames(metadata);
  const verified = Array.from(inliers).reduce((sum, one) => sum + one, 0);
  const found = {
    degenerate: 'No two-view geometry explains the matches: COLMAP will not use the pair',
    calibrated: `Essential matrix with ${verified} inliers`,
    uncalibrated: `Fundamental matrix with ${verified} inliers`,
    planarOrPanoramic: `Homography with ${verified} inliers: the scene is flat, or the camera only turned`,
  };
  return [`${found[config]}.`, `Put the photos into one folder as ${a} and ${b}.`];
}

async function flowOf({ side, flowSize, view }: ExportRequest, { sizes, readField }: ExportSource): Promise<Flow> {
  const field = await readField(side);
  const from = sizes[side];
  if (flowSize === 'photo' && from.width * from.height > MAX_FLOW_PIXELS) {
    throw new CodedError(
      'export-too-large',
      `A flow file of ${from.width} × ${from.height} pixels is too large for a browser.`,
      'Choose the size of the match instead.',
    );
  }
  const longSide = Math.max(
    ...(flowSize === 'photo' ? [from.width, from.height] : [field.grid.width, field.grid.height]),
  );
  const { threshold, cycleLimit } = view;
  const flow = denseFlow(field, { from, to: sizes[otherSide(side)], longSide, threshold, cycleLimit });
  if (!flow.valid.includes(1)) {
    throw new CodedError(
      'export-empty',
      'No place is certain enough: the flow file would be empty.',
      'Lower the certainty threshold, or switch the cycle filter off.',
    );
  }
  return flow;
}

function flowNotes({ size, valid }: Flow): string[] {
  const known = valid.reduce((sum, one) => sum + one, 0) / valid.length;
  const share = `${Math.round(known * 100)} % of its ${size.width} × ${size.height} vectors are known`;
  return [`${share} (by the view’s certainty and cycle limits).`, `Coordinates: ${PIXEL_CONVENTION}.`];
}

async function zipped(write: (sink: ZipSink) => Promise<void>, type: string): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await write((bytes) => void parts.push(bytes));
  return new Blob(parts, { type });
}

/** The stage as a small JPEG: what an embedding page shows at once. */
async function posterOf(png: Blob): Promise<Blob> {
  const image = await createImageBitmap(png);
  const scale = Math.min(1, POSTER_SIDE / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
  const context = canvas.getContext('2d', { alpha: false })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}
