import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type LiftedScene, liftScene, renderFrame } from '../../src/pages/lift/worker/drawing/cpu-frame.ts';
import type { DatasetMaker } from '../../src/pages/lift/worker/dataset/export-dataset.ts';
import { DepthSources } from '../../src/pages/lift/worker/depth/depth-sources.ts';
import type { DepthMeaning } from '../../src/pages/lift/worker/depth/read-depth.ts';
import { Scenes } from '../../src/pages/lift/worker/scenes.ts';
import { CodedError } from '../../src/core/errors.ts';
import type { DepthSource } from '../../src/pages/lift/contract/depth.ts';
import { FilePhoto } from './photo.ts';

/** A photo of the disk, and its depth map where there is one. */
export interface PhotoFile {
  name: string;
  path: string;
  depth: { path: string; meaning: DepthMeaning } | null;
}

const noNetworks = (): never => {
  throw new CodedError('network-missing', 'The command line runs no depth network.', 'Give depth maps by --depth.');
};

/** The lift worker's own code on the CPU references, for files of the disk. */
export function liftMaker(): DatasetMaker<PhotoFile> {
  const depths = new DepthSources({ depth: noNetworks });
  const scenes = new Scenes({ skyKey: noNetworks, skyMap: noNetworks });
  let lifted: LiftedScene | null = null;
  return {
    async openScene({ path, depth }, settings, signal) {
      const photo = await FilePhoto.open(path);
      const opened = await depths.open(depth ? sourceOf(depth) : { kind: 'estimate' }, photo, {
        signal,
        onNetwork: () => {},
      });
      return scenes.get(photo, opened, settings);
    },
    async render(request) {
      lifted = liftScene(request.scene, request.settings, lifted);
      return renderFrame(request, lifted).frame;
    },
  };
}

function sourceOf({ path, meaning }: NonNullable<PhotoFile['depth']>): DepthSource {
  return { kind: 'file', file: new Blob([readFileSync(path)]), name: basename(path), meaning };
}
