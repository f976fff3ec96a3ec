import { CodedError } from '../../../core/errors.ts';
import type { Side } from '../../../core/geometry.ts';
import type { DroppedNetwork } from '../contract/api.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import { guessMeaning, isDepthFile } from './depth/depth-files.ts';
import type { LiftContext } from './context.ts';
import type { DepthChoice } from './types.ts';

/** What it needs of the studio. */
interface IntakeContext extends LiftContext {
  readonly networks: { add(network: DroppedNetwork): Promise<void> };
  chooseDepth(choice: DepthChoice): void;
}

const ONNX = /\.onnx$/i;
/** Names under which published networks of the two purposes are known. */
const PURPOSES: { purpose: DroppedNetwork['purpose']; name: RegExp }[] = [
  { purpose: 'sky', name: /sky/i },
  { purpose: 'inpainting', name: /inpaint|lama|migan|mat[-_.]/i },
];
const OTHER_MODEL = /\.(pth|pt|ckpt|safetensors|bin|onnx_data|data|json|zip)$/i;

/**
 * Takes what was dropped or pasted on the lift page: a photo, a photo with its depth map, a depth map for the present
 * photo (anything that is dropped on the depth's place or the new view is one), a photo's address, a network for sky or
 * holes.
 * @returns whether it was taken
 */
export function takeLiftOffer(lift: IntakeContext, { files, folders, text }: Offer, target?: Side): boolean {
  const address = text.trim();
  if (folders.length === 0 && files.length === 0 && /^https?:\/\/\S+$/i.test(address)) {
    // Wherever the match's photos are: here there is one.
    void lift.workspace.photos.openAddress('a', address);
    return true;
  }
  if (folders.length > 0 || files.length === 0) return false;
  const network = files.length === 1 && ONNX.test(files[0].name) ? purposeOf(files[0].name) : null;
  if (network) void lift.networks.add({ purpose: network, file: files[0], name: files[0].name });
  else if (files.some(({ name }) => ONNX.test(name) || OTHER_MODEL.test(name))) return false;
  else void takePictures(lift, files, target).catch((thrown: unknown) => lift.report(thrown));
  return true;
}

/** Takes a file as the depth of the photo, whatever it is called. */
export async function takeDepth(lift: IntakeContext, file: File): Promise<void> {
  if (!lift.store.getState().photo) {
    throw new CodedError(
      'lift-no-photo',
      `“${file.name}” is the depth of a photo, and there is none yet.`,
      'Drop the photo first, or both together.',
    );
  }
  lift.chooseDepth({ kind: 'file', file, name: file.name, meaning: await guessMeaning(file) });
}

async function takePictures(lift: IntakeContext, files: readonly File[], target?: Side): Promise<void> {
  if (files.length === 1 && target === 'b') return takeDepth(lift, files[0]);
  const isDepth = await Promise.all(files.map(isDepthFile));
  const maps = files.filter((_, i) => isDepth[i]);
  const photos = files.filter((_, i) => !isDepth[i]);
  if (maps.length > 1 || photos.length > 1) {
    throw new CodedError(
      'lift-too-many',
      `${files.length} files were given, but one photo is lifted at a time.`,
      'Drop one photo, with its depth map if there is one. Many photos become a dataset under “Dataset”.',
    );
  }
  const { photos: slots } = lift.workspace;
  if (photos.length === 1) await slots.openFile('a', photos[0], photos[0].name);
  if (maps.length === 1) await takeDepth(lift, maps[0]);
}

const purposeOf = (name: string) => PURPOSES.find((one) => one.name.test(name))?.purpose ?? null;
