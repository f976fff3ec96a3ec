import type { FeatureMap } from '../../../core/feature-map.ts';
import { npyFloat32 } from '../../../formats/arrays/npy.ts';
import { openNpz } from '../../../formats/arrays/npz.ts';
import { bytesSource } from '../../../formats/byte-source.ts';
import { fetchManifest } from '../../../models/fetch-model.ts';
import { weightsOf } from '../../../models/manifest.ts';
import type { Encoding, RecordedPlace } from '../contract.ts';

/** Many times what one takes. */
const MAX_BYTES = 4 * 2 ** 20;

/** What a file of recorded features holds: of which weights and size, and the maps by photo and feature. */
interface Recording {
  weights: string;
  longSide: number;
  map(side: RecordedPlace['side'], feature: string): Promise<FeatureMap | null>;
}

/**
 * Features of the sample photos by the model that ships with the app, recorded (`scripts/record-features.ts`): the page shows a
 * comparison before runtime and model are there. An npz with `weights` (ASCII), `long_side`, and of each photo and feature
 * `a_f16` [h, w, channels] in steps of `a_f16_step` [channels].
 */
export class RecordedFeatures {
  private readonly files = new Map<string, Promise<Recording | null>>();

  constructor(
    // Not fetch itself: a browser refuses to call it as a method of something else.
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
    private readonly weightsAt = async (manifestUrl: string) => weightsOf(await fetchManifest(manifestUrl)),
  ) {}

  /** A photo's feature map; null where it is not recorded, or of other weights or another size. Never rejects. */
  async read(place: RecordedPlace | null, { encoder, longSide }: Encoding): Promise<FeatureMap | null> {
    const { source } = encoder;
    if (!place || source.kind !== 'stage') return null;
    try {
      const recording = await this.file(place.url);
      if (!recording || recording.longSide !== longSide) return null;
      if (recording.weights !== (await this.weightsAt(source.manifestUrl))) return null;
      return await recording.map(place.side, source.feature);
    } catch {
      // Damaged, or no manifest: the model is asked, which tells what is wrong.
      return null;
    }
  }

  private file(url: string): Promise<Recording | null> {
    let opening = this.files.get(url);
    if (!opening) {
      opening = this.open(url).catch(() => null);
      this.files.set(url, opening);
    }
    return opening;
  }

  private async open(url: string): Promise<Recording | null> {
    const response = await this.fetcher(url);
    if (!response.ok || Number(response.headers.get('content-length')) > MAX_BYTES) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > MAX_BYTES) return null;
    const npz = await openNpz(bytesSource(bytes));
    const [weights, longSide] = [await npz.read('weights'), await npz.read('long_side')];
    return {
      weights: new TextDecoder().decode(weights.bytes),
      longSide: npyFloat32(longSide)[0],
      async map(side, feature) {
        const name = `${side}_${feature}`;
        if (!npz.names.includes(name)) return null;
        const steps = npyFloat32(await npz.read(`${name}_step`));
        const array = await npz.read(name);
        const [height, width, channels] = array.shape;
        if (array.shape.length !== 3 || steps.length !== channels) return null;
        const values = npyFloat32(array).map((value, i) => value * steps[i % channels]);
        return { grid: { width, height }, channels, values };
      },
    };
  }
}
