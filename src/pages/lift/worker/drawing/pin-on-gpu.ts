import { gridPoints } from '../../../../compute/field/gpu.ts';
import { ScorePass, type TruthBuffers } from '../../../../compute/score/gpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { Provider } from '../../../../core/match.ts';
import { readTexture } from '../../../../platform/gpu/read-texture.ts';
import { readBytes } from '../../../../platform/gpu/readback.ts';
import type { FrameRequest } from './frame.ts';
import type { GpuFrame } from './gpu-frame.ts';
import type { LiftPasses } from './gpu-passes.ts';
import type { MatchedField } from '../../../../matching/scoring/measure.ts';
import { type PinnedViews, viewPhotos, type ViewPicture } from './pinned-views.ts';
import type { ScoreMaps, SideMaps } from '../../../../matching/scoring/score-maps.ts';

/** What a frame's views are pinned with. */
export interface PinOptions {
  request: FrameRequest;
  frame: GpuFrame;
  passes: LiftPasses;
  /** Owner of the copies and of the maps. */
  root: Scope;
  /** Where models run: on the CPU they need the pixels, the only thing that is read back. */
  models: Provider;
  isShown: () => boolean;
}

/** Copies of a frame's views and truth, which the next frame is not drawn over. */
export async function pinOnGpu({ request, frame, passes, root, models, isShown }: PinOptions): Promise<PinnedViews> {
  const { size } = frame;
  const scope = root.child('pinned');
  try {
    // All copies are recorded before anything is awaited: the next frame is drawn over what they are made of.
    const { textures, truth } = copyFrame(scope, frame);
    const picture = async (side: Side): Promise<ViewPicture> => {
      const texture = textures[side];
      if (models === 'webgpu') return { texture };
      return { texture, pixels: { data: await readTexture(scope.device, texture), ...size } };
    };
    const pictures = { a: await picture('a'), b: await picture('b') };
    return {
      photos: viewPhotos(request, size, pictures),
      measure: (field) => measureOnGpu(field, truth, passes, root),
      isShown,
      release: () => scope.destroy(),
    };
  } catch (error) {
    scope.destroy();
    throw error;
  }
}

function copyFrame(scope: Scope, { colour, size, forward, view }: GpuFrame) {
  const encoder = scope.device.createCommandEncoder({ label: 'lift/pin' });
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
  const texture = (side: Side) => {
    const extent = [size.width, size.height];
    const copy = scope.texture(`view-${side}`, { size: extent, format: 'rgba8unorm', usage });
    encoder.copyTextureToTexture({ texture: colour[side] }, { texture: copy }, extent);
    return copy;
  };
  const buffer = (label: string, from: GPUBuffer, planes: number) => {
    const bytes = 4 * planes * gridPoints(size);
    const copy = scope.storage(label, bytes);
    encoder.copyBufferToBuffer(from, 0, copy, 0, bytes);
    return copy;
  };
  const truthOf = (warp: GPUBuffer, places: GPUBuffer): TruthBuffers => ({
    size,
    other: size,
    warp: buffer('true-warp', warp, 2),
    places: buffer('places', places, 1),
  });
  const textures = { a: texture('a'), b: texture('b') };
  const truth = { a: truthOf(forward.warp, forward.places), b: truthOf(view.warp, view.visible) };
  scope.device.queue.submit([encoder.finish()]);
  return { textures, truth };
}

/** Error and certainty stay on the GPU; only the counters are read back. */
async function measureOnGpu(
  matched: MatchedField,
  truth: Record<Side, TruthBuffers>,
  passes: LiftPasses,
  root: Scope,
): ReturnType<PinnedViews['measure']> {
  const scope = root.child('score-maps');
  try {
    const field = matched.onGpu();
    const counters = scope.storage('counters', ScorePass.bytes);
    const encoder = scope.device.createCommandEncoder({ label: 'lift/score' });
    const measured = (side: Side): SideMaps<GPUBuffer> => {
      const maps = createMaps(scope, truth[side].size);
      passes.score.run(encoder, field[side], truth[side], maps.error, counters);
      const { certainty, grid } = field[side];
      passes.resizeMap.run(encoder, certainty, grid, maps.certainty, truth[side].size);
      return maps;
    };
    // The counters that stay are those of the last: from the photo to the view.
    const b = measured('b');
    const a = measured('a');
    scope.device.queue.submit([encoder.finish()]);
    const bytes = await readBytes(scope.device, counters, ScorePass.bytes);
    scope.release(counters);
    const maps: ScoreMaps = { on: 'gpu', sides: { a, b }, scope };
    return { counters: ScorePass.parse(bytes), maps };
  } catch (error) {
    scope.destroy();
    throw error;
  }
}

function createMaps(scope: Scope, size: Size): SideMaps<GPUBuffer> {
  const bytes = 4 * gridPoints(size);
  return { error: scope.storage('error', bytes), certainty: scope.storage('certainty', bytes) };
}
