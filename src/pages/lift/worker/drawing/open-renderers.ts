import { ShowPanePass } from '../../passes/show-pane/gpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import type { Side } from '../../../../core/geometry.ts';
import { CanvasTarget } from '../../../../platform/gpu/stage-target.ts';
import { CpuRenderer } from './cpu-renderer.ts';
import { GpuPane } from './gpu-pane.ts';
import { LiftPasses } from './gpu-passes.ts';
import { GpuRenderer } from './gpu-renderer.ts';
import { PaneCanvas } from './pane-canvas.ts';
import type { HoleFiller, LiftRenderer } from './renderer.ts';

export interface Renderers {
  /** Draws on the page's canvases. */
  shown: LiftRenderer;
  /** Another one that draws nowhere: what a sweep renders does not touch what is shown. The caller destroys it. */
  offscreen(): LiftRenderer;
}

type Canvases = Record<Side, OffscreenCanvas> | null;

/** Renderers without WebGPU. */
export function cpuRenderers(canvases: Canvases, filler: HoleFiller): Renderers {
  const panes = canvases && { a: new PaneCanvas(canvases.a), b: new PaneCanvas(canvases.b) };
  return { shown: new CpuRenderer(panes, filler), offscreen: () => new CpuRenderer(null, filler) };
}

/** Renderers on a device; pipelines are made once for all of them. */
export async function gpuRenderers(root: Scope, canvases: Canvases, filler: HoleFiller): Promise<Renderers> {
  const { device } = root;
  const passes = new LiftPasses(root);
  const pane = (canvas: OffscreenCanvas) => {
    const target = new CanvasTarget(device, canvas);
    return new GpuPane(target, new ShowPanePass(device, root, target.format));
  };
  const panes = canvases && { a: pane(canvases.a), b: pane(canvases.b) };
  await shadersReady(device);
  return {
    shown: new GpuRenderer(root, passes, panes, filler),
    offscreen: () => new GpuRenderer(root, passes, null, filler),
  };
}
