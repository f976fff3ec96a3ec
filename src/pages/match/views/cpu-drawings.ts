import { drawCertainty } from './certainty/cpu.ts';
import { compareCpu } from './compare/cpu.ts';
import { drawCycle } from './cycle/cpu.ts';
import { depthCpu } from './depth/cpu.ts';
import { drawFlow } from './flow/cpu.ts';
import { flyCpu } from './fly/cpu.ts';
import type { PaneKind } from './index.ts';
import { type CpuPainter, onePicture } from './pane/cpu-painter.ts';
import { photoCpu } from './photo/cpu.ts';
import { drawWarp } from './warp/cpu.ts';

/**
 * The pictures of gpu-drawings.ts by the same rules on a 2D canvas. A list of its own: only a browser without WebGPU
 * loads it.
 */
export const CPU_DRAWINGS: Record<PaneKind, CpuPainter> = {
  photo: photoCpu,
  warp: onePicture(drawWarp),
  certainty: onePicture(drawCertainty),
  flow: onePicture(drawFlow),
  compare: compareCpu,
  cycle: onePicture(drawCycle),
  depth: depthCpu,
  fly: flyCpu,
};
