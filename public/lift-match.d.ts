/** A photo or share file: an address, relative to the page, or its bytes. */
export type Resource = string | Blob;

/** A message as embeds send them, see docs/embedding.md. */
export interface Message {
  type: string;
  [field: string]: unknown;
}

export interface LiftMatchOptions {
  a?: Resource;
  b?: Resource;
  /** A share file, instead of photos: its match is shown and no model runs. */
  share?: Resource;
  /** Starts as soon as it is on screen, without a click. */
  autorun?: boolean;
  /** Tabs, verdict and legend around the picture. */
  controls?: boolean;
  theme?: 'light' | 'dark' | 'auto';
  view?: string;
  model?: string;
  /** CSS pixels, or as high as the photos need. */
  height?: number | 'auto';
  /** Any further parameter of a link to the app, such as `threshold` or `count`. */
  parameters?: Record<string, string>;
  onProgress?: (message: Message & { stage: string; fraction: number | null }) => void;
  onResult?: (message: Message & { kind: string }) => void;
  onError?: (message: Message & { code: string; message: string; remedy: string }) => void;
}

export interface ExportedFile {
  name: string;
  blob: Blob;
  notes: string[];
}

/** `<lift-match>`. Fires `liftmatch-progress`, `-size`, `-result` and `-error`; removing it frees everything it holds. */
export interface LiftMatch extends HTMLElement {
  load(resources: { a?: Resource; b?: Resource; share?: Resource }): Promise<void>;
  run(): Promise<void>;
  export(format: string, options?: { side?: 'a' | 'b'; scale?: number; legend?: boolean }): Promise<ExportedFile>;
}

/** The class; importing the module registers it. */
export const LiftMatchElement: new () => LiftMatch;
/** Puts a match at the end of `container`. */
export function create(container: Element, options?: LiftMatchOptions): LiftMatch;

export * from './api.js';
