import { skyPlate } from '../../passes/sky-backdrop/sky-plate.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { FrameRequest } from '../drawing/frame.ts';

interface MadePlate {
  photo: Pixels;
  threshold: number;
  plate: Pixels | null;
}

/** The last plate of each mask: scenes keep their arrays until they change, so that no slider but one makes it anew. */
const plates = new WeakMap<Float32Array, MadePlate>();

/**
 * The sky that stands behind the new view, see reference/lift/sky-plate.ts; null where there is none or holes are to
 * be seen. In ordinary memory on every path, as the scene's depth. The same pixels as long as nothing changes.
 */
export function sceneSky({ scene: { photo, sky }, settings }: FrameRequest): Pixels | null {
  if (settings.render.fill === 'none' || !sky) return null;
  const { threshold } = settings.sky;
  const made = plates.get(sky);
  if (made?.photo === photo && made.threshold === threshold) return made.plate;
  const plate = skyPlate(photo, { map: sky, threshold });
  plates.set(sky, { photo, threshold, plate });
  return plate;
}
