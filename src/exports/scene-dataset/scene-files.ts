import { encodeNpy, type NpyArray } from '../../formats/arrays/npy.ts';
import { relativePose, type SplatCamera } from '../../gaussians/camera.ts';
import type { DepthChoice } from '../../gaussians/pairs/depth-rule.ts';
import type { DrawnPair } from '../../gaussians/pairs/draw-pairs.ts';
import { LABEL_STATES, STATE } from '../../gaussians/pairs/labels.ts';
import { EPIPOLAR_NOTE } from '../../gaussians/pairs/measures.ts';
import { colourBytes, type ScenePair, type SceneSide } from '../../gaussians/pairs/scene-pair.ts';
import { binRange } from '../../gaussians/pairs/views.ts';
import { type DatasetPair, encodeNpz, npyFloats, pairFiles, type SampleFile } from '../dataset/pair-files.ts';

/** Folders beside those of L2M's layout, and the kind of file in each. */
export const SCENE_FOLDERS = { normal1: 'npy', normal2: 'npy', gaussians: 'npz' } as const;
const scenePath = (folder: keyof typeof SCENE_FOLDERS, name: string): string =>
  `${folder}/${name}.${SCENE_FOLDERS[folder]}`;

/** What a pair was made of, kept beside its truth. */
export interface PairRecipe {
  /** The scene's file. */
  readonly scene: string;
  readonly seed: number;
  /** The pair's number in the whole dataset, whatever part of it is made. */
  readonly index: number;
  readonly drawn: DrawnPair;
  readonly choice: DepthChoice;
}

/** A scene's pair as a dataset has it. */
export function datasetPair({ a, b }: ScenePair): DatasetPair {
  const { rotation: r, translation: t } = relativePose(a.camera, b.camera);
  const visible = ({ labels }: SceneSide) => labels.state.map((state) => (state === STATE.visible ? 1 : 0));
  return {
    size: { width: a.camera.width, height: a.camera.height },
    colour: { a: colourBytes(a.maps), b: colourBytes(b.maps) },
    depth: { a: a.depth, b: b.depth },
    warp: { a: a.labels.warp, b: b.labels.warp },
    visible: { a: visible(a), b: visible(b) },
    cameras: {
      a: intrinsics(a.camera),
      b: intrinsics(b.camera),
      pose: [r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2]],
    },
  };
}

const intrinsics = ({ fx, fy, cx, cy }: SplatCamera): number[] => [fx, 0, cx, 0, fy, cy, 0, 0, 1];

/** The files of one pair: those of docs/dataset.md, normals, and which Gaussians were seen. */
export function scenePairFiles(pair: ScenePair, name: string, recipe: PairRecipe): AsyncGenerator<SampleFile> {
  const more = async function* (): AsyncGenerator<SampleFile> {
    const { width, height } = pair.a.camera;
    yield { path: scenePath('normal1', name), bytes: encodeNpy(npyFloats(pair.a.maps.normal, [3, height, width])) };
    yield { path: scenePath('normal2', name), bytes: encodeNpy(npyFloats(pair.b.maps.normal, [3, height, width])) };
    yield { path: scenePath('gaussians', name), bytes: await gaussiansFile(pair) };
  };
  return pairFiles(datasetPair(pair), name, described(pair, recipe), undefined, more);
}

/**
 * Which Gaussian is the strongest in each pixel (MatchGS's Gaussian map), all of those once, and the state of each
 * pixel's label.
 */
function gaussiansFile({ a, b }: ScenePair): Promise<Uint8Array<ArrayBuffer>> {
  const shape = [a.camera.height, a.camera.width];
  const ids = Int32Array.from(new Set([...a.maps.dominant, ...b.maps.dominant]))
    .filter((id) => id >= 0)
    .sort();
  const whole = (values: Int32Array, dimensions: number[]): NpyArray => ({
    dtype: 'int32',
    shape: dimensions,
    bytes: new Uint8Array(values.slice().buffer),
  });
  const states = (values: Uint8Array): NpyArray => ({ dtype: 'uint8', shape, bytes: Uint8Array.from(values) });
  return encodeNpz([
    ['dominant_a', whole(a.maps.dominant, shape)],
    ['dominant_b', whole(b.maps.dominant, shape)],
    ['ids', whole(ids, [ids.length])],
    ['state_a', states(a.labels.state)],
    ['state_b', states(b.labels.state)],
  ]);
}

/** Contents of settings.json. */
function described({ rule, a, b }: ScenePair, { scene, seed, index, drawn, choice }: PairRecipe) {
  const camera = ({ rotation, translation, fx, fy, cx, cy }: SplatCamera) => ({
    fx,
    fy,
    cx,
    cy,
    rotation,
    translation,
  });
  return {
    scene,
    seed,
    pair: index,
    bin: { of: drawn.bin.kind, range: binRange(drawn.bin), isInside: drawn.isInBin },
    overlap: drawn.overlap,
    viewpoint: drawn.angle,
    attempts: drawn.attempts,
    depth: { rule, because: choice.because, flatness: choice.flatness },
    world_to_camera: { a: camera(a.camera), b: camera(b.camera) },
    states: LABEL_STATES,
    measures: { a: a.measures, b: b.measures, note: EPIPOLAR_NOTE },
    // Of labels that lie on no surface the error is infinite, which JSON writes as null.
    end_point: a.endPoint && b.endPoint ? { a: a.endPoint, b: b.endPoint, unit: 'px' } : null,
    visible: a.measures.shares.visible,
  };
}
