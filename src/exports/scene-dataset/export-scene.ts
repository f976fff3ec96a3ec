import { PIXEL_CONVENTION } from '../../core/coordinates.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import { Sha256 } from '../../core/sha256.ts';
import type { SplatCamera } from '../../gaussians/camera.ts';
import { chooseDepthRule, type DepthChoice, TRUST } from '../../gaussians/pairs/depth-rule.ts';
import { PairDrawer, type RenderView } from '../../gaussians/pairs/draw-pairs.ts';
import { LABEL_LIMITS, LABEL_STATES } from '../../gaussians/pairs/labels.ts';
import { pairOf } from '../../gaussians/pairs/scene-pair.ts';
import {
  type BinKind,
  camerasAtSize,
  ORBIT,
  orbitCameras,
  PAIR_BINS,
  streamOf,
  VIEW_RANGES,
} from '../../gaussians/pairs/views.ts';
import type { DepthKind } from '../../gaussians/raster/render.ts';
import type { TrueSurfaces } from '../../gaussians/truth/true-surfaces.ts';
import { sceneStatistics } from '../../gaussians/statistics.ts';
import type { GaussianTable } from '../../gaussians/table.ts';
import { CountingSink, describeOnce } from '../dataset/counting-sink.ts';
import { FOLDER_MEANINGS, LAST_FOLDER, samplePath } from '../dataset/layout.ts';
import { photoStems, sampleName } from '../dataset/sample-names.ts';
import type { DatasetSink } from '../dataset/sink.ts';
import { scenePairFiles } from './scene-files.ts';

/** An opened scene. */
export interface SceneSource {
  /** The file's name. */
  readonly name: string;
  readonly table: GaussianTable;
  /** Those that it was made from, where they are known. */
  readonly cameras: readonly SplatCamera[];
  /** [n] 1 for what `render` shows; absent or null where it shows all. */
  readonly shown?: Uint8Array | null;
  /** What it was made from, where that is known: labels are held against it. */
  readonly surfaces?: TrueSurfaces | null;
  /** What `render` computes in: the float64 judge or a GPU. Their last digits differ, so a folder is of one of them. */
  readonly arithmetic: 'float64' | 'float32';
}

export interface SceneDatasetOptions {
  /** Pairs of the whole dataset. */
  readonly views: number;
  /** The same seed gives the same pairs. */
  readonly seed: number;
  /** Of both pictures, pixels. */
  readonly width: number;
  readonly height: number;
  /** What the pairs are spread over evenly. */
  readonly bins: BinKind;
  /** Instead of the one that the scene's flatness says. */
  readonly rule?: DepthKind;
  /** Only every `count`-th pair from `index` on, 0 ≤ index < count: a part that others complete. */
  readonly shard: { readonly index: number; readonly count: number };
}

export interface SceneDatasetSummary {
  readonly pairs: number;
  /** Pairs that were there already. */
  readonly kept: number;
  /** Numbers of the pairs for which no view passed the checks. */
  readonly skipped: readonly number[];
  /** Pairs that lie outside the bin that was wanted. */
  readonly outsideBin: number;
  readonly bytes: number;
  readonly choice: DepthChoice;
  /** The ZIP, where the sink gathers one. */
  readonly blob: Blob | null;
}

export interface SceneExportContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { fraction: number; detail: string }) => void;
}

/** More would be a mistake of a digit: a pair of 512 px takes some 15 megabytes. */
export const MAX_PAIRS = 1_000_000;
export const SCENE_SIZES = [32, 2048] as const;

/**
 * Writes a dataset of a scene's pairs, or a part of it. Pairs that the sink has whole are kept. A pair depends on the
 * scene, the options and its own number alone, so that the parts of one seed put together are the whole, byte for byte.
 *
 * @param render both the small views to choose from and the pictures
 * @throws CodedError `dataset-options`, `dataset-other` (the sink holds a dataset made otherwise), `dataset-write`,
 * `dataset-empty` where no view of the scene shows enough, `cancelled`
 */
