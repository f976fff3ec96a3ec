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
import type { MeasuredSpeeds } from './speeds.ts';
import type { MatchResult, PhotoInfo, ProviderChoice } from '../core/match.ts';

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
  /** Address of the match that the embedded model gives, recorded; absent where there is none. */
  match?: string;
  /** Address of its photos' features by the same model, recorded; absent where there are none. */
  features?: string;
}

/** What the person can read about a model before it is loaded. */
export interface ModelEntry {
  id: string;
  name: string;
  license: string;
  source: string;
  description: string;
  manifestUrl: string;
  /** Names the weights, see models/manifest.ts; absent of installed models, whose files are not looked at before they run. */
  weights?: string;
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

/** What all pages see: the photos and what was matched of them, samples, models, notices and the look. */
export interface WorkspaceState {
  /** Name of the page that is shown. */
  page: string;
  /** What the pages beside the match keep in the link: parameters `PAGE.NAME`, read and written by the page alone. */
  pageOptions: Readonly<Record<string, string>>;
  photos: Record<Side, PhotoSlot>;
  settings: MatchSettings;
  samples: Sample[];
  models: ModelEntry[];
  library: LibraryState;
  /** Each model's last match of photos that were both encoded for it, and how long models took on this machine. */
  fresh: Readonly<Record<string, MatchResult>>;
  speeds: MeasuredSpeeds;
  /** The match of the present photos. */
  result: MatchResult | null;
  notices: Notice[];
  /** How often the person wanted the GPU tried anew: workers of an earlier number end. */
  gpuTries: number;
  theme: ThemeChoice;
  /** The system's preferences, see platform/page/environment.ts. */
  systemDark: boolean;
  reducedMotion: boolean;
}
