import type { Side } from '../../../../core/geometry.ts';
import { crossPsnr, seenPair } from '../../../../gaussians/depthsplat/cross-psnr.ts';
import { type GaussianTable, selectGaussians } from '../../../../gaussians/table.ts';
import type { TwoViewScene } from '../../../../gaussians/two-view/build.ts';
import type { FlyNetwork, FlyRequest } from '../../contract/fly.ts';
import type { MatchedPhotos } from '../network-scene/network-input.ts';
import type { NetworkSceneHooks, NetworkScenes } from '../network-scene/network-scenes.ts';

/**
 * The scene of both photos by an installed network, as the view flies through it, and how well it draws each photo from the other
 * beside the match's own Gaussians.
 * @throws CodedError as NetworkScenes.make
 */
export async function flyByNetwork(
  scenes: NetworkScenes,
  { network, factor }: Pick<FlyRequest, 'factor'> & { readonly network: NonNullable<FlyRequest['network']> },
  match: object,
  photos: MatchedPhotos,
  byMatch: TwoViewScene,
  hooks: NetworkSceneHooks,
): Promise<{ scene: TwoViewScene; network: FlyNetwork }> {
  const { scene, manifest, input } = await scenes.make(network.manifestUrl, match, photos, factor, hooks);
  const { a: first } = byMatch.counts;
  const own = { a: rangeOf(byMatch.table, 0, first), b: rangeOf(byMatch.table, first, byMatch.table.count) };
  const { table, fade, counts, cameras, baseline, middle, psnr } = scene;
  return {
    scene: { table, fade, counts, cameras, baseline, middle, prior: { a: null, b: null } },
    network: {
      name: manifest.name,
      factor: scene.factor,
      psnr,
      ofMatch: crossPsnr(own as Record<Side, GaussianTable>, seenPair(input, byMatch.cameras)),
    },
  };
}

const rangeOf = (table: GaussianTable, begin: number, end: number): GaussianTable =>
  selectGaussians(
    table,
    Uint32Array.from({ length: end - begin }, (_, i) => begin + i),
  );
