import { useEffect, useState } from 'react';
import type { Side } from '../../shared/geometry.ts';
import { useWorkspaceState } from '../workspace-context.ts';

/** The workspace's photos, decoded for drawing; a side is absent until it is ready. */
export function usePhotoImages(): Partial<Record<Side, HTMLImageElement>> {
  const urlA = useWorkspaceState((state) => state.photos.a.photo?.url);
  const urlB = useWorkspaceState((state) => state.photos.b.photo?.url);
  const [images, setImages] = useState<Partial<Record<Side, HTMLImageElement>>>({});
  useEffect(() => {
    let isCurrent = true;
    const open = async (url: string | undefined) => {
      if (!url) return undefined;
      const image = new Image();
      image.src = url;
      // A photo that the engine opened may still be one that this element cannot show.
      return image.decode().then(
        () => image,
        () => undefined,
      );
    };
    void Promise.all([open(urlA), open(urlB)]).then(([a, b]) => {
      if (isCurrent) setImages({ ...(a && { a }), ...(b && { b }) });
    });
    return () => {
      isCurrent = false;
    };
  }, [urlA, urlB]);
  return images;
}
