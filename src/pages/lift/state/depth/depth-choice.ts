import type { DepthSource } from '../../contract/depth.ts';
import type { InstalledModel } from '../../../../models/library-contract.ts';
import type { Sample } from '../../../../workspace/types.ts';
import type { DepthChoice, LiftedPhoto } from '../types.ts';

/** What a choice of depth means for a photo, given what there is. */
export function depthSourceOf(
  choice: DepthChoice,
  photo: Pick<LiftedPhoto, 'address'>,
  { samples, installed }: { samples: readonly Sample[]; installed: readonly InstalledModel[] | null },
): DepthSource {
  const networks = depthNetworks(installed);
  const own = samples.find((sample) => sample.depth !== null && sample.a === photo.address);
  if (choice.kind === 'file') return choice;
  if (choice.kind === 'auto' && own?.depth) return { kind: 'sample', url: own.depth, meaning: 'disparity' };
  const network = choice.kind === 'network' ? networks.find(({ id }) => id === choice.id) : networks[0];
  // A link may name a network that is not installed here.
  if (choice.kind === 'estimate' || !network) return { kind: 'estimate' };
  return { kind: 'network', manifestUrl: network.manifestUrl, name: network.name };
}

/** The depth networks that are installed on this device. */
export const depthNetworks = (installed: readonly InstalledModel[] | null): InstalledModel[] =>
  (installed ?? []).filter(({ kind }) => kind === 'depth');

/** Whether two sources are the same map. */
export function isSameDepth(a: DepthSource, b: DepthSource): boolean {
  if (a.kind === 'file') return b.kind === 'file' && a.file === b.file && a.meaning === b.meaning;
  if (a.kind === 'sample') return b.kind === 'sample' && a.url === b.url;
  if (a.kind === 'network') return b.kind === 'network' && a.manifestUrl === b.manifestUrl;
  return b.kind === 'estimate';
}
