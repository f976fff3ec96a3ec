import { forwardWarp } from '../../passes/forward-warp/cpu.ts';
import { type LiftMesh, liftMesh } from '../../passes/mesh/cpu.ts';
import { renderView } from '../../passes/render/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { camerasOf } from '../../../../geometry/pinhole.ts';
import type { LiftSettings } from '../../contract/settings.ts';
import { type FrameRequest, photoViewKey, type PlainFrame, type Scene } from './frame.ts';
import { countFrame, frameFacts } from '../score/frame-facts.ts';
import { backedView, developedView, filledView, litView } from './look.ts';
import type { HoleFiller } from './renderer.ts';
import { liftKey, sceneDepth } from '../depth/scene-depth.ts';

/** What of a frame only depends on the scene and its depth, so that moving the camera does not make it again. */
export interface LiftedScene {
  key: string;
  mesh: LiftMesh;
  depth: Float32Array;
  medianDepth: number;
}

/** Lifts a scene, or returns `last` where it would be the same. */
export function liftScene(scene: Scene, settings: LiftSettings, last: LiftedScene | null): LiftedScene {
  const key = liftKey(scene, settings);
  if (last?.key === key) return last;
  const { disparity, depth, medianDepth } = sceneDepth(scene, settings);
  return { key, depth, medianDepth, mesh: liftMesh(disparity, depth, scene.size, settings.render.edge) };
}

/** A frame and what a network that fills holes starts from. */
export interface RenderedFrame {
  frame: PlainFrame;
  /** View b before the camera's photometric changes. */
  undeveloped: Pixels;
  /** [h, w] 1 where view b needs no filling: what was rendered, and the sky behind it. */
  known: Uint8Array;
  /** View a by its key: while it stays the same it is not made again. */
  photo: { key: string; colour: Uint8ClampedArray };
}

/** Both views with their truth, by the passes' references. `last` is the frame before, if any. */
export function renderFrame(
  request: FrameRequest,
  lifted: LiftedScene,
  last: RenderedFrame | null = null,
): RenderedFrame {
  const start = performance.now();
  const { scene, settings } = request;
  const { size, photo } = scene;
  const { depth, medianDepth } = lifted;
  const cameras = camerasOf(settings, size, medianDepth);
  const view = renderView(photo, lifted.mesh, cameras);
  const forward = forwardWarp(depth, lifted.mesh, view.depth, cameras, settings.render.tolerance);
  const key = photoViewKey(request);
  const colourOfA = () => {
    const lit = litView({ side: 'a', colour: photo, depth, cameras, medianDepth }, request);
    return developedView(lit, 'a', request).data;
  };
  const a = last?.photo.key === key ? last.photo.colour : colourOfA();
  const backed = backedView({ data: view.colour, ...size }, view.visible, cameras, request);
  const litB = litView({ side: 'b', colour: backed.colour, depth: view.depth, cameras, medianDepth }, request);
  const undeveloped = filledView(litB, backed.known, request);
  const frame: Omit<PlainFrame, 'facts'> = {
    size,
    cameras,
    medianDepth,
    colour: { a, b: developedView(undeveloped, 'b', request).data },
    depth: { a: depth, b: view.depth },
    warp: { a: forward.warp, b: view.warp },
    visible: { a: forward.visible, b: view.visible },
    places: forward.places,
  };
  const facts = frameFacts(size, cameras, countFrame(frame), performance.now() - start);
  return { frame: { ...frame, facts }, undeveloped, known: backed.known, photo: { key, colour: a } };
}

/** The frame with its holes filled by a network. */
export async function inpaintFrame(
  request: FrameRequest,
  { frame, undeveloped, known }: RenderedFrame,
  filler: HoleFiller,
): Promise<PlainFrame> {
  const holes = known.map((isKnown) => 1 - isKnown);
  const data = await filler.inpaint(undeveloped, holes);
  return { ...frame, colour: { ...frame.colour, b: developedView({ ...undeveloped, data }, 'b', request).data } };
}
