import { CodedError } from '../../../core/errors.ts';
import type { Offer } from '../../../workspace/photos/intake.ts';
import type { SceneContext } from './context.ts';

/** What it needs of the page. */
interface IntakeContext extends SceneContext {
  openFile(file: File): Promise<void>;
  openAddress(address: string): Promise<void>;
}

/** `cameras.json`, or COLMAP's `cameras.txt` and `images.txt`; `surfaces.json`. */
const BESIDE = /\.(json|txt)$/i;

/**
 * Takes whatever was dropped or pasted on the scene page: a scene, its cameras and true surfaces, all together, or a scene's address.
 * @returns whether it was taken; what cannot be used becomes a notice
 */
export function takeSceneOffer(scene: IntakeContext, { files, folders, text }: Offer): boolean {
  const address = text.trim();
  if (files.length === 0 && folders.length === 0 && address === '') return false;
  void take(scene, files, folders, address).catch((thrown: unknown) => scene.report(thrown));
  return true;
}

async function take(scene: IntakeContext, files: File[], folders: string[], address: string): Promise<void> {
  if (folders.length > 0) {
    throw new CodedError(
      'scene-folder',
      `“${folders[0]}” is a folder.`,
      'Open it and drop the scene’s file, with cameras.json or COLMAP’s two text files if there are any.',
    );
  }
  if (files.length === 0) {
    if (/^https?:\/\/\S+$/i.test(address)) return scene.openAddress(address);
    throw new CodedError(
      'scene-text',
      'That was a piece of text, not a scene.',
      'Drop a file, or an https:// address.',
    );
  }
  const beside = files.filter(({ name }) => BESIDE.test(name));
  const scenes = files.filter(({ name }) => !BESIDE.test(name));
  if (scenes.length > 1) {
    throw new CodedError(
      'scene-too-many-files',
      `${scenes.length} scenes were given, but one is shown at a time.`,
      'Drop one file, with its cameras if there are any.',
    );
  }
  if (scenes.length === 1) await scene.openFile(scenes[0]);
  if (beside.length > 0) await takeBeside(scene, beside);
}

/** Cameras and true surfaces belong to the scene that is open. */
export async function takeBeside(scene: SceneContext, files: readonly File[]): Promise<void> {
  const { facts } = scene.store.getState();
  if (!facts) {
    throw new CodedError(
      'scene-none',
      `“${files[0].name}” belongs to a scene, and there is none yet.`,
      'Drop the scene first, or both together.',
    );
  }
  const texts = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
  const { cameras, surfaces, notes } = await scene.link.call('beside', { files: texts });
  if (cameras !== null) scene.store.setState({ cameras });
  if (surfaces !== null) scene.store.setState({ surfaces });
  for (const message of notes) scene.workspace.notices.add('info', { code: 'scene-note', message, remedy: '' });
}
