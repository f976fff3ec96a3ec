import { useEffect, useState } from 'react';
import type { BySlot, Slot } from '../../contract.ts';
import { SLOTS } from '../../contract.ts';
import { comparedPhotos } from '../../state/compared-photos.ts';
import { useWorkspaceState } from '../../../../workspace/ui/workspace-context.ts';
import { useCompareState } from '../compare-context.ts';

/** A photo at the size at which columns draw it. */
export type PhotoImage = HTMLCanvasElement;

/** Enough for a column on any screen, and for a look closer; drawing a camera's full size at every move would not be. */
const MAX_SIDE = 2048;

/** The compared photos, decoded for drawing; a slot is absent until its photo is ready. */
export function usePhotoImages(): BySlot<PhotoImage> {
  const photos = useWorkspaceState((state) => state.photos);
  const extra = useCompareState((state) => state.extra);
  const [images, setImages] = useState<BySlot<PhotoImage>>({});
  const compared = comparedPhotos(photos, extra);
  const urls = SLOTS.map((slot) => compared[slot]?.url);
  useEffect(() => {
    let isCurrent = true;
    const opening = SLOTS.map(async (slot, i): Promise<[Slot, PhotoImage] | null> => {
      const image = urls[i] && (await open(urls[i]));
      return image ? [slot, image] : null;
    });
    void Promise.all(opening).then((opened) => {
      if (isCurrent) setImages(Object.fromEntries(opened.filter((entry) => entry !== null)));
    });
    return () => {
      isCurrent = false;
    };
    // The list is made anew at every drawing; its addresses are what matters.
  }, urls);
  return images;
}

/** null where the element cannot show what the engine opened. */
async function open(url: string): Promise<PhotoImage | null> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    return null;
  }
  const scale = Math.min(1, MAX_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(scale * image.naturalWidth);
  canvas.height = Math.round(scale * image.naturalHeight);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
