import { throwIfAborted } from '../../../core/errors.ts';
import { viewpointAngle } from '../../../geometry/pinhole.ts';
import { relativePose, resized, type SplatCamera } from '../../../gaussians/camera.ts';
import { LABEL_STATES, type SideLabels } from '../../../gaussians/pairs/labels.ts';
import { EPIPOLAR_NOTE, type Spread } from '../../../gaussians/pairs/measures.ts';
import { colourBytes, pairOf, type ScenePair } from '../../../gaussians/pairs/scene-pair.ts';
import type { TrueSurfaces } from '../../../gaussians/truth/true-surfaces.ts';
import type { DepthKind } from '../../../gaussians/raster/render.ts';
import type { Figures, PairCameras, ScenePairResult } from '../contract/api.ts';
import { LABEL_COLOURS } from '../contract/label-colours.ts';
import type { SceneDrawer } from './drawers.ts';

/**
 * Renders two views and labels them both ways; held against the true surfaces where those are known.
 * @throws CodedError `cancelled`, `view-too-dense`
 */
export async function makePair(
  drawer: SceneDrawer,
  cameras: PairCameras,
  rule: DepthKind,
  surfaces: TrueSurfaces | null,
  { signal, onRendered }: { signal: AbortSignal; onRendered: (views: number) => void },
): Promise<{ pair: ScenePair; result: Omit<ScenePairResult, 'id'> }> {
  const start = performance.now();
  const { width, height } = drawer.pairSize;
  const view = async (wanted: SplatCamera, done: number) => {
    const camera = resized(wanted, width, height);
    const maps = await drawer.render(camera, signal);
    throwIfAborted(signal);
    onRendered(done);
    return { camera, maps };
  };
  // One after the other: both are too much memory at once for some, and the progress would say nothing.
  const a = await view(cameras.a, 1);
  const b = await view(cameras.b, 2);
  const pair = pairOf(a, b, rule, surfaces);
  const { measures, labels, endPoint } = pair.a;
  const [first, second, states] = await Promise.all([
    encodePng(colourBytes(a.maps), width, height),
    encodePng(colourBytes(b.maps), width, height),
    encodePng(paintStates(labels), width, height),
  ]);
  const result = {
    pictures: { a: first, b: second },
    labels: states,
    size: { width, height },
    rule,
    angle: viewpointAngle(relativePose(a.camera, b.camera).rotation),
    shares: { ...measures.shares },
    cycle: figures(measures.cycleBefore),
    relative: figures(measures.relative),
    epipolar: figures(measures.epipolar),
    endPoint,
    caveat: EPIPOLAR_NOTE,
    milliseconds: performance.now() - start,
  };
  return { pair, result };
}

const figures = ({ median, p95 }: Spread): Figures => ({ median, p95 });

function paintStates({ state }: SideLabels): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * state.length).fill(255);
  state.forEach((value, i) => data.set(LABEL_COLOURS[LABEL_STATES[value]], 4 * i));
  return data;
}

/** RGBA as a PNG. */
export async function encodePng(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
