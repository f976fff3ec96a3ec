import type { ScoreTruth } from '../../../compute/score/cpu.ts';
import { otherSide, type Side } from '../../../core/geometry.ts';
import { PLACE } from '../../../core/match-score.ts';
import { LABEL_STATES, type LabelState } from '../../../gaussians/pairs/labels.ts';
import { colourBytes, type ScenePair } from '../../../gaussians/pairs/scene-pair.ts';
import type { TrueViews } from '../../../matching/scoring/measure.ts';
import { measurePlain } from '../../../matching/scoring/measure-plain.ts';
import type { ViewPhoto } from '../../../matching/scoring/view-matchers.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';

/** What a label says to a score: what is not to be trusted says nothing, and what lies outside is not to be seen. */
const PLACE_OF: Record<LabelState, number> = {
  masked: PLACE.none,
  doubtful: PLACE.none,
  outside: PLACE.hidden,
  hidden: PLACE.hidden,
  visible: PLACE.visible,
};
const PLACES = LABEL_STATES.map((state) => PLACE_OF[state]);

/** A pair as matchers take it and are measured on it. */
export interface PairViews extends TrueViews {
  /** Frees its textures. */
  release(): void;
}

/**
 * @param keys by which features of the views are kept
 * @param root the device that matchers run on; null for the CPU
 */
export function pairViews(pair: ScenePair, keys: Record<Side, string>, root: Scope | null): PairViews {
  const scope = root?.child('pair-views') ?? null;
  const photo = (side: Side): ViewPhoto => {
    const { maps, camera } = pair[side];
    const size = { width: camera.width, height: camera.height };
    const pixels = { data: colourBytes(maps), ...size };
    let texture: GPUTexture | null = null;
    return {
      key: keys[side],
      size,
      pixels: () => pixels,
      texture: () => {
        if (!scope) throw new Error('Where models run on the CPU no texture is asked for.');
        texture ??= uploaded(scope, side, pixels);
        return texture;
      },
    };
  };
  const truth = (side: Side): ScoreTruth => {
    const { labels, camera } = pair[side];
    const other = pair[otherSide(side)].camera;
    return {
      size: { width: camera.width, height: camera.height },
      warp: labels.warp,
      places: labels.state.map((state) => PLACES[state]),
      other: { width: other.width, height: other.height },
    };
  };
  return {
    photos: { a: photo('a'), b: photo('b') },
    measure: (field) => measurePlain(field, { a: truth('a'), b: truth('b') }),
    release: () => scope?.destroy(),
  };
}

function uploaded(
  scope: Scope,
  label: string,
  { data, width, height }: { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number },
) {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
  const texture = scope.texture(label, { size: [width, height], format: 'rgba8unorm', usage });
  scope.device.queue.writeTexture({ texture }, data, { bytesPerRow: 4 * width }, [width, height]);
  return texture;
}
