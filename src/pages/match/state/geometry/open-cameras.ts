import { cameraText } from '../../../../core/camera-model.ts';
import { isCancelled } from '../../../../core/errors.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { Notices } from '../../../../platform/page/notices.ts';
import type { EngineLink } from '../engine-link.ts';
import type { MatchStore } from '../store.ts';
import type { Geometry } from './geometry.ts';

interface CameraPlace {
  store: MatchStore;
  link: EngineLink;
  notices: Notices;
  geometry: Geometry;
}

/**
 * Takes the cameras of a file for the photos that are open, and turns to the essential matrix, which is by them. A file that is
 * none becomes a notice, and the cameras stay as they are.
 * @param only one photo; else both
 */
export async function openCameras(
  { store, link, notices, geometry }: CameraPlace,
  file: File,
  only?: Side,
): Promise<void> {
  try {
    const { chosen, names } = await link.call('readCameras', { file, name: file.name });
    const found = (['a', 'b'] as const).filter((side) => (only ?? side) === side && chosen[side]);
    const { camera } = store.getState().geometry.settings;
    const cameras = Object.fromEntries(found.map((side) => [side, cameraText(chosen[side]!.camera)]));
    geometry.update({ camera: { ...camera, ...cameras }, model: 'essential' });
    geometry.open();
    const of = found.map((side) => `${side.toUpperCase()} has ${chosen[side]!.name}`).join(', ');
    const among = names.length > 1 ? ` (${names.length} in it)` : '';
    notices.add('info', { code: 'cameras-taken', message: `Cameras of “${file.name}”${among}: ${of}.`, remedy: '' });
  } catch (thrown) {
    if (!isCancelled(thrown)) notices.report(thrown);
  }
}
