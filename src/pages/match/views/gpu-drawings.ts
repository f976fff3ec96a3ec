import { certaintyPass } from './certainty/gpu.ts';
import { ComparePainter } from './compare/gpu.ts';
import { cyclePass } from './cycle/gpu.ts';
import { depthPass } from './depth/gpu.ts';
import { flowPass } from './flow/gpu.ts';
import { FlyPainter } from './fly/gpu.ts';
import type { PaneKind } from './index.ts';
import { onePass, type PanePainterOf } from './pane/gpu.ts';
import { photoPass } from './photo/gpu.ts';
import { warpPass } from './warp/gpu.ts';

/** Every picture that the views of index.ts lay out, on the GPU; cpu-drawings.ts has their twins. For the worker alone. */
export const GPU_DRAWINGS: Record<PaneKind, PanePainterOf> = {
  photo: onePass(photoPass),
  warp: onePass(warpPass),
  certainty: onePass(certaintyPass),
  flow: onePass(flowPass),
  compare: (...device) => new ComparePainter(...device),
  cycle: onePass(cyclePass),
  depth: onePass(depthPass),
  fly: (...device) => new FlyPainter(...device),
};
