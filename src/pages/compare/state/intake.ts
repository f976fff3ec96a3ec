import { CodedError } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import type { CompareContext } from './context.ts';
import { EXTRA_SLOTS, type ExtraSlot } from './types.ts';

/** What it needs of the comparison. */
interface IntakeContext extends CompareContext {
  readonly ownPairs: { addFiles(files: readonly File[]): Promise<void> };
  readonly extra: {
    firstEmpty(): ExtraSlot | undefined;
    openFile(slot: ExtraSlot, file: File): Promise<void>;
    openAddress(slot: ExtraSlot, address: string): Promise<void>;
    clear(slot: ExtraSlot): void;
  };
}

const MAX_PHOTOS = 4;
/** Files that tell a true correspondence; JSON does, unless it comes with what only models have. */
const TRUTH_FILE = /\.(txt|npy|npz|json)$/i;
const MODEL_FILE = /\.(pth|pt|ckpt|safetensors|bin|onnx|onnx_data|data)$/i;

/**
 * Takes what was dropped or pasted on the Compare page where the two slots of the match are not meant: a photo when
 * both are filled, three or four photos, files of a true correspondence with or without photos.
 * One photo goes to the first empty place; several begin a new comparison.
 * @returns whether it was taken
 */
export function takeOffer(compare: IntakeContext, { files, folders, text }: Offer, target?: Side): boolean {
  if (folders.length > 0 || files.some(({ name }) => MODEL_FILE.test(name))) return false;
  const truth = files.filter(({ name }) => TRUTH_FILE.test(name));
  const photos = files.filter((file) => !truth.includes(file));
  const { a, b } = compare.workspace.store.getState().photos;
  const isFull = [a, b].every(({ photo, opening }) => photo !== null || opening !== null);
  const address = files.length === 0 && /^https?:\/\/\S+$/i.test(text.trim()) ? text.trim() : null;
  const isOneMore = target === undefined && isFull && (photos.length === 1 || address !== null);
  if (truth.length === 0 && !isOneMore && photos.length <= 2) return false;
  const job = async () => {
    if (isOneMore) await addPhoto(compare, photos[0] ?? address!);
    else if (photos.length > 0) await openPhotos(compare, photos, target);
    if (truth.length > 0) await compare.ownPairs.addFiles(truth);
  };
  void job().catch((thrown: unknown) => compare.workspace.notices.report(thrown));
  return true;
}

/** Opens photos in the empty places, A first; what does not fit is told. */
export function addPhotos(compare: IntakeContext, files: readonly File[]): void {
  const { photos: slots } = compare.workspace;
  const job = async () => {
    for (const file of files) {
      const { a, b } = compare.workspace.store.getState().photos;
      const empty = !a.photo ? 'a' : !b.photo ? 'b' : null;
      if (empty) await slots.openFile(empty, file, file.name);
      else await addPhoto(compare, file);
    }
  };
  void job().catch((thrown: unknown) => compare.workspace.notices.report(thrown));
}

/** Opens one more photo: a file, or an address. */
async function addPhoto(compare: IntakeContext, photo: File | string): Promise<void> {
  const slot = compare.extra.firstEmpty();
  if (!slot) {
    throw new CodedError(
      'compare-full',
      'There are four photos already.',
      'Remove one first, or drop the new photo on the slot of A or B to replace that one.',
    );
  }
  await (typeof photo === 'string' ? compare.extra.openAddress(slot, photo) : compare.extra.openFile(slot, photo));
}

async function openPhotos(compare: IntakeContext, photos: readonly File[], target?: Side): Promise<void> {
  if (photos.length > MAX_PHOTOS) {
    throw new CodedError(
      'compare-too-many',
      `${photos.length} photos were given, but a comparison takes up to four.`,
      'Choose four of them.',
    );
  }
  const { photos: slots } = compare.workspace;
  if (photos.length === 1) return slots.openFile(target ?? 'a', photos[0], photos[0].name);
  const [a, b, ...others] = photos;
  await Promise.all([slots.openFile('a', a, a.name), slots.openFile('b', b, b.name)]);
  await Promise.all(
    EXTRA_SLOTS.map(async (slot, i) => {
      if (others[i]) await compare.extra.openFile(slot, others[i]);
      else compare.extra.clear(slot);
    }),
  );
}
