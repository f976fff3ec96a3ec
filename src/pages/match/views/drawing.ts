import { drawCertainty } from './certainty/cpu.ts';
import { certaintyPass } from './certainty/gpu.ts';
import { compareCpu } from './compare/cpu.ts';
import { ComparePainter } from './compare/gpu.ts';
import { drawCycle } from './cycle/cpu.ts';
import { cyclePass } from './cycle/gpu.ts';
import { depthCpu } from './depth/cpu.ts';
import { depthPass } from './depth/gpu.ts';
import { drawFlow } from './flow/cpu.ts';
import { flowPass } from './flow/gpu.ts';
import type { PaneKind } from './index.ts';
import { type CpuPainter, onePicture } from './pane/cpu-painter.ts';
import { onePass, type PanePainterOf } from './pane/gpu.ts';
import { photoCpu } from './photo/cpu.ts';
import { photoPass } from './photo/gpu.ts';
import { drawWarp } from './warp/cpu.ts';
import { warpPass } from './warp/gpu.ts';

/** How a picture is drawn: on the GPU, and by the same rules on a 2D canvas where there is none. */
export interface PaneDrawing {
  gpu: PanePainterOf;
  cpu: CpuPainter;
}

/** Every picture that the views of index.ts lay out. Only the worker loads this. */
export const DRAWINGS: Record<PaneKind, PaneDrawing> = {
  photo: { gpu: onePass(photoPass), cpu: photoCpu },
  warp: { gpu: onePass(warpPass), cpu: onePicture(drawWarp) },
  certainty: { gpu: onePass(certaintyPass), cpu: onePicture(drawCertainty) },
  flow: { gpu: onePass(flowPass), cpu: onePicture(drawFlow) },
  compare: { gpu: (...device) => new ComparePainter(...device), cpu: compareCpu },
  cycle: { gpu: onePass(cyclePass), cpu: onePicture(drawCycle) },
  depth: { gpu: onePass(depthPass), cpu: depthCpu },
};
