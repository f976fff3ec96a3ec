import type { Notice } from '../platform/page/notices.ts';
import type { ThemeChoice } from '../platform/page/theme.ts';
import type { PlainError } from '../core/errors.ts';
import type { Side } from '../core/geometry.ts';
import type {
  InstalledModel,
  InstallPhase,
  KeptNetwork,
  ModelRecipe,
  StorageEstimate,
} from '../models/library-contract.ts';
import type { EngineInfo } from '../pages/match/contract/protocol.ts';
import type { MatchResult, PhotoInfo, ProbeResult, Progress, ProviderChoice, Stage } from '../core/match.ts';
import type { ViewSettings } from '../pages/match/contract/view.ts';
import type { GeometryState } from '../pages/match/state/geometry/geometry-state.ts';

/** Where a photo came from; only what has an address can be kept in a link. */
export type PhotoSource = { kind: 'file' } | { kind: 'address'; url: string };

/** A photo that the engine accepted. The Blob is kept so that a new worker can be given it again. */
export interface Photo {
  file: Blob;
  name: string;
  source: PhotoSource;
  info: PhotoInfo;
  /** Object URL of `file`; revoked when the photo leaves its slot. */
  url: string;
}

export interface PhotoSlot {
  photo: Photo | null;
  /** Name of what is being fetched or opened, else null. The photo shown stays until that has succeeded. */
  opening: string | null;
}

/** One of the project's demo pairs, from samples/index.json; addresses are absolute. */
export interface Sample {
  id: string;
  title: string;
  description: string;
  a: string;
  b: string;
  /** Address of the true warp (npz); null where none is known. */
  truth: string | null;
  /** Address of photo A's exact disparity (16-bit PNG); null where none is known. */
  depth: string | null;
  credit: string;
}

/** What the person can read about a model before it is loaded. */
export interface ModelEntry {
  id: string;
  name: string;
  license: string;
  source: string;
  description: string;
  manifestUrl: string;
  /** Input sides are multiples of this. */
  multiple: number;
  /** The manifest's own longer side. */
  defaultLongSide: number;
  minLongSide: number;
  maxLongSide: number;
  /** Download in bytes, all files together. */
  bytes: number;
}

/** What runs a model when changed. */
export interface MatchSettings {
  /** null = the first of the catalogue. */
  modelId: string | null;
  provider: ProviderChoice;
  /** null = the manifest's default. */
  longSide: number | null;
  rescue: boolean;
}

export interface EngineState {
  /** Counts the workers; the canvas is mounted anew for each, because it can hand over its control only once. */
  epoch: number;
  status: 'starting' | 'ready' | 'stopped';
  info: EngineInfo | null;
}

/** The running match; null when idle. */
export interface Job {
  stage: Stage | null;
  progress: Progress | null;
}

/** A place on a photo, in its pixels. */
export interface Place {
  side: Side;
  x: number;
  y: number;
}

export interface Probe extends Place {
  /** null until the engine has answered, or where it knows nothing. */
  result: ProbeResult | null;
}

export interface Pin extends Probe {
  id: number;
}

/** A model that is being installed, or whose download waits to go on. */
export interface LibraryJob {
  /** The recipe's id; for ready ONNX files the manifest's name. */
  id: string;
  name: string;
  status: 'running' | 'paused' | 'failed';
  /** Null before the worker has said anything, and for a download of an earlier visit. */
  phase: InstallPhase | null;
  /** File or layer at hand. */
  item: string;
  loaded: number;
  total: number | null;
  bytesPerSecond: number | null;
  error: PlainError | null;
  /** How to go on with it: null where the page no longer has what it was made from. */
  recipe: ModelRecipe | null;
}

/** The models on this device, and what is happening to them. */
export interface LibraryState {
  isOpen: boolean;
  /** Null until the worker has told. */
  installed: InstalledModel[] | null;
  /** Of the lift studio; empty until the worker has told. */
  networks: KeptNetwork[];
  jobs: LibraryJob[];
  /** Checkpoints that were dropped and wait for the person's choices. */
  offered: File[];
  storage: StorageEstimate | null;
  /** Why something in the panel failed that is no job. */
  error: PlainError | null;
}

/** What the page shows of the photos. */
export const PAGES = ['match', 'compare', 'lift'] as const;
export type PageName = (typeof PAGES)[number];

export interface WorkspaceState {
  page: PageName;
  /** What the pages beside the match keep in the link: parameters `PAGE.NAME`, read and written by the page alone. */
  pageOptions: Readonly<Record<string, string>>;
  photos: Record<Side, PhotoSlot>;
  view: ViewSettings;
  settings: MatchSettings;
  geometry: GeometryState;
  samples: Sample[];
  models: ModelEntry[];
  library: LibraryState;
  engine: EngineState;
  job: Job | null;
  result: MatchResult | null;
  probe: Probe | null;
  pins: Pin[];
  notices: Notice[];
  theme: ThemeChoice;
  /** The system's preferences, see environment.ts. */
  systemDark: boolean;
  reducedMotion: boolean;
}

/** Pins that fit in a link; more stay on the page only. */
export const MAX_LINKED_PINS = 12;
