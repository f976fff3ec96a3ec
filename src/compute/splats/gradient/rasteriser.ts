import type { ActiveGaussians } from '../../../gaussians/activate.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import type { DifferentiableRasteriser, SeenView } from '../../../gaussians/gradient/rasteriser.ts';
import { SCREEN_STRIDE } from '../../../gaussians/gradient/screen.ts';
import { projectGaussians } from '../../../gaussians/raster/project.ts';
import { createTable, type GaussianTable, logit } from '../../../gaussians/table.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { type MeasureKernels, SplatMeasure } from '../measure/gpu.ts';
import { type ProjectKernels, SplatScene } from '../scene.ts';
import type { SortKernels } from '../sort/gpu.ts';
import { type GradientKernels, SplatGradients } from './gpu.ts';

/** The pipelines of a refinement; one a device. */
export interface RasteriserKernels {
  readonly project: ProjectKernels;
  readonly sort: SortKernels;
  readonly measure: MeasureKernels;
  readonly gradient: GradientKernels;
}

/**
 * The tile rasteriser and its backward pass on the GPU, in float32 with colours in 16 bits, before black. Every view is uploaded, and
 * picture and gradients are read back: Adam runs on the CPU. What `plainRasteriser` judges.
 * @throws CodedError `scene-too-large`; `view-too-dense` by what it sees
 */
export class GpuRasteriser implements DifferentiableRasteriser {
  private readonly scope: Scope;
  private readonly table: GaussianTable;
  private readonly scene: SplatScene;
  private readonly measure: SplatMeasure;
  private readonly differentiate: SplatGradients;

  constructor(kernels: RasteriserKernels, parent: Scope, { count, shDegree, tags }: GaussianTable) {
    this.scope = parent.child('rasteriser');
    this.table = createTable(count, shDegree, tags);
    this.scene = new SplatScene(kernels.project, this.scope, this.table);
    this.measure = new SplatMeasure(kernels.measure, kernels.sort, this.scene);
    this.differentiate = new SplatGradients(kernels.gradient, this.scene, this.measure);
  }

  async see(gaussians: ActiveGaussians, camera: SplatCamera): Promise<SeenView> {
    const { table, scene, measure } = this;
    table.positions.set(gaussians.positions);
    table.quaternions.set(gaussians.quaternions);
    table.sh0.set(gaussians.sh0);
    table.shRest.set(gaussians.shRest);
    for (let i = 0; i < table.count; i++) table.opacityLogits[i] = logit(gaussians.opacities[i]);
    for (let k = 0; k < 3 * table.count; k++) table.logScales[k] = Math.log(gaussians.scales[k]);
    scene.upload();
    measure.forget();
    const { colour } = await measure.measure(camera);
    const projected = projectGaussians(gaussians, camera);
    return {
      camera,
      projected,
      colour,
      gradients: async (byColour) => {
        const found = await this.differentiate.of(camera, Float32Array.from(byColour));
        const out = new Float32Array(SCREEN_STRIDE * projected.count);
        for (let k = 0; k < projected.count; k++) {
          const at = SCREEN_STRIDE * projected.indices[k];
          out.set(found.subarray(at, at + SCREEN_STRIDE), SCREEN_STRIDE * k);
        }
        return out;
      },
    };
  }

  destroy(): void {
    this.scope.destroy();
  }
}