export async function exportSceneDataset(
  scene: SceneSource,
  options: SceneDatasetOptions,
  render: RenderView,
  sink: DatasetSink,
  context: SceneExportContext = {},
): Promise<SceneDatasetSummary> {
  checkOptions(options);
  const { views, seed, width, height, bins, shard } = options;
  const statistics = sceneStatistics(scene.table);
  const chosen = chooseDepthRule(statistics, scene.table.tags);
  const rule = options.rule ?? chosen.rule;
  const choice: DepthChoice = rule === chosen.rule ? chosen : { ...chosen, rule, because: 'asked' };
  const cameras = scene.cameras.length
    ? camerasAtSize(scene.cameras, width, height)
    : orbitCameras(statistics, { width, height, ...ORBIT }, streamOf(seed, 'orbit'));
  const { signal } = context;
  const drawer = new PairDrawer(cameras, render, { seed, bins, rule: choice.rule, signal });
  const [stem] = photoStems([scene.name]);
  const writer = new CountingSink(sink);
  const skipped: number[] = [];
  let [pairs, kept, outsideBin] = [0, 0, 0];
  try {
    const recipe = recipeOf(scene, cameras, options, choice);
    await describeOnce(writer, recipe, descriptionOf(recipe));
    const numbers = Array.from({ length: views }, (_, k) => k).filter((k) => k % shard.count === shard.index);
    for (const [done, index] of numbers.entries()) {
      throwIfAborted(signal);
      const report = (share: number) =>
        context.onProgress?.({ fraction: (done + share) / numbers.length, detail: `pair ${index + 1} of ${views}` });
      report(0);
      const name = sampleName(stem, index);
      if (await writer.has(samplePath(LAST_FOLDER, name))) {
        kept++;
        continue;
      }
      const drawn = await drawer.draw(index);
      if (!drawn) {
        skipped.push(index);
        continue;
      }
      report(0.3);
      const a = { camera: drawn.a, maps: await render(drawn.a) };
      report(0.6);
      throwIfAborted(signal);
      const b = { camera: drawn.b, maps: await render(drawn.b) };
      const files = scenePairFiles(pairOf(a, b, choice.rule, scene.surfaces), name, {
        scene: scene.name,
        seed,
        index,
        drawn,
        choice,
      });
      for await (const { path, bytes } of files) {
        throwIfAborted(signal);
        await writer.write(path, bytes);
      }
      pairs++;
      if (!drawn.isInBin) outsideBin++;
    }
    context.onProgress?.({ fraction: 1, detail: `${pairs} pairs` });
    if (skipped.length && !pairs && !kept) throw nothingSeen(scene.name);
    const blob = await writer.finish();
    return { pairs, kept, skipped, outsideBin, bytes: writer.bytes, choice, blob };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const nothingSeen = (name: string) =>
  new CodedError(
    'dataset-empty',
    `No view of ${name} that was tried shows enough of it.`,
    'Give the cameras that the scene was made from (cameras.json, or COLMAP’s cameras.txt and images.txt).',
  );

function checkOptions({ views, width, height, shard }: SceneDatasetOptions): void {
  const isSize = (side: number) => Number.isInteger(side) && side >= SCENE_SIZES[0] && side <= SCENE_SIZES[1];
  const isCount = Number.isInteger(views) && views >= 1 && views <= MAX_PAIRS;
  const isShard =
    Number.isInteger(shard.index) && Number.isInteger(shard.count) && shard.index >= 0 && shard.index < shard.count;
  if (isCount && isSize(width) && isSize(height) && isShard) return;
  throw new CodedError(
    'dataset-options',
    `A dataset of ${views} pairs of ${width} × ${height} pixels, part ${shard.index + 1} of ${shard.count}, cannot be made.`,
    `Choose 1 to ${MAX_PAIRS} pairs, sides of ${SCENE_SIZES[0]} to ${SCENE_SIZES[1]} pixels, and a part from 1 to the number of parts.`,
  );
}

/** All that a pair depends on; not the number of pairs, and not which of them are made here. */
function recipeOf(
  { name, table, shown, surfaces, arithmetic }: SceneSource,
  cameras: readonly SplatCamera[],
  { seed, width, height, bins }: SceneDatasetOptions,
  choice: DepthChoice,
) {
  const hash = new Sha256();
  for (const values of [table.positions, table.logScales, table.quaternions, table.opacityLogits, table.sh0]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  hash.update(new Uint8Array(table.shRest.buffer, table.shRest.byteOffset, table.shRest.byteLength));
  hash.update(new TextEncoder().encode(JSON.stringify(cameras)));
  if (shown) hash.update(Uint8Array.from(shown));
  if (surfaces) hash.update(new TextEncoder().encode(JSON.stringify(surfaces.solids)));
  return {
    version: 3,
    of: 'scene',
    scene: name,
    gaussians: table.count,
    // Of the Gaussians, the cameras, which Gaussians are shown, and the true surfaces.
    sha256: hash.hex(),
    seed,
    width,
    height,
    bins,
    depth: choice.rule,
    arithmetic,
  };
}

function descriptionOf(recipe: ReturnType<typeof recipeOf>): Uint8Array<ArrayBuffer> {
  const description = {
    about:
      'Pairs of views of a scene of 3-D Gaussians with exact correspondences, made by LiftMatch in the way of MatchGS and the layout of L2M.',
    pixels: PIXEL_CONVENTION,
    folders: {
      ...FOLDER_MEANINGS,
      image1: 'first view, PNG [h, w, 3], 8 bits, sRGB, on black',
      image2: 'second view, the same',
      cams: 'float32 [3, 3] K of camera 1, pixels; of camera 2 see K_b in warp',
      normal1: 'float32 [3, h, w] of the first view, in its camera’s frame and turned to it; 0 where nothing is seen',
      normal2: 'float32 [3, h, w] of the second view, the same',
      gaussians: {
        'dominant_a, dominant_b':
          'int32 [h, w] index in the scene of the strongest Gaussian of each pixel; -1 where none',
        ids: 'int32 [n] all of those, each once, ascending',
        'state_a, state_b': `uint8 [h, w] of each label: ${LABEL_STATES.map((state, k) => `${k} ${state}`).join(', ')}`,
      },
      warp: {
        ...FOLDER_MEANINGS.warp,
        visible_b: 'uint8 [h, w] 1 where image1 shows the same place',
        'K_a, K_b, pose_ab': 'of camera 1, of camera 2, as ext',
      },
    },
    rules: { trust: TRUST, labels: LABEL_LIMITS, ranges: VIEW_RANGES, bins: PAIR_BINS },
    recipe,
  };
  return new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`);
}
