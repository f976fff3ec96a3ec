import { GradientKernels } from '../../../../compute/splats/gradient/gpu.ts';
import { GpuRasteriser } from '../../../../compute/splats/gradient/rasteriser.ts';
import { MeasureKernels } from '../../../../compute/splats/measure/gpu.ts';
import type { DifferentiableRasteriser } from '../../../../gaussians/gradient/rasteriser.ts';
import type { GaussianTable } from '../../../../gaussians/table.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import type { FlyKernels } from './gpu-drawer.ts';

/** What cameras are refined by on a graphics card. Loaded with its pipelines when somebody refines. */
export async function gpuRasteriser(
  { project, sort }: FlyKernels,
  root: Scope,
): Promise<(table: GaussianTable) => DifferentiableRasteriser> {
  const { device } = project;
  const kernels = { project, sort, measure: new MeasureKernels(device), gradient: new GradientKernels(device) };
  await shadersReady(device);
  return (table) => new GpuRasteriser(kernels, root, table);
}
