import type { ExportedFile } from '../core/exported-file.ts';
import type { KnownCamera } from '../core/camera-model.ts';
import { type FirstPixel, pixelConvention } from '../core/coordinates.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { Legend } from '../core/colors/legend.ts';
import type { DenseField, MatchResult, MatchTable, VerdictKind } from '../core/match.ts';
import type { ZipSink } from '../formats/archives/zip-writer.ts';
import type { Flow } from '../formats/flow/flow.ts';
import type { SqlDatabase, TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import type { MatchMetadata } from '../formats/matches/match-metadata.ts';
import type { AnimationSettings } from './animation-settings.ts';
import type { FullSizePicture, FullSizeSettings } from './full-size-settings.ts';

/** Size of an optical flow file: as many places as the match has, or every pixel of the photo. */
export type FlowSize = 'match' | 'photo';

/** Matches in files for programs that want many (COLMAP), and in batches, unless somebody says otherwise. */
export const FILE_MATCHES = 5000;

/** What can be chosen for a file; a format's `choices` name those that mean something for it. */
export interface ExportOptions {
  /** Direction of an optical flow file: on this photo, towards the other one. */
  side: Side;
  flowSize: FlowSize;
  /** Pixels of a figure per CSS pixel of the stage, 1…4. */
  scale: number;
  /** Whether a figure says what its colours mean. */
  legend: boolean;
  animation: AnimationSettings;
  fullSize: FullSizeSettings;
  /** Where the first pixel's centre is in files of points that have no convention of their own. */
  firstPixel: FirstPixel;
  /** Matches in the file, sampled as the view samples; null: those that the view draws. */
  count: number | null;
}

/** A file that is wanted, of what is shown. */
export interface ExportWish extends ExportOptions {
  /** The photos' names, and for share files their original bytes. */
  photos: Record<Side, { name: string; file: Blob }>;
  /** View and settings as a link's query, which share files keep. */
  query: string;
  /** The command line makes full-size pictures only when asked to. */
  wantsFullSize?: boolean;
  /** Cameras that the person measured, as core/camera-model.ts writes them; absent: none. */
  cameras?: Record<Side, string | null>;
  /** Name of the view, and what decides which places of a flow file are valid. */
  view: { view: string; threshold: number; cycleLimit: number };
}

/** What is known of the match: enough for files of numbers. The command line has this, too. */
export interface MatchSource {
  model: string;
  verdict: { kind: VerdictKind; sentence: string };
  /** Sizes of the photos' files. */
  sizes: Record<Side, Size>;
  /** Focal lengths that the files tell, in their pixels. */
  focal: Record<Side, number | null>;
  /** Cameras that were measured, in the photos' pixels. */
  cameras: Record<Side, KnownCamera | null>;
  readField(side: Side): Promise<DenseField>;
  readMatches(): Promise<MatchTable>;
  /** The field as optical flow with this longer side. */
  readFlow(side: Side, longSide: number, limits: { threshold: number; cycleLimit: number }): Promise<Flow>;
  /** An empty SQLite database in memory. */
  openDatabase(): Promise<SqlDatabase>;
  /** A picture at the photos' own resolution. */
  drawFullSize(
    settings: FullSizeSettings,
    limits: { threshold: number; cycleLimit: number },
    run: ExportRun,
  ): Promise<{ blob: Blob; description: FullSizeDescription }>;
  /** What one scene, seen twice, says of the matches. */
  readGeometry(table: MatchTable, run: ExportRun): Promise<TwoViewGeometry>;
}

/** What is drawn besides: pictures of the stage. */
export interface StageSource extends MatchSource {
  result: MatchResult;
  /** What the colours of the view mean; null where the picture explains itself. */
  readLegend(): Legend | null;
  /** The stage as a PNG with `scale` pixels per CSS pixel. */
  snapshot(scale: number): Promise<Blob>;
  /** The same as JPEG, its longer side at most this. */
  poster(longSide: number): Promise<Blob>;
  /** The stage with its legend below it. */
  withLegend(picture: Blob, legend: Legend, scale: number): Promise<Blob>;
  /** The stage as SVG; vectors where the view has lines and points. */
  drawVectors(options: Pick<ExportOptions, 'scale' | 'legend'>): Promise<{ svg: string; isVector: boolean }>;
  /** An animation from A to B and back; soft where it was not drawn by the graphics card. */
  animate(settings: AnimationSettings, run: ExportRun): Promise<{ blob: Blob; size: Size; isSoft: boolean }>;
}

/** How a long export tells how far it is, and hears that it is not wanted any more. */
export interface ExportRun {
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
}

/** What a full-size picture shows: sizes and transforms, in the file and beside it. */
export interface FullSizeDescription {
  picture: FullSizePicture;
  size: Size;
  /** One sentence. */
  transform: string;
  coordinates: string;
  /** Where the picture's upper left corner lies in this photo, pixels. */
  origin: { photo: Side; x: number; y: number };
  homography_a_to_b: number[][] | null;
  certainty_from: number;
  cycle_error_up_to: number | null;
  alpha: string;
  photos: Record<Side, { name: string } & Size>;
}

/** `sidecar`: JSON for the command line to write beside the file. */
export type Made = Pick<ExportedFile, 'blob'> & { notes?: string[]; sidecar?: string };

/** Groups of {@link ExportOptions} that a format asks for. */
export type ExportChoice = 'flow' | 'figure' | 'animation' | 'count' | 'full-size' | 'pixels';

interface Described {
  /** As embeds and the command line call it. Never changes. */
  readonly name: string;
  /** In the dialog. */
  readonly label: string;
  readonly ending: string;
  readonly text: string;
  readonly choices: readonly ExportChoice[];
  /** Whether a batch of many pairs offers it. */
  readonly inBatch: boolean;
  /** The end of the file's name, after those of the photos. */
  fileEnd(wish: ExportWish): string;
}

/** A format of numbers: the page, batches, embeds and `npm run match` write it. */
export interface MatchFormat extends Described {
  readonly needs: 'match';
  /** Its files in the folder of `npm run match`; a flow has one a direction, and a name with `/` at its end unpacks a zip. */
  commandFiles(wish: ExportWish): { name: string; wish: ExportWish }[];
  /** Encoders come when they are asked for. Rejects with a CodedError. */
  write(wish: ExportWish, source: MatchSource, run: ExportRun): Promise<Made>;
}

/** A format of pictures: it needs a stage on which the match is drawn. */
export interface StageFormat extends Described {
  readonly needs: 'stage';
  write(wish: ExportWish, source: StageSource, run: ExportRun): Promise<Made>;
}

/**
 * What a match can be saved as: one file of this folder, and one line in `index.ts`. Dialog, batch, `npm run match`, the
 * embed's `export` and the table of docs/exports.md follow that list.
 */
export type ExportFormat = MatchFormat | StageFormat;

/** Rows of x, y in one photo and x, y in the other, and more, as pixels are wanted; `columns`: numbers in a row. */
export const inFirstPixel = (rows: Float32Array, columns: number, { firstPixel }: ExportWish): Float32Array =>
  firstPixel === 0.5 ? rows : rows.map((value, i) => (i % columns < 4 ? value - 0.5 : value));

/** The matches with pixels as they are wanted. */
export async function matchesAsWished(wish: ExportWish, source: MatchSource): Promise<MatchTable> {
  const table = await source.readMatches();
  return { ...table, rows: inFirstPixel(table.rows, 5, wish) };
}

/** The same for what says how they are counted. */
export const wishedMetadata = (wish: ExportWish, source: MatchSource): MatchMetadata => ({
  ...metadataOf(wish, source),
  coordinates: pixelConvention(wish.firstPixel),
});

/** Names, sizes and verdict, as files of numbers carry them. */
export const metadataOf = ({ photos }: ExportWish, { model, verdict, sizes }: MatchSource): MatchMetadata => ({
  photos: { a: { name: photos.a.name, size: sizes.a }, b: { name: photos.b.name, size: sizes.b } },
  model,
  verdict: verdict.sentence,
});

/** One file under this name in the command's folder. */
export const oneFile = (name: string) => (wish: ExportWish) => [{ name, wish }];

/** What a zip-like writer gives, as one Blob. */
export async function collected(write: (sink: ZipSink) => Promise<void>, type: string): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await write((bytes) => void parts.push(bytes));
  return new Blob(parts, { type });
}
