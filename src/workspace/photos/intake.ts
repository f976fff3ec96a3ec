import { CodedError } from '../../core/errors.ts';

/** What was dropped or pasted, taken out of its DataTransfer (which is empty once the event is over). */
export interface Offer {
  files: File[];
  /** Names of folders among the dropped things. */
  folders: string[];
  /** Dropped or pasted text, if any. */
  text: string;
}

/** What to do with an offer. */
export type Intake =
  | { kind: 'files'; files: File[] }
  | { kind: 'models'; files: File[] }
  | { kind: 'address'; address: string };

/** Checkpoints, and ONNX files with what belongs to them. Names decide: their first bytes are looked at by who opens them. */
const MODEL_FILE = /\.(pth|pt|ckpt|safetensors|bin|onnx|onnx_data|data|json)$/i;

/** Lists of points or pairs, which have dialogs of their own. */
const TABLE_FILE = /\.(csv|tsv)$/i;

/** Takes the offer out of a DataTransfer; to be called within the event. */
export function readOffer(data: DataTransfer): Offer {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of data.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry.name);
    else if (file) files.push(file);
  }
  // Prefer the list of addresses: a dragged picture also carries its alternative text.
  return { files, folders, text: data.getData('text/uri-list') || data.getData('text/plain') };
}

/** Decides what an offer means. Throws a CodedError where it cannot be used; null where there is nothing in it. */
export function planIntake({ files, folders, text }: Offer): Intake | null {
  if (folders.length > 0) {
    throw new CodedError(
      'drop-folder',
      `“${folders[0]}” is a folder.`,
      'Open it and drop one or two photos out of it.',
    );
  }
  const modelFiles = files.filter(({ name }) => MODEL_FILE.test(name));
  if (modelFiles.length > 0 && modelFiles.length === files.length) return { kind: 'models', files };
  if (modelFiles.length > 0) {
    throw new CodedError(
      'drop-mixed',
      `“${modelFiles[0].name}” is a model, but other files are not.`,
      'Drop photos and models one after the other.',
    );
  }
  const table = files.find(({ name }) => TABLE_FILE.test(name));
  if (table) {
    throw new CodedError(
      'drop-table',
      `“${table.name}” is a table, not a photo.`,
      'Drop a list of points on “Chosen points”, a list of pairs on “Export”, “Many pairs…”.',
    );
  }
  if (files.length > 2) {
    throw new CodedError(
      'drop-too-many',
      `${files.length} files were given, but a match takes two photos.`,
      'Choose one or two of them, or match many pairs with “Export”, “Many pairs…”.',
    );
  }
  if (files.length > 0) return { kind: 'files', files };
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
  if (lines.length === 0) return null;
  if (lines.length === 1 && /^https?:\/\/\S+$/i.test(lines[0])) return { kind: 'address', address: lines[0] };
  throw new CodedError(
    'drop-text',
    'That was a piece of text, not a photo.',
    'Drop an image file, or the address of one photo that starts with https://.',
  );
}
