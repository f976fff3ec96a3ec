import { estimateDepth } from '../../../../compute/monocular/estimate-depth.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { DepthInfo, DepthSource } from '../../contract/depth.ts';
import { fitPixels, type PlainMap } from './fit-photo.ts';
import type { OnNetwork } from '../../../../matching/monocular/depth-network.ts';
import { readDepth } from './read-depth.ts';

/** What a scene is made of: a photo in ordinary memory. */
export interface LiftPhoto {
  readonly key: string;
  pixels(): Pixels;
}

/** A disparity map of a photo, larger is nearer, of any size and range; finite. */
export interface OpenedDepth {
  /** Differs for every photo and source. */
  key: string;
  map: PlainMap;
  info: DepthInfo;
}

export interface DepthContext {
  signal?: AbortSignal;
  onNetwork: OnNetwork;
}

/** The installed depth networks. */
export interface DepthNetworks {
  depth(manifestUrl: string, photo: Pixels, onNetwork: OnNetwork, signal?: AbortSignal): Promise<PlainMap>;
}

/** The layout is guessed on at most this many pixels of the longer side. */
const ESTIMATE_SIDE = 768;
/** Sizes rounded to a network's patches differ in shape by less than this. */
const MAX_STRETCH = 1.05;

/** Opens disparity maps; a photo's map by a network or the estimate is worked out once. */
export class DepthSources {
  private photoKey = '';
  private readonly known = new Map<string, OpenedDepth>();
  private filesRead = 0;

  constructor(private readonly networks: DepthNetworks) {}

  /** @throws CodedError as reading depth files and running networks do, `network`, `cancelled` */
  async open(source: DepthSource, photo: LiftPhoto, context: DepthContext): Promise<OpenedDepth> {
    if (this.photoKey !== photo.key) this.known.clear();
    this.photoKey = photo.key;
    const key = `${photo.key}/${this.sourceKey(source)}`;
    const known = this.known.get(key);
    if (known) return known;
    const start = performance.now();
    const { map, name, notes } = await this.read(source, photo, context);
    const info = { kind: source.kind, name, size: map.size, notes, milliseconds: performance.now() - start };
    const opened = { key, map, info };
    this.known.set(key, opened);
    // Kept all the same: a network's work is not lost by changing one's mind and back.
    throwIfAborted(context.signal);
    return opened;
  }

  private sourceKey(source: DepthSource): string {
    if (source.kind === 'network') return `network ${source.manifestUrl}`;
    if (source.kind === 'sample') return `sample ${source.meaning} ${source.url}`;
    return source.kind === 'file' ? `file ${++this.filesRead}` : 'estimate';
  }

  private async read(
    source: DepthSource,
    photo: LiftPhoto,
    { signal, onNetwork }: DepthContext,
  ): Promise<{ map: PlainMap; name: string; notes: string[] }> {
    if (source.kind === 'network') {
      const map = await this.networks.depth(source.manifestUrl, photo.pixels(), onNetwork, signal);
      return { map, name: source.name, notes: [] };
    }
    if (source.kind === 'estimate') return estimate(photo.pixels());
    const file = source.kind === 'file' ? source.file : await fetchMap(source.url, signal);
    const name = source.kind === 'file' ? source.name : (source.url.split('/').pop() ?? source.url);
    const { disparity, size, notes } = await readDepth(file, name, source.meaning, signal);
    return { map: { size, values: disparity }, name, notes: [...notes, ...shapeNotes(size, photo.pixels())] };
  }
}

/** A map of another photo, or of a part of one, is likely to have another shape. */
function shapeNotes(map: Size, photo: Size): string[] {
  const stretch = (map.width * photo.height) / (map.height * photo.width);
  if (Math.max(stretch, 1 / stretch) < MAX_STRETCH) return [];
  const [mapSize, photoSize] = [map, photo].map(({ width, height }) => `${width} × ${height}`);
  return [
    `The map (${mapSize}) has another shape than the photo (${photoSize}) and was stretched: is it this photo's?`,
  ];
}

async function fetchMap(url: string, signal?: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal: signal ?? null }).catch(() => null);
  throwIfAborted(signal);
  if (!response?.ok) {
    throw new CodedError('network', `The depth map ${url} could not be read.`, 'Check the connection and try again.');
  }
  return response.blob();
}

function estimate(photo: Pixels): { map: PlainMap; name: string; notes: string[] } {
  const longSide = Math.min(ESTIMATE_SIDE, Math.max(photo.width, photo.height));
  const { data, width, height } = fitPixels(photo, { longSide, crop: 'whole' });
  const { disparity, notes } = estimateDepth({ data, width, height });
  return { map: { size: { width, height }, values: disparity }, name: 'Estimate', notes };
}
