import type { SharedMatch } from '../../../../core/match.ts';
import type { EngineLink } from '../engine-link.ts';
import type { Photos } from '../../../../workspace/photos/photos.ts';
import type { Masks } from '../masks/masks.ts';
import type { Probing } from '../probing.ts';
import { SHARE_HEAD_BYTES, startsAsShare } from '../../../../core/share-head.ts';
import type { MatchStore } from '../store.ts';
import { parseAddress } from '../address/url.ts';

const SHARE_NAME = /\.liftmatch\.zip$/i;

/** Whether a file is (or says it is) a share file: by its name, or by how it begins. */
export async function isShareFile(file: Blob, name: string): Promise<boolean> {
  if (SHARE_NAME.test(name)) return true;
  try {
    return startsAsShare(new Uint8Array(await file.slice(0, SHARE_HEAD_BYTES).arrayBuffer()));
  } catch {
    // A file that cannot be read is told of by whoever opens it.
    return false;
  }
}

/** Opens matches that were saved with their photos: everything is shown again, and no model runs. */
export class Sharing {
  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly photos: Photos,
    private readonly probing: Probing,
    private readonly masks: Masks,
  ) {}

  /**
   * Opens a share file. One that is refused leaves everything as it was, and becomes a notice.
   * @returns whether it is shown now
   */
  async open(file: Blob, name: string): Promise<boolean> {
    let shared: SharedMatch | null = null;
    const load = async (signal: AbortSignal) => {
      shared = await this.link.call('readShare', { file }, { signal });
      return shared.photos;
    };
    return this.photos.openBoth(name, load, () => this.show(shared!));
  }

  /** The photos are open: the match is put on them. */
  private async show({ fields, result, query, masks }: SharedMatch): Promise<void> {
    const { view, geometry, pins } = parseAddress(query);
    this.store.setState((state) => ({ view, geometry: { ...state.geometry, ...geometry } }));
    if (masks) await this.masks.show(masks);
    this.store.setState({ result: await this.link.call('showField', { fields, result }) });
    this.probing.setPins(pins);
    void this.probing.refresh();
  }
}
