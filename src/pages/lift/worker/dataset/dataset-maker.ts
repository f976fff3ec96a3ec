import { throwIfAborted } from '../../../../core/errors.ts';
import type { DepthSource } from '../../contract/depth.ts';
import type { DatasetPhoto } from '../../contract/dataset.ts';
import { openPhoto } from '../../../../matching/photos/open-photo.ts';
import { Photo } from '../../../../matching/photos/photo.ts';
import type { DatasetMaker } from './export-dataset.ts';
import { type DepthNetworks, DepthSources } from '../depth/depth-sources.ts';
import type { LiftRenderer } from '../drawing/renderer.ts';
import { type SkyModel, Scenes } from '../scenes.ts';

/**
 * Opens and renders a dataset's photos beside the photo that is shown, which stays.
 * @param source depth of photos that brought no map: the page's, unless it belongs to one photo alone
 */
export function datasetMaker(
  networks: DepthNetworks & SkyModel,
  source: DepthSource | null,
  renderer: LiftRenderer,
): DatasetMaker<DatasetPhoto> {
  const depths = new DepthSources(networks);
  const scenes = new Scenes(networks);
  const common: DepthSource = source?.kind === 'network' ? source : { kind: 'estimate' };
  return {
    async openScene({ file, name, depth: own }, settings, signal) {
      const opened = await openPhoto(file, name, signal);
      const photo = new Photo(opened, null);
      try {
        const depth = await depths.open(own ?? common, photo, { signal, onNetwork: () => {} });
        throwIfAborted(signal);
        return await scenes.get(photo, depth, settings);
      } finally {
        photo.close();
      }
    },
    async render(request) {
      await renderer.render(request);
      return (await renderer.read())!;
    },
  };
}
